// A fault must act on the packets it names and on no others.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinkFaults } from '../../src/faults/link-faults.ts';
import type { Direction, PacketMatch } from '../../src/faults/packet-fault.ts';
import { PacketMatcher } from '../../src/faults/packet-matcher.ts';
import { decodePacket } from '../../src/wire/decode.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Connect, Packet, Publish } from '../../src/wire/packet.ts';

const publish: Publish = {
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: true,
  topic: 'plant/pump/1',
  packetId: 7,
  payload: Buffer.from('21'),
};
const puback: Packet = { type: 'PUBACK', packetId: 7 };
const connectAs = (clientId: string): Connect => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId,
});
const faultWhen = (when: PacketMatch) => ({ id: 'f', when, action: { do: 'drop' } as const });

function fits(when: PacketMatch, packet: Packet, direction: Direction = 'toServer'): boolean {
  return new PacketMatcher(new LinkFaults()).fits(faultWhen(when), direction, packet);
}

function fitsFrame(when: PacketMatch, frame: Uint8Array): boolean {
  const { packet, deviations } = decodePacket(frame, 'client');
  return new PacketMatcher(new LinkFaults()).fits(faultWhen(when), 'toServer', packet, deviations);
}

test.each<[PacketMatch, Packet, boolean]>([
  [{}, publish, true],
  [{}, { type: 'PINGREQ' }, true],
  [{ type: 'PUBLISH' }, publish, true],
  [{ type: 'PUBLISH' }, puback, false],
  [{ type: ['PUBREC', 'PUBACK'] }, puback, true],
  [{ direction: 'toServer' }, publish, true],
  [{ direction: 'toClient' }, publish, false],
  [{ topic: 'plant/+/1' }, publish, true],
  [{ topic: 'plant/#' }, publish, true],
  [{ topic: 'plant/+' }, publish, false],
  [{ topic: '#' }, puback, false],
  [{ qos: 1 }, publish, true],
  [{ qos: 0 }, publish, false],
  [{ retain: true }, publish, true],
  [{ retain: false }, publish, false],
  [{ dup: false }, publish, true],
  [{ dup: true }, publish, false],
  [{ dup: false }, puback, false],
  [{ clientId: 'pump' }, publish, false],
  [{ packetId: 7 }, puback, true],
  [{ packetId: 8 }, puback, false],
  [{ packetId: 7 }, { type: 'PINGREQ' }, false],
  [{ several: true }, { type: 'SUBACK', packetId: 1, returnCodes: [0, 1] }, true],
  [{ several: true }, { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a'] }, false],
  [{ several: true }, puback, false],
  [{ filterStart: '+' }, { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: '+/a', qos: 0 }] }, true],
  [{ filterStart: '#' }, { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a/#'] }, false],
  [{ hasUserName: false }, connectAs('pump'), true],
  [{ hasUserName: true }, connectAs('pump'), false],
  [{ hasUserName: false }, publish, false],
  [{ payload: '21' }, publish, true],
  [{ payload: '' }, publish, false],
  [{ payload: '' }, { ...publish, payload: Buffer.alloc(0) }, true],
  [{ payload: '' }, puback, false],
  [{ hasWill: false }, connectAs('pump'), true],
  [{ hasWill: true }, connectAs('pump'), false],
  [{ hasWill: false }, publish, false],
  [{ returnCode: 2 }, { type: 'CONNACK', sessionPresent: false, returnCode: 2 }, true],
  [{ returnCode: 2 }, { type: 'CONNACK', sessionPresent: false, returnCode: 0 }, false],
  [{ returnCode: 0 }, publish, false],
])('%j and %j: %s', (when, packet, expected) => {
  expect(fits(when, packet)).toBe(expected);
});

test('the client id is that of the first CONNECT, also for what the server sends', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  matcher.note('toServer', connectAs('pump'));
  matcher.note('toServer', connectAs('other'));
  expect(matcher.fits(faultWhen({ clientId: 'pump' }), 'toClient', puback)).toBe(true);
  expect(matcher.fits(faultWhen({ clientId: 'other' }), 'toClient', puback)).toBe(false);
});

test.each([
  ['pump-*', 'pump-7', true],
  ['pump-*', 'pump-', true],
  ['pump-*', 'a pump-7', false],
  ['*-7', 'pump-7', true],
  ['*-7', 'pump-71', false],
  ['p*p', 'pump', true],
  ['p*p', 'p', false],
  ['pump', 'pump', true],
  ['pump', 'pump-7', false],
  ['*', '', true],
  ['p.mp', 'pump', false],
])('client ids like %s: "%s" %s', (clientIdGlob, clientId, expected) => {
  const matcher = new PacketMatcher(new LinkFaults());
  expect(matcher.fits(faultWhen({ clientIdGlob }), 'toClient', puback)).toBe(false);
  matcher.note('toServer', connectAs(clientId));
  expect(matcher.fits(faultWhen({ clientIdGlob }), 'toClient', puback)).toBe(expected);
});

test('a glob fits what the regular expression of the same form fits', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, (clientIdGlob, text) => {
      const clientId = text.replaceAll('*', 'a');
      const matcher = new PacketMatcher(new LinkFaults());
      matcher.note('toServer', connectAs(clientId));
      const like = new RegExp(`^${clientIdGlob.replaceAll('*', '.*')}$`);
      expect(matcher.fits(faultWhen({ clientIdGlob }), 'toServer', publish)).toBe(like.test(clientId));
    }),
  );
});

