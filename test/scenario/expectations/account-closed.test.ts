// What comes to a connection that its reader has closed: nobody takes it, and nobody is blamed for what he never read.
import { expect, test } from 'vitest';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import { Account } from '../../../src/scenario/expectations/account.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { connack, connect, pubcomp, publish, pubrec, pubrel, suback, subscribe } from '../../judge/packets.ts';

const payload = Buffer.from('x');

function bedOf(qos: 0 | 2) {
  const history = new HistoryOf().part('broker', 'ready');
  const join = (name: string, sessionPresent = false) =>
    history
      .conn(name, { link: `radio/${name}` })
      .client(connect({ clientId: name, cleanSession: false }))
      .server(connack(0, sessionPresent));
  const room = join('room')
    .client(subscribe(1, { a: qos }))
    .server(suback(1, qos));
  const level = join('level');
  const intent = { topic: 'a', qos, retain: false, ordinal: 1, payloadHash: payloadHash(payload) } as const;
  history.record({ kind: 'intent', part: 'level', ...intent });
  return { history, join, room, level };
}

function placeIn({ events }: HistoryOf): string {
  const account = new Account({ from: 'level', to: 'room', lostAtMost: 0, unplacedAtMost: 0 });
  for (const event of events) account.step(event);
  const { placed, contradictions } = account.balance();
  expect(contradictions).toEqual([]);
  return placed.map(({ place }) => `${place.place}: ${place.says}`).join();
}

test('what comes when the broker had closed the connection, the broker has not swallowed', () => {
  const { history, level } = bedOf(0);
  level.ended('server').client(publish(0, undefined, { topic: 'a', payload }));
  expect(placeIn(history)).toBe('lost: came when broker had closed the connection');
});

test('a QoS 2 message that comes when its receiver had closed the connection is delivered by the next one', () => {
  const { history, level, room, join } = bedOf(2);
  level
    .client(publish(2, 1, { topic: 'a', payload }))
    .server(pubrec(1))
    .client(pubrel(1))
    .server(pubcomp(1));
  room.ended('client').server(publish(2, 7, { topic: 'a', payload }));
  join('room', true)
    .server(publish(2, 7, { topic: 'a', payload, dup: true }))
    .client(pubrec(7))
    .server(pubrel(7))
    .client(pubcomp(7));
  expect(placeIn(history)).toBe('delivered: delivered');
});
