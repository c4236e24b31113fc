// Who stands where, from written histories.
import { expect, test } from 'vitest';
import { topologyOf } from '../../../src/report/series/topology.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { connack, connect, publish } from '../../judge/packets.ts';

/** Thirty pumps behind a radio link each, a display; then two of the links are cut. */
function plant(): { readonly history: HistoryOf; readonly calmMs: number } {
  const history = new HistoryOf();
  history.record({ kind: 'part', part: 'rack', role: 'plc', state: 'ready' });
  history.part('broker', 'ready');
  const pumps = Array.from({ length: 30 }, (_, nth) => {
    const pump = history.conn(`pump-${nth + 1}`, { link: `radio/pump-${nth + 1}` });
    return pump.client(connect()).server(connack()).client(publish(0));
  });
  history.conn('display').client(connect()).server(connack()).server(publish(0));
  const calmMs = history.events.at(-1)?.tMs ?? 0;
  for (const pump of pumps.slice(0, 2)) {
    const link = `radio/${pump.id.replace('c', 'pump-')}`;
    history.record({ kind: 'link', link, state: 'cut', figures: {} });
    pump.ended('link', 'rst');
  }
  history.part('broker', 'killed');
  return { history, calmMs };
}

const statesOf = (of: { readonly states: ReadonlyMap<string, number> } | undefined) =>
  Object.fromEntries(of?.states ?? []);

test('a population is one box with a count, on the side where it belongs', () => {
  const { boxes } = topologyOf(plant().history.events, Infinity);
  expect(boxes.map((it) => [it.name, it.side, it.members.length])).toEqual([
    ['pump-1 … pump-30', 'left', 30],
    ['display', 'right', 1],
    ['rack', 'left', 1],
    ['broker', 'broker', 1],
  ]);
});

test('states are those of the moment that is asked for', () => {
  const { history, calmMs } = plant();
  const calm = topologyOf(history.events, calmMs);
  expect(statesOf(calm.lines[0])).toEqual({ up: 30 });
  expect(statesOf(calm.boxes[0])).toEqual({ online: 30 });
  const late = topologyOf(history.events, Infinity);
  expect(statesOf(late.lines[0])).toEqual({ cut: 2, up: 28 });
  expect(statesOf(late.boxes[0])).toEqual({ offline: 2, online: 28 });
  expect(statesOf(late.boxes.find((it) => it.side === 'broker'))).toEqual({ killed: 1 });
});

test('a line counts what passed the client of it until then', () => {
  const { history } = plant();
  const [before] = topologyOf(history.events, 0).lines;
  expect(before).toMatchObject({ from: 'pump-1 … pump-30', to: 'broker', link: 'radio', bytes: 0, messages: 0 });
  const { lines } = topologyOf(history.events, Infinity);
  expect(lines.map((it) => it.messages)).toEqual([30, 1]);
  expect(lines[1]?.link).toBeUndefined();
});

test('two alike parts are no population', () => {
  const history = new HistoryOf();
  for (const name of ['pump-1', 'pump-2', 'fan-1']) history.conn(name).client(connect());
  const { boxes } = topologyOf(history.events, Infinity);
  expect(boxes.map((it) => it.name)).toEqual(['pump-1', 'pump-2', 'fan-1', 'broker']);
});
