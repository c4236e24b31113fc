// `fieldbench tap` as a user has it: started, talked to, played on, ended, and what it leaves.
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { disconnect, pubcomp, publish, puback, subscribe } from '../judge/packets.ts';
import { RawDevice } from '../run/raw-device.ts';
import { comesTrue, journalOf, processesOf, resultsOf, Workplace } from './command-line.ts';

const onAnyPort = ['--listen', '127.0.0.1:0', '--report', 'run'];

/** A tap before a broker of our own, and where it listens. */
async function standing(place: Workplace, ...args: readonly string[]) {
  const command = place.start(['tap', '--upstream', 'embedded', ...onAnyPort, ...args], {}, 'pipe');
  await command.said('q quit');
  return { command, endpoint: await endpointOf(place) };
}

const isStanding = (it: HistoryEvent): boolean => it.kind === 'mark' && it.name === 'tap';

async function endpointOf(place: Workplace): Promise<{ host: string; port: number }> {
  await until(place, isStanding);
  const mark = journalOf(place.path('run')).find(isStanding);
  const { host, port } = (mark?.kind === 'mark' && mark.data) || {};
  return { host: String(host), port: Number(port) };
}

/** Waits for an event in the journal of a tap that runs. */
async function until(place: Workplace, fits: (event: HistoryEvent) => boolean): Promise<void> {
  expect(await comesTrue(() => journalOf(place.path('run')).some(fits))).toBe(true);
}

async function misbehave(endpoint: { host: string; port: number }): Promise<void> {
  await using bad = await RawDevice.at(endpoint, { clientId: 'bad' });
  await bad.next('CONNACK');
  await bad.send(publish(2, 7, { topic: 'line/2' }));
  await bad.next('PUBREC');
  await bad.send(pubcomp(7));
}

async function behave(endpoint: { host: string; port: number }): Promise<void> {
  await using good = await RawDevice.at(endpoint, { clientId: 'good' });
  await good.next('CONNACK');
  await good.send(subscribe(1, { 'line/#': 1 }));
  await good.next('SUBACK');
  await good.send(publish(1, 2, { topic: 'line/1' }));
  const message = await good.next('PUBLISH');
  await good.send(...(message.packetId === undefined ? [] : [puback(message.packetId)]), disconnect);
  await good.wire.closed;
}

function expectNothingLeft(place: Workplace): void {
  expect(processesOf(place.path('run'))).toEqual([]);
  expect(place.registeredRuns()).toEqual([]);
}

describe('what it finds', () => {
  test.concurrent('is said while it stands, with the packet, and stands in every report afterwards', async () => {
    await using place = new Workplace();
    const { command, endpoint } = await standing(place);
    await behave(endpoint);
    await misbehave(endpoint);
    await command.said('→ server PUBCOMP id 7'); // Long before it ends.
    command.type('q\n');
    const ended = await command.ended;
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.stdout).toMatch(/✗ fail {2}device 'bad' \(c\d+ from 127\.0\.0\.1\) {2}MQTT-/);
    expect(ended.stdout).toContain('Failures (');
    expect(readdirSync(place.path('run'))).toEqual(
      expect.arrayContaining([
        'journal.ndjson',
        'results.json',
        'report.html',
        'junit.xml',
        'summary.md',
        'capture.pcapng',
      ]),
    );
    const results = resultsOf(place.path('run'));
    expect(results.targets.map((it) => it.name)).toEqual(['broker', "device 'bad'", "device 'good'"]);
    expect(journalOf(place.path('run')).at(-1)).toMatchObject({ kind: 'end', how: 'completed' });
    expectNothingLeft(place);

    const again = await place.run(['report', 'run']);
    expect(again.code).toBe(1);
    expect(resultsOf(place.path('run'))).toEqual(results);
  });

  test.concurrent('nothing, where everybody does right', async () => {
    await using place = new Workplace();
    const { command, endpoint } = await standing(place);
    await behave(endpoint);
    command.type('q');
    const ended = await command.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('0 online');
    expect(ended.stderr).toContain('0 findings');
  });

  test.concurrent('--json prints results.json alone, and the findings beside it', async () => {
    await using place = new Workplace();
    const { command, endpoint } = await standing(place, '--json');
    await misbehave(endpoint);
    await command.said('PUBCOMP id 7');
    command.type('q');
    const ended = await command.ended;
    expect(JSON.parse(ended.stdout)).toMatchObject({ run: { mode: 'tap' }, exitCode: 1 });
    expect(ended.stderr).toContain("device 'bad'");
  });
});

