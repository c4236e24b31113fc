// Two machines in one: network namespaces joined by TUN devices through a forwarder, so that real TCP meets real delay and loss.
import { randomBytes } from 'node:crypto';
import { existsSync, readlinkSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FieldbenchError } from '../../error.ts';
import { pause } from '../../net/clock.ts';
import { launchProcess, type LocalProcess } from '../../parts/brokers/local-process.ts';
import type { PartContext } from '../../parts/part.ts';
import { here, startChild, type Child, type Place } from './child.ts';
import type { ForwarderOrders, ForwarderPorts, ForwarderUsage } from './forwarder-process.ts';

/** What is looked for by `src/bench/probes.ts` before a lab is started. */
export const labNeeds = ['socat', 'tcpdump', 'iptables', 'tun'] as const;

/** One machine of a lab. */
export interface LabSide {
  readonly address: string;
  /** The device towards the other side. */
  readonly device: string;
  /** Makes a command run on it. */
  readonly place: Place;
  /** Runs a program on it to its end; gives what it printed. */
  run(program: string, ...args: string[]): Promise<string>;
}

/** A standing lab. Its namespaces, devices and rules live as long as its processes, and these as long as the bench. */
export interface TunLab extends AsyncDisposable {
  readonly client: LabSide;
  readonly server: LabSide;
  /** From now on both kernels lose this share of what reaches them, at random. */
  loseInKernel(lossPct: number): Promise<void>;
  /** Segments that both kernels have sent again since the start. */
  retransmitted(): Promise<number>;
  usage(): Promise<ForwarderUsage>;
}

/** Addresses inside 127/8 cannot meet a network that the machine is really in; each lab has its own namespaces. */
const addresses = { client: '127.77.0.1', server: '127.77.0.2' } as const;
const prefix = 24;
const startBoundMs = 10_000;
const pollMs = 5;

/**
 * Starts a lab.
 * @throws FieldbenchError `FB_LAB` where the machine does not allow it
 */
export async function startTunLab(orders: ForwarderOrders, context: PartContext): Promise<TunLab> {
  await using starting = new AsyncDisposableStack();
  const forwarder = starting.use(startChild('forwarder', here, context));
  const ports = (await forwarder.ask(orders)) as ForwarderPorts;
  const joined = forwarder.hear();
  joined.catch(() => {}); // Awaited below, unless a side fails first.
  const mark = randomBytes(4).toString('hex');
  const client = await startSide({ name: 'client', port: ports.client, device: `fb${mark}c` }, starting, context);
  const server = await startSide({ name: 'server', port: ports.server, device: `fb${mark}s` }, starting, context);
  await Promise.all([hello(client, addresses.server), hello(server, addresses.client)]);
  await joined;
  return new StandingLab(client, server, forwarder, starting.move());
}

class StandingLab implements TunLab {
  readonly client: LabSide;
  readonly server: LabSide;
  readonly #forwarder: Child;
  readonly #running: AsyncDisposableStack;

  constructor(client: LabSide, server: LabSide, forwarder: Child, running: AsyncDisposableStack) {
    this.client = client;
    this.server = server;
    this.#forwarder = forwarder;
    this.#running = running;
  }

  async loseInKernel(lossPct: number): Promise<void> {
    for (const { run, device } of [this.client, this.server]) {
      await run('iptables', '-w', '-F', 'INPUT');
      const chance = ['-m', 'statistic', '--mode', 'random', '--probability', String(lossPct / 100)];
      if (lossPct > 0) await run('iptables', '-w', '-A', 'INPUT', '-i', device, ...chance, '-j', 'DROP');
    }
  }

  async retransmitted(): Promise<number> {
    const both = await Promise.all([this.client, this.server].map(({ run }) => run('cat', '/proc/net/snmp')));
    return both.reduce((sum, text) => sum + tcpCounter(text, 'RetransSegs'), 0);
  }

