// A rewritten packet must be what the fault asked for, and a packet without the fields must stay what it was.
import { describe, expect, test } from 'vitest';
import type { PacketRewrite } from '../../src/faults/packet-fault.ts';
import { rewrite, rewriteBytes } from '../../src/faults/rewrite.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Connect, Packet, Publish, Will } from '../../src/wire/packet.ts';

const publish: Publish = {
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic: 'a/b',
  packetId: 7,
  payload: Buffer.from('21'),
};
const will: Will = { topic: 'gone', payload: Buffer.from('x'), qos: 1, retain: true };
const connect: Connect = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 30,
  clientId: 'pump',
  will,
};
const suback: Packet = { type: 'SUBACK', packetId: 3, returnCodes: [0, 1, 2] };
const subscribe: Packet = {
  type: 'SUBSCRIBE',
  packetId: 3,
  subscriptions: [
    { filter: 'a/#', qos: 1 },
    { filter: 'b', qos: 2 },
  ],
};
const unsubscribe: Packet = { type: 'UNSUBSCRIBE', packetId: 3, filters: ['Plant/Pump/', 'A', '/'] };
const { will: _, ...willess } = connect;
const { packetId: __, ...unnumbered } = publish;

describe('rewrite sets', () => {
  test.each<[string, Packet, PacketRewrite, Packet]>([
    ['the packet identifier', publish, { packetId: 9 }, { ...publish, packetId: 9 }],
    ['an identifier further on', publish, { packetId: { add: 1 } }, { ...publish, packetId: 8 }],
    [
      'an identifier around the end',
      { ...publish, packetId: 65535 },
      { packetId: { add: 1 } },
      { ...publish, packetId: 1 },
    ],
    [
      'an identifier backwards',
      { ...publish, packetId: 1 },
      { packetId: { add: -1 } },
      { ...publish, packetId: 65535 },
    ],
    [
      'flags of a message',
      publish,
      { dup: true, retain: true, qos: 2 },
      { ...publish, dup: true, retain: true, qos: 2 },
    ],
    ['QoS 0, which has no identifier', publish, { qos: 0 }, { ...unnumbered, qos: 0 }],
    ['QoS 1, which needs one', { ...unnumbered, qos: 0 }, { qos: 1 }, { ...publish, packetId: 1 }],
    ['a topic', publish, { topic: 'c' }, { ...publish, topic: 'c' }],
    ['a longer topic', publish, { topic: { append: '/c' } }, { ...publish, topic: 'a/b/c' }],
    ['a payload', publish, { payload: { text: '' } }, { ...publish, payload: Buffer.from('') }],
    ['a longer payload', publish, { payload: { append: '!' } }, { ...publish, payload: Buffer.from('21!') }],
    ['return codes', suback, { returnCodes: [128] }, { ...suback, returnCodes: [128] }],
    ['return codes the other way round', suback, { returnCodes: 'reversed' }, { ...suback, returnCodes: [2, 1, 0] }],
    ['one return code less', suback, { returnCodes: 'dropLast' }, { ...suback, returnCodes: [0, 1] }],
    ['one return code more', suback, { returnCodes: 'addOne' }, { ...suback, returnCodes: [0, 1, 2, 2] }],
    ['every return code', suback, { returnCodes: { each: 3 } }, { ...suback, returnCodes: [3, 3, 3] }],
    [
      'the requested QoS',
      subscribe,
      { requestedQos: 0 },
      {
        ...subscribe,
        subscriptions: [
          { filter: 'a/#', qos: 0 },
          { filter: 'b', qos: 0 },
        ],
      },
    ],
    [
      'filters in lower case',
      unsubscribe,
      { filters: 'lowerCase' },
      { ...unsubscribe, filters: ['plant/pump/', 'a', '/'] },
    ],
    [
      'filters without a last level of no characters',
      unsubscribe,
      { filters: 'trimSlash' },
      { ...unsubscribe, filters: ['Plant/Pump', 'A', '/'] },
    ],
    [
      'a topic in another form',
      { ...publish, topic: 'A//b' },
      { topicForm: ['lowerCase', 'collapseSlashes'] },
      publish,
    ],
    [
      'filters in another form',
      { ...unsubscribe, filters: ['x/+', '#'] },
      { topicForm: 'hidePlus' },
      { ...unsubscribe, filters: ['x/\uff0b', '#'] },
    ],
    [
      'a will topic in another form',
      { ...connect, will: { ...will, topic: 'GONE' } },
      { topicForm: 'lowerCase' },
      connect,
    ],
    [
      'all filters but the first',
      unsubscribe,
      { keepFilters: { keep: 'first', othersBecome: 'x' } },
      { ...unsubscribe, filters: ['Plant/Pump/', 'x', 'x'] },
    ],
    [
      'the last filter of a SUBSCRIBE, which keeps its QoS',
      subscribe,
      { keepFilters: { keep: 'allButLast', othersBecome: 'x' } },
      {
        ...subscribe,
        subscriptions: [
          { filter: 'a/#', qos: 1 },
          { filter: 'x', qos: 2 },
        ],
      },
    ],
    ['a shorter payload', publish, { payload: { cutToB: 1 } }, { ...publish, payload: Buffer.from('2') }],
    ['a payload out of order', publish, { payload: { exchangeAtB: 0 } }, { ...publish, payload: Buffer.from('12') }],
    ['nothing in a payload that is too short', publish, { payload: { exchangeAtB: 1 } }, publish],
    [
      'CONNACK',
      { type: 'CONNACK', sessionPresent: false, returnCode: 0 },
      { sessionPresent: true, returnCode: 5 },
      { type: 'CONNACK', sessionPresent: true, returnCode: 5 },
    ],
    [
      'CONNECT',
      connect,
      { cleanSession: false, keepAliveS: 0, clientId: { append: '2' } },
      { ...connect, cleanSession: false, keepAliveS: 0, clientId: 'pump2' },
    ],
    ['a client id in lower case', { ...connect, clientId: 'PumP' }, { clientId: 'lowerCase' }, connect],
    ['a will where there is none', willess, { will }, connect],
    ['no will', connect, { will: 'remove' }, willess],
    [
      'what comes before the client id, and the user name',
      connect,
      { protocolName: 'MQTX', protocolLevel: 5, userName: 'u' },
      { ...connect, protocolName: 'MQTX', protocolLevel: 5, userName: 'u' },
    ],
    [
      'topic and payload of a will the other way round',
      connect,
      { will: 'swapped' },
      { ...connect, will: { ...will, topic: 'x', payload: Buffer.from('gone') } },
    ],
    [
      'a will in place of the credentials',
      { ...connect, userName: 'u', password: Buffer.from('p') },
      { will: 'credentials' },
      {
        ...connect,
        will: { ...will, topic: 'u', payload: Buffer.from('p') },
        userName: 'gone',
        password: Buffer.from('x'),
      },
    ],
    [
      'another will',
      connect,
      { will: { qos: 0, retain: false } },
      { ...connect, will: { topic: 'gone', payload: Buffer.from('x'), qos: 0, retain: false } },
    ],
  ])('%s', (_name, packet, set, expected) => {
    expect(rewrite(packet, set)).toEqual(expected);
    expect(rewriteBytes(packet, set)).toEqual(encode(expected));
  });
});