describe('how it ends', () => {
  test.concurrent.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('%s: whoever has seen enough gets a whole run', async (_, signal, code) => {
    await using place = new Workplace();
    const { command, endpoint } = await standing(place);
    await behave(endpoint);
    command.signal(signal);
    const ended = await command.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expect(ended.stdout).not.toContain('interrupted');
    expect(resultsOf(place.path('run'))).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expectNothingLeft(place);
  });

  test.concurrent('--for: by itself, also without anybody', async () => {
    await using place = new Workplace();
    const ended = await place.run(['tap', '--upstream', 'embedded', ...onAnyPort, '--for', '300ms']);
    expect(ended).toMatchObject({ code: 3, signal: null });
    expect(journalOf(place.path('run')).at(-1)).toMatchObject({ kind: 'end', how: 'completed' });
  });

  test.concurrent('the end of stdin is no key', async () => {
    await using place = new Workplace();
    const ended = await place.run(['tap', '--upstream', 'embedded', ...onAnyPort, '--for', '1s']);
    expect(journalOf(place.path('run')).at(-1)?.tMs).toBeGreaterThanOrEqual(1000);
    expect(ended.signal).toBeNull();
  });

  test.concurrent('Ctrl-C before it stands: there is no run to speak of', async () => {
    await using place = new Workplace();
    const command = place.start(['tap', '--upstream', 'embedded', ...onAnyPort]);
    await command.said('starting');
    command.signal('SIGINT');
    expect((await command.ended).code).toBe(130);
    expectNothingLeft(place);
  });
});

const state = (name: string) => (it: HistoryEvent) => it.kind === 'link' && it.state === name;
const step = (text: string) => (it: HistoryEvent) => it.kind === 'mark' && String(it.data?.['step']).includes(text);

test.concurrent('keys play on the link, and the journal says so', async () => {
  await using place = new Workplace();
  const { command, endpoint } = await standing(place);
  for (const [keys, fits] of [
    ['c', state('cut')],
    ['h', state('half-open-up')],
    ['h\n', state('half-open-down')],
    ['R', state('up')],
    ['a', step('the next PUBACK')],
    ['p', step('the next PINGRESP')],
  ] as const) {
    command.type(keys);
    await until(place, fits);
  }
  await using device = await RawDevice.at(endpoint, { clientId: 'meter' });
  await device.next('CONNACK');
  await device.send(publish(1, 1, { topic: 'a' }), publish(1, 2, { topic: 'a' }));
  expect(await device.next('PUBACK')).toMatchObject({ packetId: 2 });
  command.type('?');
  command.type('q');
  expect((await command.ended).stderr.split('r restore').length).toBeGreaterThan(2);
  const played = journalOf(place.path('run')).filter((it) => it.kind === 'fault');
  expect(played).toHaveLength(1);
});

test.concurrent('what passed is counted, and billed by the contract that is named', async () => {
  await using place = new Workplace();
  const { command, endpoint } = await standing(place, '--tariff', 'bgan');
  await behave(endpoint);
  command.type('q');
  const { stdout, stderr } = await command.ended;
  // BGAN bills 50 KB at least, in each direction of a session.
  expect(stdout).toMatch(/bill by bgan: \d+\.\d\d USD; bytes at IP level are estimated/);
  expect(stdout).toContain('billed: 102,400 B');
  expect(stdout).toContain('assumed, without a source: ');
  expect(stderr).toMatch(/up \d+ B · down \d+ B · about \d.* on IP · \d.* USD/);
  const usage = journalOf(place.path('run')).find((it) => it.kind === 'mark' && it.name === 'link-usage');
  expect(usage).toMatchObject({ data: { link: 'tap', connections: 1, tariff: 'bgan', billedB: 102_400 } });
});

test.concurrent('--no-judge: a plain link for any program', async () => {
  await using place = new Workplace();
  const { command, endpoint } = await standing(place, '--no-judge');
  const socket = connect(endpoint).on('error', () => {});
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve).resume());
  command.type('q');
  const ended = await command.ended;
  expect(ended.code).toBe(0);
  expect(ended.stdout).not.toContain('MQTT-');
});

test.concurrent('port 1883 is taken where it is free, and any other where it is not', async () => {
  await using place = new Workplace();
  await using other = new Workplace();
  const args = ['tap', '--upstream', 'embedded', '--report', 'run'];
  const first = place.start(args, {}, 'pipe');
  await first.said('q quit');
  const second = other.start(args, {}, 'pipe');
  await second.said('q quit');
  const ports = [(await endpointOf(place)).port, (await endpointOf(other)).port];
  expect(new Set(ports).size).toBe(2);
  expect(ports[1]).not.toBe(1883);
  for (const it of [first, second]) it.type('q');
  await Promise.all([first.ended, second.ended]);
});
