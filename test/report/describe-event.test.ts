// One line for every event.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventDraft } from '../../src/history/event.ts';
import { describeEvent } from '../../src/report/describe-event.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, puback, publish, suback, subscribe } from '../judge/packets.ts';
import { anyText } from './hostile.ts';
import { sample } from './sample.ts';

const packets = (write: (history: HistoryOf) => unknown): readonly string[] => {
  const history = new HistoryOf();
  write(history);
  return history.events.filter((it) => it.kind === 'packet').map(describeEvent);
};

describe('an event in words', () => {
  test('packets', () => {
    const lines = packets((it) =>
      it
        .conn('pump')
        .client(
          connect({
            clientId: 'pump',
            keepAliveS: 30,
            will: { topic: 'gone', payload: Buffer.from('x'), qos: 1, retain: true },
          }),
        )
        .server(connack(0, true))
        .client(subscribe(1, { 'a/#': 1, b: 2 }))
        .server(suback(1, 1, 0x80))
        .client(publish(1, 7, { topic: 'site/pump', payload: Buffer.alloc(32), dup: true }))
        .server(puback(7), Buffer.from([0xd1, 0])),
    );
    expect(lines).toEqual([
      "c1 → server  CONNECT 'pump', clean session, keep alive 30 s, will q1 retain 'gone'",
      'c1 ← server  CONNACK code 0, session present',
      "c1 → server  SUBSCRIBE id 1 'a/#' q1, 'b' q2",
      'c1 ← server  SUBACK id 1 q1, refused',
      "c1 → server  PUBLISH q1 DUP id 7 'site/pump' 32 B",
      'c1 ← server  PUBACK id 7',
      'c1 ← server  PINGRESP (malformed: reserved-flags)',
    ]);
  });

  test.each<[EventDraft, string]>([
    [{ kind: 'part', part: 'b', role: 'broker', state: 'killed' }, 'broker b: killed'],
    [{ kind: 'link', link: 'sat', state: 'cut', figures: { delayMs: 600 } }, 'link sat: cut (delayMs 600)'],
    [
      { kind: 'fault', link: 'sat', fault: 'drop', connection: 'c1', did: 'PUBACK 7 dropped' },
      'c1  fault drop on sat: PUBACK 7 dropped',
    ],
    [{ kind: 'ended', connection: 'c1', seenAt: 'wire', by: 'server', how: 'rst' }, 'c1  ended by the server (rst)'],
    [{ kind: 'end', how: 'interrupted', reason: 'SIGINT' }, 'run ends: interrupted, SIGINT'],
    [{ kind: 'mark', name: 'timeline', data: { step: 'sat is cut' } }, 'sat is cut'],
    [{ kind: 'mark', name: 'not-done', data: { step: 'sat is cut', why: 'over' } }, 'not done: sat is cut (over)'],
    [{ kind: 'mark', name: 'brown-out', data: { part: 'plc', why: '9 ms, held up' } }, 'plc: brown-out, 9 ms, held up'],
    [{ kind: 'mark', name: 'settled' }, 'settled'],
    [
      { kind: 'mark', name: 'request', data: { part: 'd', topic: 'ask', isAnswered: true, tookMs: 12 } },
      "d asked on 'ask', answered in 12 ms",
    ],
    [
      { kind: 'mark', name: 'request', data: { part: 'd', topic: 'ask', isAnswered: false, withinMs: 1000 } },
      "d asked on 'ask', no answer within 1 s",
    ],
    [
      { kind: 'mark', name: 'link-usage', data: { link: 'sat/pump', upIpB: 1234, downIpB: 56, tookMs: 9 } },
      'link sat/pump carried 1,234 B up and 56 B down at IP level, estimated',
    ],
    [
      {
        kind: 'mark',
        name: 'link-usage',
        data: { link: 'sat/pump', upIpB: 1, downIpB: 2, tookMs: 9, cost: 1, monthCost: 12.5, currency: 'USD' },
      },
      'link sat/pump carried 1 B up and 2 B down at IP level, estimated; 12.5 USD a month',
    ],
  ])('%j', (draft, line) => {
    expect(describeEvent({ ...draft, seq: 1, tMs: 0 })).toBe(line);
  });

  test('is one harmless line, whatever the wire says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const event of sample(text).events) expect(describeEvent(event)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 50 },
    );
  });
});