  async usage(): Promise<ForwarderUsage> {
    return (await this.#forwarder.ask({})) as ForwarderUsage;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#running.disposeAsync();
  }
}

interface SideOptions {
  readonly name: 'client' | 'server';
  /** Where the forwarder takes its packets. */
  readonly port: number;
  readonly device: string;
}

/** A namespace that lives as long as a process of ours, and a device in it that lives as long as the namespace. */
async function startSide(
  { name, port, device }: SideOptions,
  running: AsyncDisposableStack,
  context: PartContext,
): Promise<LabSide> {
  const bound = (command: string, ...args: string[]): LocalProcess => {
    // The kernel ends it with the bench, kill -9 included.
    const started = launchProcess(
      { command: 'setpriv', args: ['--pdeathsig', 'KILL', '--', command, ...args], what: `lab ${name} (${command})` },
      context,
    );
    running.defer(() => started.kill());
    return started;
  };
  const holder = bound('unshare', '--net', '--', 'sleep', 'infinity');
  const { pid } = holder.child;
  await until(() => isApart(pid), holder, context);
  // DATAGRAM: a connected socket would end when the forwarder is not there for a moment.
  const tunnel = bound('socat', `TUN,tun-name=${device},iff-no-pi`, `UDP4-DATAGRAM:127.0.0.1:${port}`);
  await until(() => existsSync(`/sys/class/net/${device}`), tunnel, context);
  await runProgram('ip', ['link', 'set', device, 'netns', String(pid)], context.signal);
  const inside = ['--net', '--target', String(pid), '--'];
  const side: LabSide = {
    address: addresses[name],
    device,
    place: (it) => ({ ...it, command: 'nsenter', args: [...inside, it.command, ...it.args] }),
    run: (program, ...args) => runProgram('nsenter', [...inside, program, ...args], context.signal),
  };
  await setUp(side);
  return side;
}

/** The loopback device stays down: its route would keep all of 127/8 inside. */
async function setUp({ run, device, address }: LabSide): Promise<void> {
  const settings = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv4.conf.all.route_localnet=1'];
  await run('sysctl', '-q', '-w', ...settings, `net.ipv4.conf.${device}.route_localnet=1`);
  await run('ip', 'address', 'add', `${address}/${prefix}`, 'dev', device);
  await run('ip', 'link', 'set', device, 'up');
}

/** One datagram to nobody: by it the forwarder learns where the side's device is. */
async function hello({ run }: LabSide, other: string): Promise<void> {
  await run('socat', '-u', 'SYSTEM:echo hello', `UDP4-DATAGRAM:${other}:9`);
}

/** Whether the process has a network of its own by now. */
function isApart(pid: number | undefined): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}

async function until(isThere: () => boolean, by: LocalProcess, { clock, signal }: PartContext): Promise<void> {
  const untilMs = clock.nowMs() + startBoundMs;
  let gone: string | undefined;
  void by.gone.then((how) => (gone = how));
  while (!isThere()) {
    if (gone !== undefined || clock.nowMs() >= untilMs) throw noLab(by.lastWords() || gone || 'nothing came');
    await pause(clock, pollMs, signal);
  }
}

const execute = promisify(execFile);

async function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    return (await execute(program, args, { signal })).stdout;
  } catch (cause) {
    signal.throwIfAborted();
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw noLab(`${program} ${args.join(' ')}: ${said || String(cause)}`, cause);
  }
}

function noLab(actual: string, cause?: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LAB',
    message: 'the laboratory of network namespaces and TUN devices cannot be put up',
    expected: 'root, /dev/net/tun, and the programs unshare, setpriv, nsenter, ip, iptables and socat',
    actual,
    hint: '`fieldbench doctor` shows what is missing',
    ...(cause !== undefined && { cause }),
  });
}

/** A counter of /proc/net/snmp, which has a line of names and one of values for each protocol. */
function tcpCounter(text: string, name: string): number {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}
