// What a restart lost is counted apart by how long before it was acknowledged, and is never more than a remark.
import { expect, test } from 'vitest';
import { restartChecks } from '../../src/conformance/checks/restart.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, publish } from '../judge/packets.ts';

const check = restartChecks.find((it) => it.id === 'restart/killed');
const of = { check: 'restart/killed', target: 'broker' };
const texts = (when: string): readonly string[] => Array.from({ length: 10 }, (_, n) => `${when}, number ${n}`);

/** What is said of a broker whose clients get these payloads after its restart. */
function judged(late: readonly string[], away: readonly string[], observer: readonly string[]) {
  const history = new HistoryOf();
  for (const [client, payloads] of Object.entries({ late, away, observer })) {
    const connection = history
      .conn(client, of)
      .client(connect())
      .server(connack(0, client !== 'late'));
    for (const payload of payloads) connection.server(publish(0, undefined, { payload: Buffer.from(payload) }));
  }
  const [finding] = check?.judge?.(cutSlice(history.events, of.check, of.target)) ?? [];
  const measured = Object.fromEntries((finding?.measured ?? []).map((it) => [it.name, it.value]));
  return { verdict: finding?.verdict, measured };
}

const [early, late] = [texts('well before'), texts('right before')];

test('a broker that kept everything passes', () => {
  const kept = [...early, ...late];
  expect(judged(kept, [...kept, 'live'], ['will']).verdict).toBe('pass');
});

test('what was acknowledged right before the end is counted apart', () => {
  const { verdict, measured } = judged([...early, ...late.slice(3)], [...early, 'live'], []);
  expect(verdict).toBe('warn');
  expect(measured).toEqual({
    'retained messages lost, acknowledged well before the end (of 10)': 0,
    'queued messages lost, acknowledged well before the end (of 10)': 0,
    'retained messages lost, acknowledged right before the end (of 10)': 3,
    'queued messages lost, acknowledged right before the end (of 10)': 10,
    'sessions lost (of 1)': 0,
    'subscriptions lost (of 1)': 0,
    'wills lost (of 1)': 1,
  });
});
