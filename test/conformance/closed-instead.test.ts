// A server that closes instead of answering: every time is conduct, once may be an error that passes.
import { expect, test } from 'vitest';
import { closedInstead } from '../../src/conformance/closed-instead.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, unsuback, unsubscribe } from '../judge/packets.ts';

const of = { check: 'unsubscribe/x', target: 'broker' };

type Ending = 'answered' | 'closed' | 'silent';

function judged(...endings: readonly Ending[]): readonly string[] {
  const h = new HistoryOf();
  for (const ending of endings) {
    const it = h.conn('sub', of).client(connect()).server(connack()).client(unsubscribe(1, 'a'));
    if (ending === 'answered') it.server(unsuback(1));
    it.ended(ending === 'closed' ? 'server' : 'bench');
  }
  const slice = cutSlice(h.events, of.check, of.target);
  return closedInstead(slice, 'UNSUBSCRIBE', 'UNSUBACK', ['MQTT-3.10.4-5']).map((it) => it.verdict);
}

test('closed on every one of three connections: fails', () => {
  expect(judged('closed', 'closed', 'closed')).toEqual(['fail']);
});

test.each<{ endings: readonly Ending[] }>([
  { endings: ['closed', 'closed', 'answered'] },
  { endings: ['closed', 'closed'] },
  { endings: ['closed', 'closed', 'silent'] },
  { endings: ['answered', 'answered', 'answered'] },
])('$endings: nothing to say', ({ endings }) => {
  expect(judged(...endings)).toEqual([]);
});
