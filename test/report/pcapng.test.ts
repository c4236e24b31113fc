// The capture file must hold what the journal holds, each byte at its place, and say what is missing.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventDraft, HistoryEvent, PacketSeen } from '../../src/history/event.ts';
import { pcapngOf, PcapngWriter } from '../../src/report/pcapng.ts';
import { hostileTexts } from './hostile.ts';
import { blocksOf, packetsOf, type ReadPacket } from './pcapng-reader.ts';
import { recordedExchange, run } from './recorded-exchange.ts';
import { sample } from './sample.ts';

function fileOf(events: Iterable<HistoryEvent>): Buffer {
  return Buffer.concat([...pcapngOf(events)]);
}

function read(events: Iterable<HistoryEvent>): readonly ReadPacket[] {
  return packetsOf(blocksOf(fileOf(events)));
}

/** Numbers those events that have none. */
function history(...drafts: readonly EventDraft[]): readonly HistoryEvent[] {
  return [run, ...drafts.map((it, i) => ({ tMs: 0, ...it, seq: i + 2 }))];
}

const opened = { kind: 'opened', tMs: 1, connection: 'c1', seenAt: 'wire', client: 'pump', server: 'broker' } as const;

function packet(more: Partial<PacketSeen>): EventDraft {
  const bytes = Buffer.from([0xc0, 0]).toString('base64');
  return { kind: 'packet', connection: 'c1', seenAt: 'wire', direction: 'toServer', offset: 0, bytes, ...more };
}

const exchange = recordedExchange();

describe('a recorded exchange', () => {
  const blocks = blocksOf(fileOf(exchange));
  const packets = packetsOf(blocks);

  test('begins with a section of version 1.0 that says what is made up', () => {
    const [section] = blocks;
    expect(section?.type).toBe(0x0a0d0d0a);
    expect([section?.body.readUInt32LE(0), section?.body.readUInt16LE(4), section?.body.readUInt16LE(6)]).toEqual([
      0x1a2b3c4d, 1, 0,
    ]);
    expect(section?.options.get(4)?.toString()).toBe('fieldbench 0.1.0');
    expect(section?.options.get(1)?.toString()).toContain(
      'IP and TCP headers, handshakes, addresses and ports are made up',
    );
  });

  test('has an interface per vantage, raw IP, in nanoseconds', () => {
    const interfaces = blocks.filter((it) => it.type === 1);
    expect(interfaces.map((it) => it.options.get(2)?.toString())).toEqual(['clientEnd', 'serverEnd']);
    expect(interfaces.map((it) => [it.body.readUInt16LE(0), it.options.get(9)?.[0]])).toEqual([
      [101, 9],
      [101, 9],
    ]);
  });

  test('stamps packets with the time of the start and the time of the run', () => {
    const startNs = BigInt(Date.parse(run.startedAt)) * 1_000_000n;
    expect(packets.slice(0, 6).map((it) => it.timeNs - startNs)).toEqual([
      0n,
      0n,
      0n,
      30_000_000n,
      30_000_000n,
      30_000_000n,
    ]);
    expect(packets[6]?.timeNs).toBe(startNs + 31_250_000n);
  });

  test('has correct checksums wherever all of a packet is there', () => {
    expect(packets.filter((it) => !it.checksums.ip)).toEqual([]);
    expect(packets.filter((it) => it.checksums.tcp === false)).toEqual([]);
    expect(packets.filter((it) => it.checksums.tcp === undefined)).toHaveLength(2 * (1 + 5));
  });

  test('keeps the two vantages apart, on ends of their own', () => {
    const ends = [0, 1].map((id) => new Set(packets.filter((it) => it.interfaceId === id).map((it) => it.from)));
    expect(ends.map((it) => [...it])).toEqual([
      ['127.1.0.1:49152', '127.1.0.2:1883'],
      ['127.2.0.1:49152', '127.2.0.2:1883'],
    ]);
  });

  test.each([0, 1])('is a TCP conversation without a hole at interface %i', (id) => {
    const seen = packets.filter((it) => it.interfaceId === id);
    expect(seen.slice(0, 4).map((it) => [it.flags, it.seq, it.ack])).toEqual([
      ['SYN', 0, 0],
      ['SYN ACK', 0, 1],
      ['ACK', 1, 1],
      ['PSH ACK', 1, 1],
    ]);
    const next = new Map<string, number>();
    for (const it of seen) {
      expect(it.seq).toBe(next.get(it.from) ?? 0);
      expect(it.ack).toBe(next.get(it.to) ?? 0);
      const headersB = it.capturedB - it.payload.length;
      next.set(it.from, it.seq + it.originalB - headersB + (/SYN|FIN/.test(it.flags) ? 1 : 0));
    }
    expect(seen.at(-1)).toMatchObject({ flags: 'FIN ACK', comment: 'ended by the client (fin)' });
  });

  test('holds every byte of the journal at its offset', () => {
    for (const event of exchange) {
      if (event.kind !== 'packet') continue;
      const id = event.seenAt === 'clientEnd' ? 0 : 1;
      const towards = event.direction === 'toServer' ? /:1883$/ : /:49152$/;
      const found = packets.find(
        (it) => it.interfaceId === id && towards.test(it.to) && it.seq === event.offset + 1 && it.payload.length > 0,
      );
      expect(found?.payload.toString('base64')).toBe(event.bytes);
    }
  });

  test('says what was masked, and the password is not there', () => {
    const connects = packets.filter((it) => it.payload[0] === 0x10);
    expect(connects.map((it) => it.comment)).toEqual(['7 B masked at 29', '7 B masked at 29']);
    expect(fileOf(exchange).includes('hunter2')).toBe(false);
  });

  test('makes a packet shorter than it was where a payload was cut, and says so', () => {
    const cut = packets.filter((it) => it.interfaceId === 0 && it.capturedB < it.originalB);
    expect(cut.map((it) => [it.capturedB, it.originalB, it.comment?.replace(/[0-9a-f]{16}/, 'HASH')])).toEqual([
      [40 + 4096 + 20, 40 + 10_020, '5904 B left out, SHA-256 of the payload HASH...'],
      [40 + 4096 + 21, 40 + 65_000, '295904 B left out, SHA-256 of the payload HASH...'],
      ...[65_000, 65_000, 65_000].map((it) => [40, 40 + it, 'left out']),
      [40, 40 + 300_021 - 4 * 65_000, 'left out'],
    ]);
  });

  test('comes in the same bytes from events one by one', () => {
    const writer = new PcapngWriter();
    const pieces = exchange.map((it) => Buffer.concat([...writer.take(it)]));
    expect(Buffer.concat(pieces).equals(fileOf(exchange))).toBe(true);
  });
});

