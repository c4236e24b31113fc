// A payload that the journal cut is compared whole, by its hash; what costs much is driven only when it is named.
import { expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import { largePayloadChecks } from '../../src/conformance/checks/large-payload.ts';
import { defaultCaps, RecordingBudget, StreamRecorder } from '../../src/history/recorder.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { encode } from '../../src/wire/encode.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, publish } from '../judge/packets.ts';

const [check] = largePayloadChecks;
const of = { check: check?.id ?? '', target: 'broker' };

/** What the judge says of a QoS 1 message that was sent as one payload, and arrived as another or not at all. */
function judged(sent: Buffer, came?: Buffer): readonly string[] {
  const history = new HistoryOf();
  const publisher = history.conn('pub', of).client(connect()).server(connack());
  const subscriber = history.conn('sub', of).client(connect()).server(connack());
  const pass = (connection: string, direction: 'toServer' | 'toClient', payload: Buffer): void => {
    const budget = new RecordingBudget({ ...defaultCaps, payloadB: 16 });
    const recorder = new StreamRecorder({ history, connection, direction, seenAt: 'wire', budget });
    recorder.push(encode(publish(1, 1, { topic: 'check/large/1', payload })));
  };
  pass(publisher.id, 'toServer', sent);
  if (came !== undefined) pass(subscriber.id, 'toClient', came);
  const findings = check?.judge?.(cutSlice(history.events, of.check, of.target)) ?? [];
  return findings.map((it) => it.verdict);
}

test('a payload that arrives as it was sent passes', () => {
  const payload = Buffer.alloc(100, 'large. ');
  expect(judged(payload, payload)).toEqual(['notExercised', 'pass', 'notExercised']);
});

test('a byte that differs behind what the journal keeps fails', () => {
  const altered = Buffer.alloc(100, 'large. ').fill('x', 99);
  expect(judged(Buffer.alloc(100, 'large. '), altered)).toEqual(['notExercised', 'fail', 'notExercised']);
});

test('a payload that does not arrive is a remark', () => {
  expect(judged(Buffer.alloc(100, 'large. '))).toEqual(['notExercised', 'warn', 'notExercised']);
});

test('what is opt-in is selected by its own id only', () => {
  const optIn = checks.filter((it) => it.optIn !== undefined).map((it) => it.id);
  expect(optIn).toContain('publish/longest');
  const driven = [selectChecks(), selectChecks('publish/*'), selectChecks('3.3'), selectChecks('*')].flat();
  expect(driven.filter((it) => optIn.includes(it.id))).toEqual([]);
  expect(selectChecks('publish/longest').map((it) => it.id)).toEqual(['publish/longest']);
});