test('a time since the connection opened', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const seen = [0, 99, 100, 200].map((ms) => matcher.fits(faultWhen({ afterMs: 100 }), 'toServer', publish, [], ms));
  expect(seen).toEqual([false, false, true, true]);
});

test('nth counts the fitting packets of one connection, and acts from there on', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const third = faultWhen({ type: 'PUBLISH', nth: 3 });
  const seen = [publish, puback, publish, publish, publish].map((it) => matcher.fits(third, 'toServer', it));
  expect(seen).toEqual([false, false, false, true, true]);
});

test('nthTo ends what nth begins', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const middle = faultWhen({ type: 'PUBLISH', nth: 2, nthTo: 3 });
  const seen = [publish, publish, puback, publish, publish].map((it) => matcher.fits(middle, 'toServer', it));
  expect(seen).toEqual([false, true, false, true, false]);
});

test('clean session is what the CONNECT asked for, session present what the first CONNACK said', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const fitsIt = (when: PacketMatch): boolean => matcher.fits(faultWhen(when), 'toClient', publish);
  expect([fitsIt({ cleanSession: true }), fitsIt({ sessionPresent: false })]).toEqual([false, false]);
  matcher.note('toServer', connectAs('pump'));
  matcher.note('toClient', { type: 'CONNACK', sessionPresent: true, returnCode: 0 });
  matcher.note('toClient', { type: 'CONNACK', sessionPresent: false, returnCode: 0 });
  expect([fitsIt({ cleanSession: true }), fitsIt({ cleanSession: false })]).toEqual([true, false]);
  expect([fitsIt({ sessionPresent: true }), fitsIt({ sessionPresent: false })]).toEqual([true, false]);
});

test('a deviation fits the packets that have it, and alone also what cannot be read', () => {
  const qos3 = encode({ ...publish, qos: 3 });
  const typeFifteen = Buffer.from([0xf0, 0]);
  expect(fitsFrame({ deviation: 'qos-3' }, qos3)).toBe(true);
  expect(fitsFrame({ type: 'PUBACK', deviation: 'qos-3' }, qos3)).toBe(false);
  expect(fitsFrame({ deviation: 'qos-3' }, encode(publish))).toBe(false);
  expect(fitsFrame({ deviation: 'reserved-type' }, typeFifteen)).toBe(true);
  expect(fitsFrame({ type: 'PUBLISH', deviation: 'reserved-type' }, typeFifteen)).toBe(false);
  expect(fitsFrame({ direction: 'toServer' }, typeFifteen)).toBe(false);
});

