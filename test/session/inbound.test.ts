// What the client owes a server that publishes: the right answer by QoS, and QoS 2 delivered once.
import { describe, expect, test } from 'vitest';
import type { Publish } from '../../src/wire/packet.ts';
import { fedSession } from './feed.ts';

const publish = (qos: 0 | 1 | 2 | 3, packetId?: number, dup = false): Publish => ({
  type: 'PUBLISH',
  dup,
  qos,
  retain: false,
  topic: 'cmd/pump',
  payload: Buffer.from('on'),
  ...(packetId !== undefined && { packetId }),
});

describe('receiving', () => {
  test('QoS 0 is delivered and not answered', () => {
    const fed = fedSession();
    fed.connect();
    expect(fed.receive(publish(0))).toMatchObject({ packets: [], deliveries: [{ topic: 'cmd/pump', qos: 0 }] });
  });

  test('QoS 1 is answered by PUBACK and delivered each time', () => {
    const fed = fedSession();
    fed.connect();
    for (const dup of [false, true]) {
      expect(fed.receive(publish(1, 7, dup))).toMatchObject({
        packets: [{ type: 'PUBACK', packetId: 7 }],
        deliveries: [{ qos: 1, dup }],
      });
    }
  });

  test('QoS 2 is delivered once until PUBREL, also over a reconnect', () => {
    const fed = fedSession();
    fed.connect();
    expect(fed.receive(publish(2, 7)).deliveries).toHaveLength(1);
    fed.lose();
    fed.connect(true);
    expect(fed.receive(publish(2, 7, true))).toMatchObject({
      packets: [{ type: 'PUBREC', packetId: 7 }],
      deliveries: [],
    });
    expect(fed.receive({ type: 'PUBREL', packetId: 7 }).packets).toEqual([{ type: 'PUBCOMP', packetId: 7 }]);
    expect(fed.receive(publish(2, 7)).deliveries).toHaveLength(1);
  });

  test('PUBREL of an unknown id is answered too', () => {
    const fed = fedSession();
    fed.connect();
    expect(fed.receive({ type: 'PUBREL', packetId: 9 }).packets).toEqual([{ type: 'PUBCOMP', packetId: 9 }]);
  });

  test('a server without the session starts its ids anew', () => {
    const fed = fedSession();
    fed.connect();
    fed.receive(publish(2, 7));
    fed.lose();
    fed.connect(false);
    expect(fed.receive(publish(2, 7)).deliveries).toHaveLength(1);
  });

  test('answers keep the order of the messages', () => {
    const fed = fedSession();
    fed.connect();
    const answers = [publish(2, 3), publish(1, 2), publish(2, 1)].flatMap((it) => fed.receive(it).packets);
    expect(answers).toEqual([
      { type: 'PUBREC', packetId: 3 },
      { type: 'PUBACK', packetId: 2 },
      { type: 'PUBREC', packetId: 1 },
    ]);
  });

  test.each([publish(3, 1), publish(1), publish(2)])('cannot be answered: QoS $qos with id $packetId', (packet) => {
    const fed = fedSession();
    fed.connect();
    expect(fed.receive(packet)).toMatchObject({ deliveries: [], transport: 'close', events: [{ why: 'violation' }] });
  });
});
