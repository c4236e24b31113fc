// Each action must do to the stream what it says, and nothing to any other byte.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinkFaults } from '../../src/faults/link-faults.ts';
import type { Direction, PacketAction, PacketFault } from '../../src/faults/packet-fault.ts';
import { PacketPlayer, type PlayerStep } from '../../src/faults/packet-player.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Connect, Packet, Publish, Text, Will } from '../../src/wire/packet.ts';

const message = (payload: string, packetId = 1): Publish => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic: 't',
  packetId,
  payload: Buffer.from(payload),
});
const puback = (packetId: number): Packet => ({ type: 'PUBACK', packetId });
const connectAs = (clientId: string): Connect => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId,
});
const ping: Packet = { type: 'PINGREQ' };
const [m1, m2, m3] = [message('one', 1), message('two', 2), message('three', 3)];

const onMessages = (action: PacketAction, more: Partial<PacketFault> = {}): PacketFault => ({
  id: 'f',
  when: { type: 'PUBLISH', direction: 'toServer' },
  action,
  ...more,
});

/** Bytes that a list of steps sends in one direction. */
function sent(steps: readonly PlayerStep[], direction: Direction = 'toServer'): Buffer {
  return Buffer.concat(steps.flatMap((it) => (it.step === 'send' && it.direction === direction ? [it.bytes] : [])));
}
const bytes = (...packets: readonly Packet[]): Buffer => Buffer.concat(packets.map((it) => encode(it)));
const others = (steps: readonly PlayerStep[]): readonly PlayerStep[] =>
  steps.filter((it) => it.step !== 'send' && it.step !== 'played');

/** A player on the first connection of a link that was opened at time 0. */
function newPlayer(link: LinkFaults): PacketPlayer {
  return new PacketPlayer(link, { openedAtMs: 0, draws: { seed: 7, link: 'l', connection: 1 } });
}

function playing(...faults: readonly PacketFault[]): PacketPlayer {
  return newPlayer(new LinkFaults(faults));
}

