// The rules together, on whole conversations: a good server is never blamed, and no missing answer goes unseen.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { rules } from '../../src/judge/rules.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { findingsOf, HistoryOf } from './history-of.ts';
import {
  connack,
  connect,
  pingreq,
  pingresp,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  suback,
  subscribe,
  unsuback,
  unsubscribe,
} from './packets.ts';

const connectionRules = rules.filter((it) => it.scope === 'connection');
const serverRules = connectionRules.filter((it) => it.judges === 'server');

type Line = readonly ['client' | 'server', Packet];

/** What a good server and client say to each other, by kind of exchange. */
const exchanges = {
  publish1: (id: number): Line[] => [
    ['client', publish(1, id)],
    ['server', puback(id)],
  ],
  publish2: (id: number): Line[] => [
    ['client', publish(2, id)],
    ['server', pubrec(id)],
    ['client', pubrel(id)],
    ['server', pubcomp(id)],
  ],
  subscribe: (id: number): Line[] => [
    ['client', subscribe(id, { a: 1, b: 0 })],
    ['server', suback(id, 1, 0)],
  ],
  unsubscribe: (id: number): Line[] => [
    ['client', unsubscribe(id, 'zzz')],
    ['server', unsuback(id)],
  ],
  ping: (): Line[] => [
    ['client', pingreq],
    ['server', pingresp],
  ],
  delivery1: (id: number): Line[] => [
    ['server', publish(1, id)],
    ['client', puback(id)],
  ],
} satisfies Record<string, (id: number) => Line[]>;

const kinds = Object.keys(exchanges) as (keyof typeof exchanges)[];
const delivery2: readonly Line[] = [
  ['server', publish(2, 60_000)],
  ['client', pubrec(60_000)],
  ['server', pubrel(60_000)],
  ['client', pubcomp(60_000)],
];

/** Exchanges side by side, cut into each other in any way that keeps each one's order. */
const conversation = fc
  .tuple(fc.array(fc.constantFrom(...kinds), { maxLength: 6 }), fc.infiniteStream(fc.nat(1000)))
  .map(([chosen, picks]): Line[] => {
    const open = [[...delivery2], ...chosen.map((kind, i) => exchanges[kind](i + 1))];
    const lines: Line[] = [];
    for (const pick of picks) {
      const left = open.filter((it) => it.length > 0);
      const next = left[pick % Math.max(1, left.length)]?.shift();
      if (next === undefined) break;
      lines.push(next);
    }
    return lines;
  });

function written(lines: readonly Line[]): readonly HistoryEvent[] {
  const h = new HistoryOf();
  const a = h.conn('A').client(connect()).server(connack());
  for (const [by, packet] of lines) a[by](packet);
  a.wait(6000).client(pingreq).server(pingresp).ended('client');
  return h.events;
}

/** Everything that is not a pass. */
const blame = (events: readonly HistoryEvent[]) =>
  findingsOf(serverRules, events).filter((it) => it.verdict !== 'pass');

test('a good server is not blamed, wherever the history breaks off', () => {
  fc.assert(
    fc.property(conversation, fc.nat(), (lines, cut) => {
      const events = written(lines);
      expect(blame(events)).toEqual([]);
      expect(blame(events.slice(0, cut % (events.length + 1)))).toEqual([]);
    }),
  );
});

const owed: ReadonlySet<string> = new Set(['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'PINGRESP']);

test('take any one answer away, and the server fails', () => {
  fc.assert(
    fc.property(conversation, fc.nat(), (lines, pick) => {
      const events = written(lines);
      // The last PINGRESP has no time left to be missed in.
      const answers = events
        .slice(0, -2)
        .filter((it) => it.kind === 'packet' && it.direction === 'toClient' && isOwed(it));
      const gone = answers[pick % answers.length];
      expect(blame(events.filter((it) => it !== gone)).some((it) => it.verdict === 'fail')).toBe(true);
    }),
  );
});

function isOwed(event: Extract<HistoryEvent, { kind: 'packet' }>): boolean {
  return owed.has(frameOf(event).packet?.type ?? '');
}

describe('any history at all', () => {
  const line = fc.oneof(
    fc.record({ do: fc.constantFrom('client', 'server'), bytes: packetBytes() }),
    fc.record({
      do: fc.constantFrom('taint', 'gap', 'ended', 'killed', 'wait', 'reconnect'),
      bytes: fc.constant(pingreqBytes()),
    }),
  );

  test('is judged without a crash, and twice the same', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.boolean(), (script, hasLink) => {
        const events = played(script, hasLink);
        const found = findingsOf(connectionRules, events);
        expect(found.filter((it) => it.actual.startsWith('rule '))).toEqual([]);
        expect(findingsOf(connectionRules, events)).toEqual(found);
        for (const it of found)
          expect(connectionRules.find((rule) => rule.id === it.by)?.statements).toContain(it.statement);
        const seqs = new Set(events.map((it) => it.seq));
        for (const it of found) expect(it.evidence.events.every((seq) => seqs.has(seq))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function packetBytes(): fc.Arbitrary<Uint8Array> {
  const id = fc.integer({ min: 1, max: 3 });
  const qos = fc.constantFrom(0, 1, 2);
  const legal = fc.oneof(
    fc.record({ cleanSession: fc.boolean(), keepAliveS: fc.constantFrom(0, 2) }).map((it) => connect(it)),
    fc.tuple(fc.constantFrom(0, 2, 9), fc.boolean()).map(([code, present]) => connack(code, present)),
    fc.tuple(qos, id, fc.boolean()).map(([q, i, dup]) => publish(q, q === 0 ? undefined : i, { dup })),
    id.chain((i) => fc.constantFrom<Packet>(puback(i), pubrec(i), pubrel(i), pubcomp(i), unsuback(i), suback(i, 0))),
    id.chain((i) => fc.constantFrom<Packet>(subscribe(i, { a: 1 }), unsubscribe(i, 'a'), pingreq, pingresp)),
  );
  return fc.oneof(
    { weight: 9, arbitrary: legal.map((it) => encode(it)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 2, maxLength: 12 }) },
  );
}

function pingreqBytes(): Uint8Array {
  return encode(pingreq);
}

function played(
  script: readonly { readonly do: string; readonly bytes: Uint8Array }[],
  hasLink: boolean,
): readonly HistoryEvent[] {
  const h = new HistoryOf();
  const options = hasLink ? { link: 'sat' } : {};
  let now = h.conn('A', options);
  for (const it of script) {
    if (it.do === 'client' || it.do === 'server') now[it.do](it.bytes);
    else if (it.do === 'taint' || it.do === 'gap') now[it.do]();
    else if (it.do === 'ended') now.ended('server');
    else if (it.do === 'killed') h.part('broker', 'killed');
    else if (it.do === 'wait') h.wait(4000);
    else now = h.conn('A', options);
  }
  return h.events;
}
