// A journal is the whole truth of a run: from it alone come the same verdicts, and others once something is taken out.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { Connect, Packet } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { journalOf, resultsOf, Workplace, type Results } from './command-line.ts';

/** Verdicts of the first target's statements and checks, and what they come to. */
interface Verdicts {
  readonly exitCode: number;
  readonly statements: Readonly<Record<string, string>>;
  readonly checks: Readonly<Record<string, string>>;
}

function verdictsOf({ exitCode, targets }: Results): Verdicts {
  const [target] = targets;
  return {
    exitCode,
    statements: Object.fromEntries(target?.statements.map((it) => [it.id, it.verdict]) ?? []),
    checks: Object.fromEntries(target?.checks.map((it) => [it.id, it.verdict]) ?? []),
  };
}

/** Judges a journal of these events that lies alone in a folder. */
async function judgedAlone(place: Workplace, folder: string, events: readonly HistoryEvent[]): Promise<Verdicts> {
  mkdirSync(place.path(folder));
  writeFileSync(place.path(folder, 'journal.ndjson'), events.map((it) => `${JSON.stringify(it)}\n`).join(''));
  await place.run(['report', folder]);
  return verdictsOf(resultsOf(place.path(folder)));
}

/** What an event holds when it is a packet that travelled this way. */
function packetOf(event: HistoryEvent, direction: 'toServer' | 'toClient'): Packet | undefined {
  if (event.kind !== 'packet' || event.direction !== direction) return undefined;
  const decoder = new StreamDecoder(direction === 'toServer' ? 'client' : 'server');
  return decoder.push(Buffer.from(event.bytes, 'base64'))[0]?.packet;
}

/** The journal without the first packet from the server that fits, at whatever taps it was seen. */
function without(events: readonly HistoryEvent[], fits: (packet: Packet) => boolean): readonly HistoryEvent[] {
  const first = events.find((it) => {
    const packet = packetOf(it, 'toClient');
    return packet !== undefined && fits(packet);
  });
  if (first?.kind !== 'packet') throw new Error('the journal holds no such packet');
  const { connection, direction, offset } = first;
  return events.filter(
    (it) => it.kind !== 'packet' || it.connection !== connection || it.direction !== direction || it.offset !== offset,
  );
}

/** The journal without every packet from the server that fits. */
function withoutAll(events: readonly HistoryEvent[], fits: (packet: Packet) => boolean): readonly HistoryEvent[] {
  const isIn = (it: HistoryEvent): boolean => {
    const packet = packetOf(it, 'toClient');
    return packet !== undefined && fits(packet);
  };
  return events.filter((it) => !isIn(it));
}

/** Whether a packet is the message that a CONNECT of this run left as its will. */
function isWill(events: readonly HistoryEvent[]): (packet: Packet) => boolean {
  const wills = events
    .map((it) => packetOf(it, 'toServer'))
    .filter((it): it is Connect => it?.type === 'CONNECT')
    .flatMap((it) => it.will ?? []);
  return (packet) =>
    packet.type === 'PUBLISH' &&
    wills.some((will) => will.topic === packet.topic && Buffer.compare(will.payload, packet.payload) === 0);
}

const notPassed = (verdicts: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(verdicts).filter((id) => verdicts[id] !== 'pass');

test.concurrent(
  'a conformance run: the same verdicts from its journal, others without PUBACKs',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    const ran = await place.run(['conform', '--select', 'publish/acknowledged', '--report', 'run']);
    const original = verdictsOf(resultsOf(place.path('run')));
    expect(ran.code).toBe(0);
    expect(notPassed(original.checks)).toEqual([]);

    mkdirSync(place.path('copy'));
    copyFileSync(place.path('run', 'journal.ndjson'), place.path('copy', 'journal.ndjson'));
    expect((await place.run(['report', 'copy'])).code).toBe(ran.code);
    expect(resultsOf(place.path('copy'))).toEqual(resultsOf(place.path('run')));

    const events = journalOf(place.path('run'));
    const noPuback = await judgedAlone(
      place,
      'no-puback',
      withoutAll(events, (it) => it.type === 'PUBACK'),
    );
    expect(noPuback.statements['MQTT-4.3.2-2']).not.toBe('pass');
  },
);

const scenario = `name: short
question: Are messages of a sensor that loses its line delivered, and its will?
brokers:
  hub: { target: embedded }
links:
  line: { delay: 5ms }
devices:
  watcher: { kind: subscriber, broker: hub, filters: { 'site/#': 1 } }
  pressure:
    kind: sensor
    broker: hub
    link: line
    topic: site/pressure
    interval: 100ms
    keepAlive: 5s
    reconnect: { base: 50ms, cap: 200ms }
    signal: { unit: bar, start: 42, step: 0.8, min: 30, max: 60 }
timeline:
  - { at: 7s, cut: line, how: rst }
  - { at: 7500ms, restore: line }
duration: 8s
settle: 1s
expectations:
  - delivered: { from: pressure, to: watcher, lostAtMost: 0 }
  - will: { of: pressure, to: watcher, within: 2s }
  - reconnected: { device: pressure, within: 2s }
`;

const isReading = (it: Packet): boolean => it.type === 'PUBLISH' && it.topic === 'site/pressure/value';

test.concurrent(
  'a scenario: the same from its journal, others without a PUBACK, a reading, the will',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    writeFileSync(place.path('short.yaml'), scenario);
    const ran = await place.run(['run', 'short.yaml', '--report', 'run']);
    const original = verdictsOf(resultsOf(place.path('run')));
    expect(ran.code).toBe(original.exitCode);
    expect(notPassed(original.checks)).toEqual([]);
    expect(original.statements).toMatchObject({ 'MQTT-3.3.4-1': 'pass', 'MQTT-4.3.2-2': 'pass' });

    const events = journalOf(place.path('run'));
    expect(await judgedAlone(place, 'copy', events)).toEqual(original);

    const noPuback = await judgedAlone(
      place,
      'no-puback',
      without(events, (it) => it.type === 'PUBACK'),
    );
    expect(noPuback.exitCode).toBe(1);
    expect(noPuback.statements).toMatchObject({ 'MQTT-3.3.4-1': 'fail', 'MQTT-4.3.2-2': 'fail' });
    expect(notPassed(noPuback.checks)).toEqual([]);

    const noReading = await judgedAlone(place, 'no-reading', without(events, isReading));
    expect(noReading.exitCode).toBe(1);
    expect(notPassed(noReading.checks)).toEqual(['delivered:pressure->watcher']);

    const noWill = await judgedAlone(place, 'no-will', without(events, isWill(events)));
    expect(noWill.exitCode).toBe(1);
    expect(notPassed(noWill.checks)).toEqual([expect.stringMatching(/^will:/)]);
  },
);
