// What becomes of a publish intent: sent, held, sent again after a loss, bounded while away.
import { describe, expect, test } from 'vitest';
import { unfinishedCount } from '../../src/session/client-session.ts';
import { fedSession } from './feed.ts';

const idOf = (packet: object | undefined): unknown => (packet && 'packetId' in packet ? packet.packetId : undefined);

describe('publishing', () => {
  test('QoS 0 carries no id and is done when sent', () => {
    const fed = fedSession();
    fed.connect();
    const out = fed.publish(1, 0);
    expect(out.packets).toEqual([
      { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'plant/level', payload: Buffer.from('1') },
    ]);
    expect(out.events).toEqual([{ kind: 'published', token: 1 }]);
  });

  test('QoS 1 is done with its PUBACK', () => {
    const fed = fedSession();
    fed.connect();
    const [publish] = fed.publish(1, 1).packets;
    expect(publish).toMatchObject({ dup: false, qos: 1, packetId: 1 });
    expect(unfinishedCount(fed.session)).toBe(1);
    expect(fed.receive({ type: 'PUBACK', packetId: 1 }).events).toEqual([{ kind: 'published', token: 1 }]);
    expect(unfinishedCount(fed.session)).toBe(0);
  });

  test('QoS 2: PUBREC is answered by PUBREL, PUBCOMP ends it', () => {
    const fed = fedSession();
    fed.connect();
    fed.publish(1, 2);
    expect(fed.receive({ type: 'PUBREC', packetId: 1 })).toMatchObject({
      packets: [{ type: 'PUBREL', packetId: 1 }],
      events: [],
    });
    expect(fed.receive({ type: 'PUBCOMP', packetId: 1 }).events).toEqual([{ kind: 'published', token: 1 }]);
  });

  test('an acknowledgement that fits no exchange changes nothing', () => {
    const fed = fedSession();
    fed.connect();
    fed.publish(1, 2);
    for (const packet of [
      { type: 'PUBACK', packetId: 1 },
      { type: 'PUBCOMP', packetId: 1 },
      { type: 'PUBREC', packetId: 9 },
      { type: 'SUBACK', packetId: 1, returnCodes: [] },
      { type: 'UNSUBACK', packetId: 1 },
    ] as const) {
      expect(fed.receive(packet)).toMatchObject({ packets: [], events: [], transport: undefined });
    }
    expect(unfinishedCount(fed.session)).toBe(1);
  });

  test('the window bounds what is in flight; an acknowledgement lets the next one go', () => {
    const fed = fedSession({ window: 2 });
    fed.connect();
    fed.publish(1, 1);
    fed.publish(2, 2);
    expect(fed.publish(3, 1).packets).toEqual([]);
    expect(fed.publish(4, 0).packets).toEqual([]); // nothing overtakes
    expect(fed.receive({ type: 'PUBREC', packetId: 2 }).packets).toHaveLength(1); // PUBREL: still in flight
    const out = fed.receive({ type: 'PUBACK', packetId: 1 });
    expect(out.packets.map((it) => it.type === 'PUBLISH' && it.qos)).toEqual([1, 0]);
  });

  test('refuses a topic that no PUBLISH may carry, and nothing has changed', () => {
    const fed = fedSession();
    fed.connect();
    for (const topic of ['', 'a/+', '#', 'a\0b', '\udc00', 'x'.repeat(65_536)]) {
      expect(() => fed.publish(1, 1, topic)).toThrow(expect.objectContaining({ code: 'FB_SESSION_INTENT' }));
    }
    expect(unfinishedCount(fed.session)).toBe(0);
  });
});

describe('redelivery', () => {
  test('unfinished exchanges come again with their ids, DUP 1, in the order of first sending', () => {
    const fed = fedSession();
    fed.connect();
    for (const [token, qos] of [
      [1, 2],
      [2, 1],
      [3, 2],
      [4, 1],
    ] as const)
      fed.publish(token, qos);
    fed.receive({ type: 'PUBREC', packetId: 3 });
    fed.receive({ type: 'PUBACK', packetId: 2 });
    fed.lose();
    const { packets } = fed.connect(true);
    expect(packets.map((it) => `${it.type} ${String(idOf(it))}`)).toEqual(['PUBREL 3', 'PUBLISH 1', 'PUBLISH 4']);
    expect(packets.slice(1)).toMatchObject([{ dup: true }, { dup: true }]);
  });

  test('PUBRELs come again in the order of the PUBRECs', () => {
    const fed = fedSession();
    fed.connect();
    for (const token of [1, 2, 3]) fed.publish(token, 2);
    for (const packetId of [2, 3, 1]) fed.receive({ type: 'PUBREC', packetId });
    fed.lose();
    expect(fed.connect(true).packets.map(idOf)).toEqual([2, 3, 1]);
  });

  test('a message that never went out goes out without DUP, behind those that did', () => {
    const fed = fedSession();
    fed.connect();
    fed.publish(1, 1);
    fed.lose();
    fed.publish(2, 1);
    expect(fed.connect(true).packets).toMatchObject([
      { packetId: 1, dup: true },
      { packetId: 2, dup: false },
    ]);
  });

  test('an id of an unfinished exchange is not given to anything else', () => {
    const fed = fedSession({ window: 65_535, queueLimit: 70_000 });
    fed.connect();
    fed.publish(0, 1); // id 1, stays open
    for (let token = 1; token < 65_535; token += 1) {
      const id = idOf(fed.publish(token, 1).packets[0]);
      if (typeof id === 'number') fed.receive({ type: 'PUBACK', packetId: id });
    }
    expect(idOf(fed.publish(70_000, 1).packets[0])).toBe(2);
  });

  test('a clean session gives up what was in flight, keeps what only waited', () => {
    const fed = fedSession({ cleanSession: true, window: 1 });
    fed.connect();
    fed.publish(1, 1);
    fed.publish(2, 1);
    expect(fed.lose().events).toContainEqual({ kind: 'dropped', token: 1, why: 'session-ended' });
    expect(fed.connect().packets).toMatchObject([{ type: 'PUBLISH', dup: false, payload: Buffer.from('2') }]);
  });
});

describe('queue', () => {
  test.each([
    ['drop-newest', 3],
    ['drop-oldest', 1],
  ] as const)('full, with %s, drops message %i and says so', (whenQueueFull, token) => {
    const fed = fedSession({ queueLimit: 2, whenQueueFull });
    fed.publish(1, 1);
    fed.publish(2, 1);
    expect(fed.publish(3, 1).events).toEqual([{ kind: 'dropped', token, why: 'queue-full' }]);
    expect(fed.connect().packets).toHaveLength(2);
  });

  test('QoS 0 without a connection is dropped, unless the policy queues it', () => {
    expect(fedSession().publish(1, 0).events).toEqual([{ kind: 'dropped', token: 1, why: 'offline' }]);
    const fed = fedSession({ queueQos0: true });
    expect(fed.publish(1, 0).events).toEqual([]);
    expect(fed.connect().packets).toMatchObject([{ type: 'PUBLISH', qos: 0 }]);
  });
});