describe('rewrite turns', () => {
  test.each<[string, Packet, PacketRewrite, Packet]>([
    ['PUBREC into PUBCOMP', { type: 'PUBREC', packetId: 7 }, { type: 'PUBCOMP' }, { type: 'PUBCOMP', packetId: 7 }],
    ['PUBLISH into its PUBACK', publish, { type: 'PUBACK' }, { type: 'PUBACK', packetId: 7 }],
    ['SUBSCRIBE into its SUBACK', subscribe, { type: 'SUBACK' }, { type: 'SUBACK', packetId: 3, returnCodes: [1, 2] }],
    [
      'SUBSCRIBE into a message on its filter',
      subscribe,
      { type: 'PUBLISH', topic: 'a/x', payload: { text: 'p' } },
      { type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'a/x', payload: Buffer.from('p') },
    ],
    [
      'CONNECT into its will at another QoS',
      connect,
      { type: 'PUBLISH', qos: 2 },
      { type: 'PUBLISH', dup: false, qos: 2, retain: false, topic: 'gone', packetId: 1, payload: Buffer.from('x') },
    ],
    [
      'a message into UNSUBSCRIBE',
      publish,
      { type: 'UNSUBSCRIBE' },
      { type: 'UNSUBSCRIBE', packetId: 7, filters: ['a/b'] },
    ],
    [
      'a message into SUBSCRIBE',
      publish,
      { type: 'SUBSCRIBE' },
      { type: 'SUBSCRIBE', packetId: 7, subscriptions: [{ filter: 'a/b', qos: 0 }] },
    ],
    ['anything into PINGREQ', connect, { type: 'PINGREQ' }, { type: 'PINGREQ' }],
    [
      'anything into CONNACK',
      publish,
      { type: 'CONNACK', returnCode: 2 },
      { type: 'CONNACK', sessionPresent: false, returnCode: 2 },
    ],
    [
      'anything into CONNECT',
      publish,
      { type: 'CONNECT' },
      { type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true, keepAliveS: 0, clientId: '' },
    ],
  ])('%s', (_name, packet, set, expected) => {
    expect(rewrite(packet, set)).toEqual(expected);
  });
});

describe('rewrite leaves', () => {
  test.each<[string, Packet, PacketRewrite]>([
    ['a PINGREQ without a packet identifier', { type: 'PINGREQ' }, { packetId: 1, topic: 'x' }],
    ['a CONNECT without credentials', connect, { will: 'credentials' }],
    ['a CONNECT whose will is to be swapped, without one', willess, { will: 'swapped' }],
    ['a CONNECT without a will', willess, { will: { qos: 2 } }],
    ['a CONNECT whose earlier will nobody looked up', willess, { will: 'earlier' }],
    ['a message at QoS 0 without an identifier', { ...unnumbered, qos: 0 }, { packetId: 5 }],
  ])('%s', (_name, packet, set) => {
    expect(rewrite(packet, set)).toEqual(packet);
    expect(rewriteBytes(packet, set) ?? encode(packet)).toEqual(encode(packet));
  });
});

test('flags are the low nibble of the first byte, whatever the packet says', () => {
  expect(rewriteBytes({ type: 'PINGRESP' }, { flags: 0b0101 })).toEqual(Buffer.from([0xd5, 0]));
});

test('what has no bytes at all is refused', () => {
  expect(() => rewriteBytes(publish, { packetId: 70_000 })).toThrow(
    expect.objectContaining({ code: 'FB_WIRE_ENCODE' }),
  );
});

test('bytes of the body are written over last', () => {
  const bytes = rewriteBytes(publish, { bodySet: { at: 0, bytes: [0xff, 0xff] } });
  expect(Buffer.from(bytes ?? []).toString('hex')).toBe(
    Buffer.from(encode(publish)).toString('hex').replace('0003612f62', 'ffff612f62'),
  );
});
