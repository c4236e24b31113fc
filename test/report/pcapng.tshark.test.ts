// The capture file before somebody else's eyes: what tshark reads in it must be what was said, and nothing may look wrong.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { pcapngOf } from '../../src/report/pcapng.ts';
import { need, whereIs } from '../support/needs.ts';
import { recordedExchange } from './recorded-exchange.ts';

const run = promisify(execFile);

/** Checksums are looked at only where one asks for it. */
const strict = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'];
const wrong = 'tcp.analysis.flags || _ws.malformed || ip.checksum.status == "Bad" || tcp.checksum.status == "Bad"';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldbench-pcapng-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What tshark prints of a capture of these events, line by line. */
async function tshark(
  events: Iterable<HistoryEvent> | Uint8Array,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const file = join(folder, 'capture.pcapng');
  await writeFile(file, events instanceof Uint8Array ? events : Buffer.concat([...pcapngOf(events)]));
  // Somebody's own preferences must not decide.
  const env = { ...process.env, WIRESHARK_CONFIG_DIR: folder };
  const { stdout } = await run(whereIs('tshark'), ['-r', file, ...strict, ...args], { env });
  return stdout.split('\n').filter((it) => it !== '');
}

/** The values of some fields, of the packets that a filter lets through. */
function fields(
  events: Iterable<HistoryEvent>,
  filter: string,
  ...names: readonly string[]
): Promise<readonly string[]> {
  const wanted = names.flatMap((it) => ['-e', it]);
  return tshark(events, '-Y', filter, '-T', 'fields', '-E', 'separator=|', ...wanted);
}

const exchange = recordedExchange({ connections: 3 });
const ofFirst = 'tcp.stream == 0 && mqtt';

describe('tshark', need('tshark'), () => {
  test('reads CONNECT and PUBLISH with what is in them, on port 1883 without being told', async () => {
    expect(
      await fields(exchange, `${ofFirst} && mqtt.msgtype == 1`, 'mqtt.clientid', 'mqtt.username', 'mqtt.passwd'),
    ).toEqual(['pump-7|field|*******']);
    const names = ['ip.src', 'ip.dst', 'mqtt.topic', 'mqtt.msgid', 'mqtt.qos', 'mqtt.len'];
    expect(await fields(exchange, `${ofFirst} && mqtt.msgtype == 3`, ...names)).toEqual([
      '127.1.0.1|127.1.0.2|site/pump/level|2|1|83',
      '127.1.0.1|127.1.0.2|site/pump/log|3|1|10017',
      '127.1.0.2|127.1.0.1|site/pump/set|9|1|300017',
    ]);
  });

  test('sees the same packets in both directions at both ends, the link apart', async () => {
    const seen = await fields(exchange, 'mqtt', 'tcp.stream', 'mqtt.msgtype', 'frame.time_relative');
    const of = (stream: number): readonly string[][] =>
      seen.map((it) => it.split('|')).filter(([it]) => it === String(stream));
    expect(of(0).map(([, type]) => type)).toEqual(of(1).map(([, type]) => type));
    const apart = of(0).map(([, , time], i) => Math.round((Number(of(1)[i]?.[2]) - Number(time)) * 1000));
    expect(new Set(apart)).toEqual(new Set([30, -30]));
  });

  test('shows the vantage as the interface, and the wall clock', async () => {
    const seen = await fields(
      exchange,
      'tcp.flags.syn == 1 && tcp.flags.ack == 0',
      'frame.interface_name',
      'frame.time_epoch',
    );
    expect(seen.slice(0, 2)).toEqual(['clientEnd|1795377600.250000000', 'serverEnd|1795377600.280000000']);
  });

  test.each([
    ['whole and cut messages', exchange],
    ['messages of several segments', recordedExchange({ payloadB: 200_000 })],
    ['messages cut behind their first segment', recordedExchange({ payloadB: 100_000 })],
    ['a reset', recordedExchange({ ending: { by: 'link', how: 'rst' } })],
  ])('finds nothing wrong with %s', async (_, events) => {
    const complaints = await tshark(events, '-q', '-z', 'expert,warn');
    expect(complaints.filter((it) => !it.includes('Connection reset (RST)') && /^\s+\d/.test(it))).toEqual([]);
    expect(await fields(events, wrong, 'frame.number')).toEqual([]);
  });

  test.each([0, 4096, 65_000, 250_000])('shows every topic where %i B are kept of a payload', async (payloadB) => {
    const topics = await fields(recordedExchange({ payloadB }), `${ofFirst} && mqtt.topic`, 'mqtt.topic');
    expect(topics).toEqual(['site/+/set', 'site/pump/level', 'site/pump/log', 'site/pump/set']);
  });

  test('shows our comments', async () => {
    const comments = await fields(exchange, 'tcp.stream == 0 && frame.comment', 'frame.comment');
    expect(comments[0]).toBe('c1: pump-1 to broker over geo-vsat');
    expect(comments[1]).toBe('7 B masked at 29');
    expect(comments.at(-1)).toBe('ended by the client (fin)');
  });

  describe('is not blind', () => {
    const packets = exchange.filter(
      (it) => it.kind === 'packet' && it.connection === 'c1' && it.seenAt === 'clientEnd',
    );

    test('to a packet that is missing', async () => {
      const gone = exchange.filter((it) => it !== packets[2]);
      expect(await fields(gone, wrong, 'tcp.analysis.lost_segment')).not.toEqual([]);
    });

    test('to packets in the wrong order', async () => {
      const [, , third, , fifth] = packets;
      const swapped = exchange.map((it) => (it === third && fifth ? fifth : it === fifth && third ? third : it));
      expect(await fields(swapped, wrong, 'frame.number')).not.toEqual([]);
    });

    test('to a malformed packet', async () => {
      const spoilt = exchange.map((it) =>
        it.kind === 'packet' && it === packets[0]
          ? { ...it, bytes: Buffer.from([0x10, 2, 0, 9]).toString('base64') }
          : it,
      );
      expect(await fields(spoilt, '_ws.malformed', 'frame.number')).not.toEqual([]);
    });

    test('to a wrong checksum', async () => {
      const file = Buffer.concat([...pcapngOf(exchange)]);
      const at = file.indexOf('pump-7');
      file.write('pump-8', at);
      expect(await tshark(file, '-Y', 'tcp.checksum.status == "Bad"')).toHaveLength(1);
    });
  });
});
