// The first offence and its path, from written histories.
import { expect, test } from 'vitest';
import { pageText } from '../../src/report/html/page.ts';
import { Offences } from '../../src/report/offence.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, publish } from '../judge/packets.ts';
import { playedScenario } from './played-scenario.ts';

/** A message from a pump, over two connections, to a display; gives the events of its way. */
function delivered() {
  const history = new HistoryOf();
  const cited: number[] = [];
  const display = history.conn('display');
  display.client(connect()).server(connack());
  const first = history.conn('pump', { link: 'radio/pump' });
  first.client(connect()).server(connack());
  first.seenOnly('clientEnd', 'toServer', publish(1, 1));
  cited.push(history.events.length);
  first.ended('link', 'rst');
  const second = history.conn('pump', { link: 'radio/pump' });
  second
    .client(connect())
    .server(connack())
    .client(publish(1, 1, { dup: true }));
  cited.push(history.events.length - 1);
  display.server(publish(1, 9));
  cited.push(history.events.length);
  return { history, evidence: { events: cited } };
}

test('a path names the end of each connection where the message was seen', () => {
  const { history, evidence } = delivered();
  const offence = new Offences(history.events).of({ evidence });
  expect(offence?.path.map((it) => it.where)).toEqual([
    "pump's end of radio/pump (c2)",
    "pump's end of radio/pump (c3)",
    'between display and broker (c1)',
  ]);
});

test('a party that came back is one party, and both ends of what is shown are there', () => {
  const { history, evidence } = delivered();
  const offence = new Offences(history.events).of({ evidence });
  expect(new Set(offence?.parties.values())).toEqual(new Set(['pump', 'display']));
  expect(offence?.lines.filter((it) => it.offending).map((it) => it.event.seq)).toEqual(evidence.events.slice(-1));
  const again = offence?.lines.filter(({ event }) => event.kind === 'packet' && event.connection === 'c3') ?? [];
  expect(new Set(again.map(({ event }) => 'seenAt' in event && event.seenAt))).toEqual(
    new Set(['clientEnd', 'serverEnd']),
  );
});

test('without evidence there is no offence, and no moment of it', () => {
  const offences = new Offences([]);
  expect(offences.of({ evidence: { events: [7] } })).toBeUndefined();
  expect(offences.firstMs([])).toBeUndefined();
});

test('a history that ends anywhere still makes a page', () => {
  const { run, events } = playedScenario();
  for (let length = 1; length <= events.length; length++) {
    expect(pageText(materialOf(run, events.slice(0, length)))).toContain('id="series"');
  }
});
