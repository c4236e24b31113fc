// Whatever is played between good devices and a good broker, nobody is blamed for what the fault did.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Direction, PacketAction, PacketFault } from '../../../src/faults/packet-fault.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { frameOf } from '../../../src/history/packet-of.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import { readFaultFile } from '../../../src/scenario/fault-file.ts';
import type { PacketType } from '../../../src/wire/packet.ts';
import { need } from '../../support/needs.ts';
import { testWorld } from '../world.ts';
import { failureTexts, playedBetween } from './fault-bed.ts';

const shipped = fileURLToPath(new URL('../../../scenarios/faults/', import.meta.url));

type Place = readonly [qos: 1 | 2, type: PacketType, direction: Direction];

/** Both ways, each step of the exchanges at QoS 1 and 2. */
const exchange: readonly Place[] = [
  [1, 'PUBLISH', 'toServer'],
  [1, 'PUBLISH', 'toClient'],
  [1, 'PUBACK', 'toServer'],
  [1, 'PUBACK', 'toClient'],
  [2, 'PUBREC', 'toServer'],
  [2, 'PUBREC', 'toClient'],
  [2, 'PUBREL', 'toServer'],
  [2, 'PUBREL', 'toClient'],
  [2, 'PUBCOMP', 'toServer'],
  [2, 'PUBCOMP', 'toClient'],
];
const [up, down] = [exchange[0], exchange[1]] as const;
const session: readonly Place[] = [
  [1, 'CONNECT', 'toServer'],
  [1, 'CONNACK', 'toClient'],
  [1, 'SUBSCRIBE', 'toServer'],
  [1, 'SUBACK', 'toClient'],
  [1, 'PINGREQ', 'toServer'],
  [1, 'PINGRESP', 'toClient'],
];
const renamed: PacketAction = { do: 'rewrite', set: { packetId: { add: 1 } } };

const plays: readonly (readonly [Place | undefined, PacketAction, times?: number])[] = [
  // So often that a message surely gets the identifier of a later one.
  [[2, 'PUBLISH', 'toServer'], renamed, 20],
  ...[...exchange, ...session].map((it) => [it, { do: 'drop' }] as const),
  ...exchange.map((it) => [it, { do: 'duplicate', delayMs: 0 }] as const),
  ...exchange.map((it) => [it, { do: 'duplicate', delayMs: 300 }] as const),
  ...exchange.map((it) => [it, { do: 'swap', withinMs: 1000 }] as const),
  ...exchange.map((it) => [it, renamed] as const),
  ...exchange.map((it) => [it, { do: 'corrupt', bits: 2 }] as const),
  ...exchange.map((it) => [it, { do: 'truncate', keepB: 3 }] as const),
  ...exchange.map((it) => [it, { do: 'rst', side: 'both' }] as const),
  ...session.slice(1).map((it) => [it, { do: 'hold', holdMs: 500 }] as const),
  ...([up, down] as const).flatMap((it) =>
    (
      [
        { do: 'hold', holdMs: 500 },
        { do: 'duplicate', delayMs: 0, set: { dup: true } },
        { do: 'rewrite', set: { qos: 2 } },
        { do: 'rewrite', set: { qos: 0 } },
        { do: 'rewrite', set: { topic: 'else/where', retain: true } },
        { do: 'rewrite', set: { payload: { append: 'x' } } },
        { do: 'corrupt', bytes: [1], xor: 4 },
        { do: 'fin', side: 'both' },
        { do: 'fin', side: 'server' },
        { do: 'half-open' },
        { do: 'half-open', dead: 'toClient' },
        { do: 'black-hole', forMs: 800 },
        { do: 'black-hole' },
      ] as const
    ).map((action) => [it, action] as const),
  ),
];

/** What Mosquitto 2.0.11 does of itself, whoever provokes it: a second CONNECT costs a kept session. */
const mosquittosOwn = /^session\/session-present .*: session present 0/;

interface Played {
  readonly what: string;
  readonly faults: readonly PacketFault[];
  readonly events: readonly HistoryEvent[];
}

const isPuback = (it: HistoryEvent): boolean => it.kind === 'packet' && frameOf(it).packet?.type === 'PUBACK';

describe('Mosquitto, a sensor and a hub', need('mosquitto'), () => {
  const world = testWorld();
  const playing = new AsyncDisposableStack();
  let played: readonly Played[] = [];
  let files: readonly Played[] = [];

  beforeAll(async () => {
    const broker = playing.use(await targetOf('mosquitto').driver.start('broker', world.context));
    const play = async (name: string, qos: 1 | 2, faults: readonly PacketFault[], what: string): Promise<Played> => {
      return { what, faults, events: await playedBetween(name, qos, faults, broker.endpoint, world.context) };
    };
    const all = plays.flatMap(([place, action, times = 2], n) => {
      if (place === undefined) return [];
      const [qos, type, direction] = place;
      const when = { type, direction, nth: session.includes(place) ? 1 : 4 } as const;
      return () =>
        play(
          `p${n}`,
          qos,
          [{ id: 'f', when, action, times }],
          `QoS ${qos} ${type} ${direction} ${JSON.stringify(action)}`,
        );
    });
    const ofFiles = readdirSync(shipped).flatMap((file, n) =>
      ([1, 2] as const).map((qos) => async () => play(`s${n}q${qos}`, qos, await readFaultFile(shipped + file), file)),
    );
    files = await Promise.all(ofFiles.map((it) => it()));
    const done: Played[] = [];
    // So many that their own load does not make devices late.
    for (let at = 0; at < all.length; at += 40) {
      done.push(...(await Promise.all(all.slice(at, at + 40).map((it) => it()))));
    }
    played = done;
  }, 120_000);

  afterAll(async () => {
    await playing.disposeAsync();
    world[Symbol.dispose]();
  });

  test('every fault acts, and nobody is blamed', () => {
    const idle = played.filter(({ events }) => !events.some((it) => it.kind === 'fault'));
    expect(idle.map((it) => it.what)).toEqual([]);
    const blamed = played.flatMap(({ what, events }) =>
      failureTexts(events).flatMap((it) => (mosquittosOwn.test(it) ? [] : [`${what}: ${it}`])),
    );
    expect(blamed).toEqual([]);
  });

  test('the same judge blames a broker whose acknowledgements are missing', () => {
    const quiet = played.find(({ what }) => what.includes('QoS 1 PINGREQ'));
    const unanswered = quiet?.events.filter((it) => !isPuback(it)) ?? [];
    expect(failureTexts(unanswered)).toContainEqual(expect.stringContaining('MQTT-4.3.2-'));
  });

  test.each(readdirSync(shipped))('scenarios/faults/%s: each fault acts as told, and nobody is blamed', (file) => {
    const mine = files.filter((it) => it.what === file);
    const acted = mine.flatMap(({ events }) => events.flatMap((it) => (it.kind === 'fault' ? [it] : [])));
    const [{ faults } = { faults: [] }] = mine;
    expect(new Set(acted.map((it) => it.fault))).toEqual(new Set(faults.map((it) => it.id)));
    for (const { did } of acted) {
      expect(did).toMatch(/^(application-level|damaging|silencing|ending) fault: /);
    }
    expect(mine.flatMap(({ events }) => failureTexts(events))).toEqual([]);
  });
});