describe('connections', () => {
  test('of one client have its address and a port each', () => {
    const events = history(opened, { ...opened, connection: 'c2' }, { ...opened, connection: 'c3', client: 'valve' });
    const clients = read(events)
      .filter((it) => it.flags === 'SYN')
      .map((it) => it.from);
    expect(clients).toEqual(['127.3.0.1:49152', '127.3.0.1:49153', '127.3.0.3:49152']);
  });

  test.each([
    [{ by: 'client', how: 'fin' }, 'wire', 'FIN ACK to :1883'],
    [{ by: 'server', how: 'rst' }, 'wire', 'RST ACK to :49152'],
    [{ by: 'server', how: 'error' }, 'wire', 'RST ACK to :49152'],
    [{ by: 'link', how: 'rst' }, 'clientEnd', 'RST ACK to :49152'],
    [{ by: 'link', how: 'rst' }, 'serverEnd', 'RST ACK to :1883'],
    [{ by: 'bench', how: 'fin' }, 'wire', 'FIN ACK to :1883'],
  ] as const)('that end by %o at %s are closed by that side', (ending, seenAt, closing) => {
    const last = read(
      history({ ...opened, seenAt }, { kind: 'ended', tMs: 9, connection: 'c1', seenAt, ...ending }),
    ).at(-1);
    expect(`${last?.flags} to ${last?.to.replace(/^[\d.]+/, '')}`).toBe(closing);
  });

  test('go on where only one side has closed', () => {
    const ended = { kind: 'ended', tMs: 3, connection: 'c1', seenAt: 'wire', by: 'client', how: 'fin' } as const;
    const packets = read(history(opened, packet({}), ended, packet({ direction: 'toClient' })));
    expect(packets.slice(3).map((it) => [it.flags, it.seq, it.ack])).toEqual([
      ['PSH ACK', 1, 1],
      ['FIN ACK', 3, 1],
      ['PSH ACK', 1, 4],
    ]);
  });

  test('whose beginning was not recorded have no handshake', () => {
    const packets = read(history(packet({ offset: 500 })));
    expect(packets.map((it) => [it.flags, it.seq, it.comment])).toEqual([
      ['PSH ACK', 501, '500 B before this are not in the journal'],
    ]);
  });

  test('keep their sequence numbers beyond 4 GiB', () => {
    expect(read(history(opened, packet({ offset: 2 ** 32 + 5 }))).at(-1)?.seq).toBe(6);
  });
});

test('what cannot be a packet is told apart', () => {
  expect(read(history(opened, packet({ unframed: true }))).at(-1)?.comment).toBe('not a packet');
});

test('a history without connections is a file without packets', () => {
  expect(blocksOf(fileOf([])).map((it) => it.type)).toEqual([0x0a0d0d0a]);
  expect(blocksOf(fileOf([run])).map((it) => it.type)).toEqual([0x0a0d0d0a]);
});

test.each(hostileTexts)('names that came from the wire cannot act on a terminal: %j', (text) => {
  const comments = read(sample(text).events).map((it) => it.comment ?? '');
  const names = history({ ...opened, client: text, server: text, link: text });
  for (const comment of [...comments, ...read(names).map((it) => it.comment ?? '')]) {
    expect(comment).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});

test('any split of a stream into packets, cut or whole, comes out at its offsets', () => {
  const sizes = fc.array(
    fc.record({ keptB: fc.integer({ min: 1, max: 70_000 }), omittedB: fc.constantFrom(0, 1, 90_000) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(sizes, (all) => {
      let offset = 0;
      const events = all.map(({ keptB, omittedB }, i) => {
        const bytes = Buffer.alloc(keptB, i + 1).toString('base64');
        const event = packet({ offset, bytes, ...(omittedB > 0 && { omittedB }) });
        offset += keptB + omittedB;
        return event;
      });
      const packets = read(history(opened, ...events)).slice(3);
      expect(packets[0]?.seq).toBe(1);
      for (const [i, it] of packets.entries()) {
        const payloadB = it.originalB - 40;
        expect(payloadB).toBeLessThanOrEqual(65_000);
        expect(it.seq + payloadB).toBe(packets[i + 1]?.seq ?? offset + 1);
      }
      const keptB = all.reduce((sum, it) => sum + (it.omittedB > 0 ? Math.min(it.keptB, 64_999) : it.keptB), 0);
      expect(packets.reduce((sum, it) => sum + it.payload.length, 0)).toBe(keptB);
    }),
    { numRuns: 30 },
  );
});

test('times that no run has are cut, not thrown', () => {
  const events = history({ ...opened, tMs: Number.MAX_VALUE }, { ...opened, tMs: -5 });
  expect(read(events)).toHaveLength(6);
  expect(read([{ ...run, startedAt: 'yesterday' }, ...events.slice(1)])).toHaveLength(6);
});
