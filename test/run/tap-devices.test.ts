// Who came to the tap, from the journal.
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { namelessDevice } from '../../src/judge/devices.ts';
import { judgeRun, unjudged } from '../../src/run/judge-run.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, disconnect, pingreq, pubcomp, publish } from '../judge/packets.ts';

const onTap = { link: 'tap', target: 'broker' };

/** A whole tap run. */
function run(write: (h: HistoryOf) => unknown, name?: string): readonly HistoryEvent[] {
  const h = new HistoryOf();
  const rest = { seed: 1, startedAt: '', clock: '', command: 'fieldbench tap', parameters: {}, provenance: {} };
  h.record({ kind: 'run', schema: 1, runId: 'r', fieldbench: '0', mode: 'tap', ...rest });
  h.record({ kind: 'target', target: 'broker', version: '1', how: 'h', repeat: 'embedded', limits: [] });
  if (name !== undefined) h.record({ kind: 'mark', name });
  write(h);
  h.record({ kind: 'end', how: 'completed' });
  return h.events;
}

const visit = (h: HistoryOf, clientId: string) =>
  h.conn('device', onTap).client(connect({ clientId })).server(connack()).client(disconnect).ended('client');

const spoil = (h: HistoryOf, clientId: string) =>
  h.conn('device', onTap).client(connect({ clientId })).server(connack()).client(pubcomp(7)).ended('client');

test('one party for each client id, with its connections; those with a finding first', () => {
  const { targets } = judgeRun(
    run((h) => {
      for (let n = 0; n < 10; n++) visit(h, 'good');
      spoil(h, 'bad');
      visit(h, 'bad');
    }),
  );
  expect(targets.map((it) => [it.name, it.role, it.how])).toEqual([
    ['broker', 'target', 'h'],
    ["device 'bad'", 'device', '2 connections: c11, c12'],
    ["device 'good'", 'device', '10 connections: c1, c2, c3, c4, c5, c6, c7, c8 and 2 more'],
  ]);
});

test('a fleet may leave more passes than a call takes arguments', () => {
  const { targets } = judgeRun(
    run((h) => {
      // Seen on the wire: these are judged, and not told of, which would take several times as long.
      for (let n = 0; n < 9000; n++) {
        h.conn('device', { target: 'broker' })
          .client(connect({ clientId: `d${n}` }))
          .client(publish(1, 7));
      }
    }),
  );
  expect(targets.map((it) => it.name)).toEqual(['broker']);
});

test('a client id that is the name of the broker takes nothing from the broker', () => {
  const { targets } = judgeRun(run((h) => spoil(h, 'broker')));
  expect(targets.find((it) => it.name === 'broker')?.findings.filter((it) => it.verdict === 'fail')).toEqual([]);
  expect(targets.find((it) => it.name === "device 'broker'")?.findings.some((it) => it.verdict === 'fail')).toBe(true);
});

test('connections without a CONNECT, or without a client id in it', () => {
  const { targets } = judgeRun(
    run((h) => {
      h.conn('device', onTap).client(pingreq).ended('server');
      h.conn('device', onTap).ended('client');
      visit(h, '');
    }),
  );
  expect(targets[1]).toMatchObject({ name: namelessDevice(undefined), how: '3 connections: c3, c1, c2' });
});

test('of a fleet only those that need a reader are told of one by one', () => {
  const judged = judgeRun(
    run((h) => {
      for (let n = 0; n < 60; n++) visit(h, `meter-${n}`);
      spoil(h, 'bad');
    }),
  );
  expect(judged.targets.map((it) => it.name)).toEqual(['broker', "device 'bad'", '60 devices without a finding']);
  const together = judged.targets[2];
  expect(together?.statements.find((it) => it.id === 'MQTT-3.1.0-1')?.verdict).toBe('pass');
  expect(together?.findings.every((it) => it.verdict === 'pass')).toBe(true);
});

test('whoever asked for no verdict gets none, and that is no failure', () => {
  const judged = judgeRun(run((h) => spoil(h, 'bad'), unjudged));
  expect(judged.exitCode).toBe(0);
  expect(judged.verdict).toBe('notExercised');
  expect(judged.targets.flatMap((it) => it.findings)).toEqual([]);
  const asked = judgeRun(run((h) => spoil(h, 'bad')));
  expect(asked.exitCode).toBe(1);
});