describe('actions', () => {
  test('drop takes the packet out and leaves its neighbours', () => {
    const steps = playing(onMessages({ do: 'drop' })).feed('toServer', bytes(ping, m1, ping), 0);
    expect(sent(steps)).toEqual(bytes(ping, ping));
    expect(steps).toContainEqual({ step: 'played', fault: 'f', did: 'application-level fault: dropped PUBLISH 1' });
  });

  test('hold makes the packet and what follows it wait', () => {
    const steps = playing(onMessages({ do: 'hold', holdMs: 250 })).feed('toServer', bytes(ping, m1), 0);
    expect(steps.filter((it) => it.step !== 'played')).toEqual([
      { step: 'send', direction: 'toServer', bytes: bytes(ping) },
      { step: 'hold', direction: 'toServer', holdMs: 250 },
      { step: 'send', direction: 'toServer', bytes: bytes(m1) },
    ]);
  });

  test('duplicate sends it again right behind, changed where told', () => {
    const steps = playing(onMessages({ do: 'duplicate', delayMs: 0, set: { dup: true } })).feed(
      'toServer',
      bytes(m1, ping),
      0,
    );
    expect(sent(steps)).toEqual(bytes(m1, { ...m1, dup: true }, ping));
  });

  test('duplicate sends it again later, counted from the moment a hold lets it go', () => {
    const player = playing(
      onMessages({ do: 'hold', holdMs: 100 }),
      onMessages({ do: 'duplicate', delayMs: 50 }, { id: 'g' }),
    );
    expect(sent(player.feed('toServer', bytes(m1), 1000))).toEqual(bytes(m1));
    expect(player.wakeAtMs).toBe(1150);
    expect(player.wake(1149)).toEqual([]);
    expect(sent(player.wake(1150))).toEqual(bytes(m1));
    expect(player.wakeAtMs).toBeUndefined();
  });

  test('rewrite changes the packet', () => {
    const steps = playing(onMessages({ do: 'rewrite', set: { packetId: { add: 4 } } })).feed('toServer', bytes(m1), 0);
    expect(sent(steps)).toEqual(bytes({ ...m1, packetId: 5 }));
  });

  test('mend writes it as it should have been', () => {
    const subscribe: Packet = { type: 'SUBSCRIBE', packetId: 5, subscriptions: [{ filter: 'a', qos: 1 }] };
    const badText: Packet<Text> = { ...m2, topic: Buffer.from([0xc0, 0xaf]) };
    const player = playing(onMessages({ do: 'mend' }, { when: { type: ['SUBSCRIBE', 'PUBLISH'] } }));
    const steps = player.feed(
      'toServer',
      Buffer.concat([encode(subscribe, { flags: 9 }), encode(badText), bytes(m1)]),
      0,
    );
    expect(sent(steps)).toEqual(bytes(subscribe, { ...m2, topic: '\u{FFFD}\u{FFFD}' }, m1));
  });

  test('what cannot be read can be answered and written as another packet', () => {
    const when = { deviation: 'reserved-type' } as const;
    const faults = [
      onMessages({ do: 'inject', toward: 'client', packet: { type: 'CONNACK', returnCode: 5 } }, { when }),
      onMessages({ do: 'inject', toward: 'client', packet: { type: 'DISCONNECT' } }, { id: 'g', when }),
      onMessages({ do: 'rewrite', set: { type: 'CONNECT' } }, { id: 'h', when }),
    ];
    const steps = playing(...faults).feed('toServer', Buffer.from([0xf0, 0]), 0);
    const connack: Packet = { type: 'CONNACK', sessionPresent: false, returnCode: 5 };
    expect(sent(steps, 'toClient')).toEqual(bytes(connack, { type: 'DISCONNECT' }));
    expect(sent(steps)).toEqual(Buffer.from('100c00044d5154540402000000 00'.replace(' ', ''), 'hex'));
  });

  test('what cannot be read can be dropped, and passes every other fault', () => {
    const unread = Buffer.from([0xf0, 0]);
    const when = { deviation: 'reserved-type' } as const;
    const feed = (action: PacketAction): Buffer =>
      sent(playing(onMessages(action, { when })).feed('toServer', Buffer.concat([bytes(ping), unread, bytes(m1)]), 0));
    expect(feed({ do: 'drop' })).toEqual(bytes(ping, m1));
    expect(feed({ do: 'rst', side: 'both' })).toEqual(Buffer.concat([bytes(ping), unread, bytes(m1)]));
  });

  test('rewrite leaves a packet that is not well formed as it is, unless the fault is about that', () => {
    const flawed = encode(connectAs('c'), { connectFlags: 0x03 });
    const action = { do: 'rewrite', set: { keepAliveS: 9 } } as const;
    const when = { type: 'CONNECT' } as const;
    const steps = playing(onMessages(action, { when })).feed('toServer', flawed, 0);
    expect(steps).toEqual([{ step: 'send', direction: 'toServer', bytes: Buffer.from(flawed) }]);
    const about = onMessages(action, { when: { ...when, breaks: 'MQTT-3.1.2-3' } });
    expect(sent(playing(about).feed('toServer', flawed, 0))).toEqual(bytes({ ...connectAs('c'), keepAliveS: 9 }));
  });

  test('rewrite gives a CONNECT the will of an earlier connection of its client', () => {
    const will: Will = { topic: 'gone', payload: Buffer.from('x'), qos: 1, retain: true };
    const faults = [onMessages({ do: 'rewrite', set: { will: 'earlier' } }, { when: { type: 'CONNECT' } })];
    const link = new LinkFaults(faults);
    const through = (packet: Connect): Buffer => sent(newPlayer(link).feed('toServer', bytes(packet), 0));
    expect(through(connectAs('a'))).toEqual(bytes(connectAs('a')));
    expect(through({ ...connectAs('a'), will })).toEqual(bytes({ ...connectAs('a'), will }));
    expect(through(connectAs('b'))).toEqual(bytes(connectAs('b')));
    expect(through(connectAs('a'))).toEqual(bytes({ ...connectAs('a'), will }));
  });

  test('swap lets the next of its type go first', () => {
    const player = playing(onMessages({ do: 'swap', withinMs: 100 }, { times: 1 }));
    const steps = [m1, ping, m2, m3].flatMap((it) => player.feed('toServer', bytes(it), 0));
    expect(sent(steps)).toEqual(bytes(ping, m2, m1, m3));
    expect(player.wakeAtMs).toBeUndefined();
  });

  test('swap lets as many go first as it is told', () => {
    const player = playing(onMessages({ do: 'swap', withinMs: 100, past: 2 }, { times: 1 }));
    expect(sent(player.feed('toServer', bytes(m1, m2, ping, m3, m2), 0))).toEqual(bytes(m2, ping, m3, m1, m2));
  });

  test('swap acts pair by pair, and the second of a pair is no play of its own', () => {
    const player = playing(onMessages({ do: 'swap', withinMs: 100 }));
    const steps = player.feed('toServer', bytes(m1, m2, m3, m1), 0);
    expect(sent(steps)).toEqual(bytes(m2, m1, m1, m3));
    expect(steps.filter((it) => it.step === 'played')).toHaveLength(2);
  });

  test('swap gives up waiting', () => {
    const player = playing(onMessages({ do: 'swap', withinMs: 100 }));
    expect(sent(player.feed('toServer', bytes(m1), 5))).toEqual(bytes());
    expect(player.wakeAtMs).toBe(105);
    expect(sent(player.wake(105))).toEqual(bytes(m1));
  });

  test('swap does not keep a packet beyond the end of its stream', () => {
    const player = playing(onMessages({ do: 'swap', withinMs: 100 }));
    player.feed('toServer', bytes(m1), 0);
    expect(sent(player.end('toServer', 1))).toEqual(bytes(m1));
  });

  test('inject sends another packet behind it, or to its sender', () => {
    const player = playing(
      onMessages({ do: 'inject', toward: 'server', packet: { type: 'PINGREQ' } }),
      onMessages({ do: 'inject', toward: 'client', packet: { type: 'PUBACK' } }, { id: 'g' }),
    );
    const steps = player.feed('toServer', bytes(m2, m3), 0);
    expect(sent(steps)).toEqual(bytes(m2, ping, m3, ping));
    expect(sent(steps, 'toClient')).toEqual(bytes(puback(2), puback(3)));
  });

  test.each([
    ['rst', 'client'],
    ['fin', 'both'],
    ['rst', 'server'],
  ] as const)('%s drops it and ends the %s side', (how, side) => {
    const steps = playing(onMessages({ do: how, side })).feed('toServer', bytes(m1), 0);
    expect(sent(steps)).toEqual(bytes());
    expect(others(steps)).toEqual([{ step: 'end', side, how }]);
  });

  test('keep-open is said once, and the packet passes', () => {
    const steps = playing(onMessages({ do: 'keep-open' })).feed('toServer', bytes(m1, m2), 0);
    expect(sent(steps)).toEqual(bytes(m1, m2));
    expect(others(steps)).toEqual([{ step: 'keep-open' }]);
    expect(steps.filter((it) => it.step === 'played')).toHaveLength(1);
  });

  test('corrupt flips bytes of the packet and none of its neighbours', () => {
    const player = playing(onMessages({ do: 'corrupt', bytes: [0, -1, 400, -400], xor: 0x01 }));
    const steps = player.feed('toServer', bytes(ping, m1, ping), 0);
    const spoilt = bytes(m1);
    spoilt[0] = 0x33;
    spoilt[spoilt.length - 1] = 0x64;
    expect(sent(steps)).toEqual(Buffer.concat([bytes(ping), spoilt, bytes(ping)]));
    const did = 'damaging fault: corrupted PUBLISH 1 (byte 0 ^ 0x01, byte 9 ^ 0x01)';
    expect(steps).toContainEqual({ step: 'played', fault: 'f', did, taints: true });
  });

  test('what was corrupted does not hang on the chunks it came in', () => {
    const whole = bytes(m1, m2);
    const apart = playing(onMessages({ do: 'corrupt', bits: 5 }));
    const steps = [...whole].flatMap((byte) => apart.feed('toServer', Uint8Array.of(byte), 0));
    expect(sent(steps)).toEqual(sent(playing(onMessages({ do: 'corrupt', bits: 5 })).feed('toServer', whole, 0)));
  });

  test('truncate lets the beginning go, and the stream goes on behind it', () => {
    const steps = playing(onMessages({ do: 'truncate', keepB: 4 })).feed('toServer', bytes(m1, ping), 0);
    expect(sent(steps)).toEqual(Buffer.concat([bytes(m1).subarray(0, 4), bytes(ping)]));
    const did = 'damaging fault: truncated PUBLISH 1 (to 4 of its 10 B)';
    expect(steps).toContainEqual({ step: 'played', fault: 'f', did, taints: true });
    const shorter = playing(onMessages({ do: 'truncate', keepB: 10 })).feed('toServer', bytes(m1), 0);
    expect(shorter).toEqual([{ step: 'send', direction: 'toServer', bytes: bytes(m1) }]);
  });

  test('half-open loses the packet and all behind it, and the other direction lives', () => {
    const player = playing(
      onMessages({ do: 'duplicate', delayMs: 50 }, { when: { type: 'PINGREQ' } }),
      onMessages({ do: 'half-open' }, { id: 'g' }),
    );
    const steps = player.feed('toServer', bytes(ping, m1, m2), 0);
    expect(sent(steps)).toEqual(bytes(ping));
    expect(others(steps)).toEqual([{ step: 'half-open', dead: 'toServer' }]);
    expect(player.feed('toServer', bytes(m3), 1)).toEqual([]);
    expect(player.wakeAtMs).toBeUndefined();
    expect(sent(player.feed('toClient', bytes(puback(1)), 2), 'toClient')).toEqual(bytes(puback(1)));
    expect(player.end('toServer', 3)).toEqual([]);
  });

  test('half-open the other way lets the packet pass, and nothing is put into the dead direction', () => {
    const player = playing(
      onMessages({ do: 'half-open', dead: 'toClient' }),
      onMessages({ do: 'inject', toward: 'client', packet: { type: 'PUBACK' } }, { id: 'g' }),
    );
    const steps = player.feed('toServer', bytes(m1, m2), 0);
    expect(sent(steps)).toEqual(bytes(m1, m2));
    expect(sent(steps, 'toClient')).toEqual(bytes());
    expect(steps.filter((it) => it.step === 'played' && it.fault === 'f')).toHaveLength(1);
    expect(player.feed('toClient', bytes(puback(1)), 0)).toEqual([]);
  });

  test('black-hole for a time keeps every byte, for ever keeps none', () => {
    const timed = playing(onMessages({ do: 'black-hole', forMs: 500 }, { times: 1 })).feed(
      'toServer',
      bytes(m1, m2),
      0,
    );
    expect(others(timed)).toEqual([{ step: 'black-hole', forMs: 500 }]);
    expect(sent(timed)).toEqual(bytes(m1, m2));
    const player = playing(onMessages({ do: 'black-hole' }));
    const steps = player.feed('toServer', bytes(ping, m1, m2), 0);
    expect(sent(steps)).toEqual(bytes(ping));
    expect(others(steps)).toEqual([{ step: 'black-hole' }]);
    expect(player.feed('toClient', bytes(puback(1)), 0)).toEqual([]);
  });

  test('a time since the connection opened', () => {
    const faults = new LinkFaults([onMessages({ do: 'drop' }, { when: { type: 'PUBLISH', afterMs: 100 } })]);
    const player = new PacketPlayer(faults, { openedAtMs: 1000, draws: { seed: 1, link: 'l', connection: 1 } });
    expect(sent(player.feed('toServer', bytes(m1), 1099))).toEqual(bytes(m1));
    expect(sent(player.feed('toServer', bytes(m2), 1100))).toEqual(bytes());
  });

  test('all that fit act in turn, and none after the packet is gone', () => {
    const player = playing(
      onMessages({ do: 'rewrite', set: { dup: true } }),
      onMessages({ do: 'duplicate', delayMs: 0 }, { id: 'g' }),
      onMessages({ do: 'drop' }, { id: 'h', when: { type: 'PUBLISH', nth: 2 } }),
      onMessages({ do: 'keep-open' }, { id: 'i', when: { type: 'PUBLISH', nth: 2 } }),
    );
    const steps = player.feed('toServer', bytes(m1, m2), 0);
    expect(sent(steps)).toEqual(bytes({ ...m1, dup: true }, { ...m1, dup: true }));
    expect(others(steps)).toEqual([]);
  });

  test('a packet that cannot be written as told passes as it is, and the history says so', () => {
    const steps = playing(onMessages({ do: 'rewrite', set: { packetId: 70_000 } })).feed('toServer', bytes(m1), 0);
    expect(sent(steps)).toEqual(bytes(m1));
    expect(steps[0]).toMatchObject({ step: 'played', did: expect.stringContaining('could not rewrite') });
  });
});

