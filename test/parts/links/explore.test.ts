import { writeFileSync } from 'node:fs';
import { describeEvent } from '../../../src/report/describe-event.ts';
import { test } from 'vitest';
import type { PacketAction, PacketFault } from '../../../src/faults/packet-fault.ts';
import type { PacketType } from '../../../src/wire/packet.ts';
import { brokerTarget } from '../../../src/parts/brokers/drivers.ts';
import { testWorld } from '../world.ts';
import { playedBetween, failureTexts } from './fault-bed.ts';

const both: readonly PacketType[] = ['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'];
const up: readonly PacketType[] = ['CONNECT', 'SUBSCRIBE', 'PINGREQ', 'DISCONNECT'];
const down: readonly PacketType[] = ['CONNACK', 'SUBACK', 'PINGRESP'];
const places = [
  ...both.flatMap((type) => (['toServer', 'toClient'] as const).map((direction) => ({ type, direction }))),
  ...up.map((type) => ({ type, direction: 'toServer' as const })),
  ...down.map((type) => ({ type, direction: 'toClient' as const })),
];
const actions: readonly PacketAction[] = [
  { do: 'drop' },
  { do: 'hold', holdMs: 600 },
  { do: 'duplicate', delayMs: 0 },
  { do: 'duplicate', delayMs: 400 },
  { do: 'duplicate', delayMs: 0, set: { dup: true } },
  { do: 'duplicate', delayMs: 400, set: { dup: true } },
  { do: 'duplicate', delayMs: 0, set: { packetId: { add: 1 } } },
  { do: 'rewrite', set: { dup: true } },
  { do: 'rewrite', set: { packetId: { add: 1 } } },
  { do: 'rewrite', set: { qos: 1 } },
  { do: 'rewrite', set: { qos: 2 } },
  { do: 'rewrite', set: { qos: 0 } },
  { do: 'rewrite', set: { retain: true } },
  { do: 'rewrite', set: { topic: 'else/where' } },
  { do: 'rewrite', set: { topic: 'else/+' } },
  { do: 'rewrite', set: { payload: { append: 'x' } } },
  { do: 'rewrite', set: { sessionPresent: true, returnCodes: [0x80], clientId: { append: 'x' }, keepAliveS: 60 } },
  { do: 'rewrite', set: { returnCode: 3, will: 'remove', requestedQos: 0, cleanSession: true } },
  { do: 'swap', withinMs: 1000 },
  { do: 'corrupt', bits: 1 },
  { do: 'corrupt', bits: 3 },
  { do: 'corrupt', bytes: [-1] },
  { do: 'corrupt', bytes: [0], xor: 0x10 },
  { do: 'corrupt', bytes: [1], xor: 0x04 },
  { do: 'truncate', keepB: 1 },
  { do: 'truncate', keepB: 3 },
  { do: 'rst', side: 'both' },
  { do: 'rst', side: 'client' },
  { do: 'fin', side: 'server' },
  { do: 'fin', side: 'both' },
  { do: 'half-open' },
  { do: 'half-open', dead: 'toClient' },
  { do: 'black-hole', forMs: 800 },
  { do: 'black-hole' },
];

test('explore', { timeout: 900_000 }, async () => {
  for (const word of (process.env['BROKERS'] ?? 'mosquitto').split(',')) {
    using world = testWorld(Number(process.env['SEED'] ?? 7));
    await using broker = await brokerTarget(word).start('broker', world.context);
    const runs: { id: string; fault: PacketFault; qos: 1 | 2 }[] = [];
    for (const { type, direction } of places)
      for (const action of actions)
        for (const qos of [1, 2] as const) {
          if (qos === 1 && /PUBRE|PUBCOMP/.test(type)) continue;
          if (qos === 2 && type === 'PUBACK') continue;
          runs.push({
            id: `f${runs.length}`,
            qos,
            fault: { id: 'f', when: { type, direction, nth: type.startsWith('PUB') ? 4 : 1 }, action, times: 2 },
          });
        }
    const width = Number(process.env['WIDTH'] ?? 60);
    const only = new RegExp(process.env['ONLY'] ?? '.');
    const rounds = Number(process.env['ROUNDS'] ?? 1);
    const chosen = Array.from({ length: rounds }, (_, round) => runs.map((it) => ({ ...it, id: `${it.id}r${round}` })))
      .flat()
      .filter((it) => only.test(`${it.fault.when.type} ${it.fault.when.direction} ${JSON.stringify(it.fault.action)}`));
    let acted = 0;
    for (let at = 0; at < chosen.length; at += width) {
      const played = await Promise.all(
        chosen.slice(at, at + width).map(async (it) => ({
          ...it,
          events: await playedBetween(it.id, it.qos, [it.fault], broker.endpoint, world.context),
        })),
      );
      for (const { id, qos, fault, events } of played) {
        const did = events.some((it) => it.kind === 'fault');
        if (did) acted += 1;
        const texts = failureTexts(events);
        const untainted = events.some((it) => it.kind === 'taint')
          ? failureTexts(events.filter((it) => it.kind !== 'taint'))
          : [];
        const what = `${word} q${qos} ${fault.when.type} ${fault.when.direction} ${JSON.stringify(fault.action)}`;
        const dump = (kind: string, them: readonly string[]): void => {
          console.log(kind, what, [...new Set(them)], id);
          writeFileSync(
            `/tmp/dump-${kind}-${word}-${id}.txt`,
            [
              what,
              ...them,
              ...events.map(
                (it) => `${it.seq} ${it.tMs.toFixed(0)} ${'seenAt' in it ? it.seenAt : ''} ${describeEvent(it)}`,
              ),
            ].join('\n'),
          );
        };
        if (texts.length > 0) dump('FAIL', texts);
        if (untainted.length > texts.length) dump('SAVED', untainted);
      }
    }
    runs.length = acted;
    console.log(word, runs.length, 'runs', acted, 'acted');
  }
});
