// Whether a link's meter counts what a real network would carry: the same MQTT conversation over both, counted by tcpdump there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { pause } from '../../net/clock.ts';
import { launchProcess, type LocalProcess, type ProcessCommand } from '../../parts/brokers/local-process.ts';
import type { Endpoint, PartContext } from '../../parts/part.ts';
import { targetOf } from '../target/target.ts';
import { lossyProfile, startBedLink } from './bed.ts';
import { capturedBytes, type IpBytes } from './captured-bytes.ts';
import { here, startChild, type Place } from './child.ts';
import type { ExchangeOrders } from './exchange-process.ts';
import { notMeasured, signed, type CalibrationRow } from './row.ts';
import { startTunLab } from './tun-lab.ts';

const tolerancePct = 5;
const delayMs = 25;
/** A conversation: so many messages at each QoS. */
const exchange = { messages: 100, payloadB: 20, everyMs: 60 } as const;
/** Conversations where there is loss: what one of them loses, and with it its bytes, differs by up to 8 % from run to run. */
const lossyRuns = 4;
const brokerPort = 1883;
const waitMs = 10_000;
const pollMs = 10;

/** A row for the conversation with this loss in both directions. @param mosquitto path of the broker's program */
export async function byteRow(lossPct: number, mosquitto: string, context: PartContext): Promise<CalibrationRow> {
  const id = `bytes/embedded/${lossPct}`;
  const runs = Array.from({ length: lossPct === 0 ? 1 : lossyRuns }, (_, n) => ({
    ...context,
    seed: context.seed + n,
  }));
  const messages = 3 * exchange.messages * runs.length;
  const asked = `embedded: IP bytes of ${messages} messages, ${lossPct} % loss each way`;
  const counted = (await Promise.all(runs.map((own) => metered(lossPct, own)))).filter((it) => it !== undefined);
  if (counted.length < runs.length) return notMeasured(id, asked, 'the embedded link has no byte meter');
  const seen = await Promise.all(runs.map((own, n) => captured(lossPct, mosquitto, own, `lab-${lossPct}-${n}`)));
  return comparedBytes(id, asked, summed(counted), summed(seen));
}

function summed(all: readonly IpBytes[]): IpBytes {
  const of = (direction: 'up' | 'down'): number => all.reduce((sum, it) => sum + it[direction].ipB, 0);
  return { up: { ipB: of('up') }, down: { ipB: of('down') } };
}

const pair = ({ up, down }: IpBytes): string => `${up.ipB} up + ${down.ipB} down`;

/** The row of what a meter counted beside what was seen. */
export function comparedBytes(id: string, asked: string, meter: IpBytes, seen: IpBytes): CalibrationRow {
  const off = (direction: 'up' | 'down'): number => 100 * (meter[direction].ipB / seen[direction].ipB - 1);
  const [upPct, downPct] = [off('up'), off('down')];
  return {
    id,
    asked,
    measured: `meter ${pair(meter)}, tcpdump ${pair(seen)}: ${signed(upPct)} % up, ${signed(downPct)} % down`,
    tolerance: `+/-${tolerancePct} %`,
    verdict: Math.max(Math.abs(upPct), Math.abs(downPct)) <= tolerancePct ? 'ok' : 'off',
    isControl: false,
    figures: { upPct, downPct, seenUpB: seen.up.ipB, seenDownB: seen.down.ipB },
  };
}

/** Over the embedded link, by its own meter. */
async function metered(lossPct: number, context: PartContext): Promise<IpBytes | undefined> {
  await using broker = await targetOf('process:mosquitto').driver.start('broker', context);
  const profile = lossyProfile(delayMs, { model: 'bernoulli', lossPct });
  await using link = await startBedLink('embedded', { profile, upstream: broker.endpoint, taps: true }, context);
  await converse(link.endpoint, here, context);
  return link.usage?.();
}

/** Over two real TCP stacks, by tcpdump beside the client: it sees what the kernels then lose, as a modem would bill it. */
async function captured(lossPct: number, mosquitto: string, context: PartContext, name: string): Promise<IpBytes> {
  await using lab = await startTunLab({ upMs: delayMs, downMs: delayMs, lossPct: 0, seed: context.seed }, context);
  await using running = new AsyncDisposableStack();
  const run = async (place: Place, command: ProcessCommand, saysFirst: string): Promise<LocalProcess> => {
    const started = launchProcess(place(command), context);
    running.defer(() => started.stop());
    await said(started, saysFirst, command.what, context);
    return started;
  };
  const folder = join(context.owns.scratch, name);
  const [config, file] = [join(folder, 'mosquitto.conf'), join(folder, 'client.pcap')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(config, labConfig(lab.server.address));
  await run(lab.server.place, { command: mosquitto, args: ['-c', config], what: 'lab broker' }, ' running');
  const watch = ['-i', lab.client.device, '-U', '-s', '64', '-Z', 'root', '-w', file, 'tcp'];
  const observer = await run(lab.client.place, { command: 'tcpdump', args: watch, what: 'tcpdump' }, 'listening on');
  await lab.loseInKernel(lossPct);
  await converse({ host: lab.server.address, port: brokerPort }, lab.client.place, context);
  await observer.stop();
  return capturedBytes(file, lab.client.address);
}

/** One open listener; without `user root`, root's Mosquitto would become a user who may not read its file. */
const labConfig = (host: string): string =>
  [`listener ${brokerPort} ${host}`, 'allow_anonymous true', 'log_dest stderr', 'user root', ''].join('\n');

async function converse(endpoint: Endpoint, place: Place, context: PartContext): Promise<void> {
  await using child = startChild('exchange', place, context);
  await child.ask({ endpoint, ...exchange } satisfies ExchangeOrders);
}

/** Waits until a program has printed this. */
async function said(by: LocalProcess, text: string, what: string, context: PartContext): Promise<void> {
  const untilMs = context.clock.nowMs() + waitMs;
  let gone: string | undefined;
  void by.gone.then((how) => (gone = how));
  while (!by.lastWords().includes(text)) {
    if (gone !== undefined || context.clock.nowMs() >= untilMs) {
      throw new FieldbenchError({
        code: 'FB_CALIBRATION',
        message: `a program that is to measure did not start: ${what}`,
        expected: `that it prints "${text}"`,
        actual: by.lastWords() || (gone ?? 'nothing'),
      });
    }
    await pause(context.clock, pollMs, context.signal);
  }
}