test('times counts over all connections of the link', () => {
  const link = new LinkFaults([onMessages({ do: 'drop' }, { times: 2 })]);
  const [one, other] = [newPlayer(link), newPlayer(link)];
  expect(sent(one.feed('toServer', bytes(m1), 0))).toEqual(bytes());
  expect(sent(other.feed('toServer', bytes(m1, m2), 0))).toEqual(bytes(m2));
});

/** A stream of good packets, packets with deviations, and bytes that are none. */
const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom(bytes(m1), bytes(ping), bytes(puback(9)), Buffer.from([0xf3, 0]), Buffer.from([0x42, 0])),
      fc.uint8Array({ minLength: 1, maxLength: 6 }).map((it) => Buffer.from(it)),
    ),
    { maxLength: 10 },
  )
  .map((parts) => Buffer.concat(parts));

/** The stream cut into chunks at these places. */
function chunks(whole: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((it) => it % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  return places.slice(1).map((end, i) => whole.subarray(places[i], end));
}

describe('whatever comes in whatever chunks', () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 12 });
  const looking = onMessages({ do: 'drop' }, { when: { topic: 'elsewhere' } });
  const elsewhere = onMessages({ do: 'drop' }, { when: { direction: 'toClient' } });

  test('what no fault touches passes byte for byte', () => {
    fc.assert(
      fc.property(stream, cuts, fc.constantFrom([], [looking], [elsewhere]), (whole, places, faults) => {
        const player = playing(...faults);
        const steps = chunks(whole, places).flatMap((it) => player.feed('toServer', it, 0));
        expect(sent([...steps, ...player.end('toServer', 0)])).toEqual(whole);
      }),
    );
  });

  test('the same packets go out', () => {
    const faults = [
      onMessages({ do: 'swap', withinMs: 10 }),
      onMessages({ do: 'duplicate', delayMs: 0 }, { id: 'g', when: { type: 'PUBACK' } }),
      onMessages(
        { do: 'inject', toward: 'client', packet: { type: 'PINGRESP' } },
        { id: 'h', when: { type: 'PINGREQ' } },
      ),
    ];
    const outOf = (whole: Buffer, places: readonly number[]): readonly Buffer[] => {
      const player = playing(...faults);
      const steps = chunks(whole, places).flatMap((it) => player.feed('toServer', it, 0));
      const all = [...steps, ...player.end('toServer', 0)];
      return [sent(all, 'toServer'), sent(all, 'toClient')];
    };
    fc.assert(
      fc.property(stream, cuts, (whole, places) => {
        expect(outOf(whole, places)).toEqual(outOf(whole, []));
      }),
    );
  });

  test('a fault that joins in the middle of a packet begins with the next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes(m1).length }), fc.boolean(), (place, watchesFirst) => {
        const link = new LinkFaults(watchesFirst ? [looking] : []);
        const player = newPlayer(link);
        const whole = bytes(m1, m2);
        const before = player.feed('toServer', whole.subarray(0, place), 0);
        link.add([{ id: 'late', when: { type: 'PUBLISH' }, action: { do: 'drop' } }]);
        const after = player.feed('toServer', whole.subarray(place), 0);
        const halfPassed = place > 0 && (!watchesFirst || place === bytes(m1).length);
        expect(sent([...before, ...after])).toEqual(halfPassed ? bytes(m1) : bytes());
      }),
    );
  });

  test('nothing is put into the middle of a packet that has half passed', () => {
    const link = new LinkFaults();
    const player = newPlayer(link);
    const whole = bytes(puback(1), puback(2));
    const before = player.feed('toClient', whole.subarray(0, 2), 0);
    link.add([onMessages({ do: 'inject', toward: 'client', packet: { type: 'PINGRESP' } })]);
    const injected = player.feed('toServer', bytes(m1), 0);
    const after = player.feed('toClient', whole.subarray(2), 0);
    expect(sent([...before, ...injected, ...after], 'toClient')).toEqual(
      bytes(puback(1), { type: 'PINGRESP' }, puback(2)),
    );
  });

  test('a direction that no fault watches passes half packets at once', () => {
    const half = bytes(m1).subarray(0, 3);
    expect(sent(playing(elsewhere).feed('toServer', half, 0))).toEqual(half);
    expect(sent(playing(looking).feed('toServer', half, 0))).toEqual(bytes());
  });
});