test('a broken statement fits like the deviation that breaks it', () => {
  const illFormed = encode({ ...connectAs(''), clientId: Buffer.from([0xc3, 0x28]) });
  const cutOff = encode(connectAs('')).subarray(0, 12);
  cutOff[1] = 10;
  expect(fitsFrame({ type: 'CONNECT', breaks: 'MQTT-3.1.3-4' }, illFormed)).toBe(true);
  expect(fitsFrame({ breaks: 'MQTT-1.5.3-1' }, illFormed)).toBe(true);
  expect(fitsFrame({ breaks: 'MQTT-3.1.3-11' }, illFormed)).toBe(false);
  expect(fitsFrame({ breaks: 'MQTT-3.1.3-3' }, cutOff)).toBe(true);
  expect(fitsFrame({ breaks: 'MQTT-3.1.2-19' }, cutOff)).toBe(false);
  expect(fitsFrame({ type: 'CONNECT', breaks: 'MQTT-3.1.3-3' }, cutOff)).toBe(false);
});

test('what was wrong with the CONNECT fits every packet of its connection', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const { packet, deviations } = decodePacket(encode({ ...connectAs('a'), protocolLevel: 99 }), 'client');
  const fitsIt = (): boolean =>
    matcher.fits(faultWhen({ connectDeviation: 'protocol-level' }), 'toServer', publish, []);
  expect(fitsIt()).toBe(false);
  if (packet) matcher.note('toServer', packet, deviations);
  expect(fitsIt()).toBe(true);
  expect(matcher.fits(faultWhen({ connectDeviation: 'protocol-name' }), 'toServer', publish)).toBe(false);
});

test('after the CONNECT is from the CONNECT on', () => {
  const matcher = new PacketMatcher(new LinkFaults());
  const fitsIt = (): readonly boolean[] =>
    [false, true].map((afterConnect) => matcher.fits(faultWhen({ afterConnect }), 'toServer', publish));
  expect(fitsIt()).toEqual([true, false]);
  matcher.note('toServer', connectAs('a'));
  expect(fitsIt()).toEqual([false, true]);
});

test.each<[string, PacketMatch, boolean]>([
  ['pümp', { clientIdHas: 'xyp' }, true],
  ['pümp', { clientIdHas: 'xyz' }, false],
  ['pümp', { clientIdB: { min: 5, max: 5 } }, true],
  ['pümp', { clientIdB: { min: 6 } }, false],
  ['pümp', { clientIdB: { max: 4 } }, false],
  ['', { clientIdB: { max: 4 } }, true],
])('the client id %j and %j: %s', (clientId, when, expected) => {
  const matcher = new PacketMatcher(new LinkFaults());
  expect(matcher.fits(faultWhen(when), 'toServer', publish)).toBe(false);
  matcher.note('toServer', connectAs(clientId));
  expect(matcher.fits(faultWhen(when), 'toServer', publish)).toBe(expected);
});

test('connectionNth counts the connections of one client id over the link', () => {
  const link = new LinkFaults();
  const second = faultWhen({ connectionNth: 2 });
  const fitsOn = (clientId: string): boolean => {
    const matcher = new PacketMatcher(link);
    matcher.note('toServer', connectAs(clientId));
    return matcher.fits(second, 'toServer', publish);
  };
  expect(['a', 'b', 'a', 'a', 'b'].map(fitsOn)).toEqual([false, false, true, false, true]);
});

test('two faults of one link cannot have the same id', () => {
  const link = new LinkFaults([faultWhen({})]);
  expect(() => link.add([faultWhen({ type: 'PINGREQ' })])).toThrow(expect.objectContaining({ code: 'FB_FAULT_NAME' }));
});

test('after counts what passed on any connection of the client id', () => {
  const link = new LinkFaults();
  const fault = faultWhen({ type: 'PUBACK', after: 'PINGREQ' });
  const first = new PacketMatcher(link);
  first.note('toServer', connectAs('pump'));
  expect(first.fits(fault, 'toServer', puback)).toBe(false);
  first.note('toServer', { type: 'PINGREQ' });
  expect(first.fits(fault, 'toServer', puback)).toBe(true);
  const [second, other] = [new PacketMatcher(link), new PacketMatcher(link)];
  second.note('toServer', connectAs('pump'));
  other.note('toServer', connectAs('gate'));
  expect([second, other].map((it) => it.fits(fault, 'toServer', puback))).toEqual([true, false]);
});
