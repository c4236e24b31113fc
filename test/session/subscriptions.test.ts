// Subscriptions survive the loss of connections and of server sessions.
import { describe, expect, test } from 'vitest';
import { fedSession } from './feed.ts';
import type { FedSession } from './feed.ts';

const subscribe = (fed: FedSession, token: number, ...filters: string[]) =>
  fed.feed({ kind: 'subscribe', subscriptions: filters.map((filter) => ({ filter, qos: 1 as const })), token });

describe('subscribing', () => {
  test('SUBACK brings one code for each filter', () => {
    const fed = fedSession();
    fed.connect();
    expect(subscribe(fed, 5, 'a/#', 'b/+').packets).toEqual([
      {
        type: 'SUBSCRIBE',
        packetId: 1,
        subscriptions: [
          { filter: 'a/#', qos: 1 },
          { filter: 'b/+', qos: 1 },
        ],
      },
    ]);
    expect(fed.receive({ type: 'SUBACK', packetId: 1, returnCodes: [1, 0x80] }).events).toEqual([
      { kind: 'subscribed', token: 5, returnCodes: [1, 0x80] },
    ]);
  });

  test('a SUBACK with another number of codes is a violation', () => {
    const fed = fedSession();
    fed.connect();
    subscribe(fed, 5, 'a', 'b');
    expect(fed.receive({ type: 'SUBACK', packetId: 1, returnCodes: [1] }).transport).toBe('close');
  });

  test('asks again only where the server kept no session', () => {
    const fed = fedSession();
    fed.connect();
    subscribe(fed, 1, 'a');
    fed.receive({ type: 'SUBACK', packetId: 1, returnCodes: [1] });
    fed.lose();
    expect(fed.connect(true).packets).toEqual([]);
    fed.lose();
    const [again] = fed.connect(false).packets;
    expect(again).toMatchObject({ type: 'SUBSCRIBE', subscriptions: [{ filter: 'a', qos: 1 }] });
    expect(fed.receive({ type: 'SUBACK', packetId: 2, returnCodes: [1] }).events).toEqual([]);
  });

  test('an unanswered SUBSCRIBE is sent again once, with a new id, and still answers its intent', () => {
    const fed = fedSession();
    fed.connect();
    subscribe(fed, 1, 'a');
    fed.lose();
    expect(fed.connect(false).packets).toMatchObject([{ type: 'SUBSCRIBE', packetId: 2 }]);
    expect(fed.receive({ type: 'SUBACK', packetId: 2, returnCodes: [0] }).events).toEqual([
      { kind: 'subscribed', token: 1, returnCodes: [0] },
    ]);
  });

  test('UNSUBSCRIBE ends the wish for a filter', () => {
    const fed = fedSession();
    fed.connect();
    subscribe(fed, 1, 'a', 'b');
    fed.receive({ type: 'SUBACK', packetId: 1, returnCodes: [1, 1] });
    expect(fed.feed({ kind: 'unsubscribe', filters: ['a'], token: 2 }).packets).toEqual([
      { type: 'UNSUBSCRIBE', packetId: 2, filters: ['a'] },
    ]);
    expect(fed.receive({ type: 'UNSUBACK', packetId: 2 }).events).toEqual([{ kind: 'unsubscribed', token: 2 }]);
    fed.lose();
    expect(fed.connect(false).packets).toMatchObject([{ subscriptions: [{ filter: 'b', qos: 1 }] }]);
  });

  test.each([[], [''], ['a/#/b'], ['a#'], ['a+/b'], ['x\0']])(
    'refuses a list of filters that is illegal: %j',
    (...filters) => {
      const fed = fedSession();
      fed.connect();
      expect(() => subscribe(fed, 1, ...filters)).toThrow(expect.objectContaining({ code: 'FB_SESSION_INTENT' }));
      expect(() => fed.feed({ kind: 'unsubscribe', filters, token: 1 })).toThrow(
        expect.objectContaining({ code: 'FB_SESSION_INTENT' }),
      );
    },
  );
});
