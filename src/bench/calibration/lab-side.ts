// One of the two machines of a lab: a network namespace that lives as long as a process of ours, and a TUN device in it.
import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { FieldbenchError } from '../../error.ts';
import { pause } from '../../net/clock.ts';
import { launchProcess, type LocalProcess, type ProcessCommand } from '../../parts/brokers/local-process.ts';
import type { PartContext } from '../../parts/part.ts';
import type { Place } from './child.ts';

/** One machine of a lab. */
export interface LabSide {
  readonly address: string;
  /** The device towards the other side. */
  readonly device: string;
  /** Makes a command run on it. */
  readonly place: Place;
  /** Runs a program on it to its end; gives what it printed. */
  readonly run: (program: string, ...args: string[]) => Promise<string>;
}

/** Addresses inside 127/8 cannot meet a network that the machine is really in; each lab has its own namespaces. */
export const labAddresses = { client: '127.77.0.1', server: '127.77.0.2' } as const;
const prefix = 24;
const startBoundMs = 10_000;
const pollMs = 5;

/** What a side is made of. */
export interface SideOptions {
  readonly name: 'client' | 'server';
  /** Where the forwarder takes its packets. */
  readonly port: number;
  readonly device: string;
}

/**
 * Starts a side; `running` ends it. The device lives as long as the namespace, and this as long as a process in it.
 * @throws FieldbenchError `FB_LAB`
 */
export async function startSide(
  { name, port, device }: SideOptions,
  running: AsyncDisposableStack,
  context: PartContext,
): Promise<LabSide> {
  const bound = (command: string, ...args: string[]): LocalProcess => {
    const started = launchProcess(withTheBench({ command, args, what: `lab ${name} (${command})` }), context);
    running.defer(() => started.kill());
    return started;
  };
  const holder = bound('unshare', '--net', '--', 'sleep', 'infinity');
  const { pid } = holder.child;
  await until(() => isApart(pid), holder, context);
  // DATAGRAM: a connected socket would end when the forwarder is not there for a moment.
  const tunnel = bound('socat', '-d', '-d', `TUN,tun-name=${device},iff-no-pi`, `UDP4-DATAGRAM:127.0.0.1:${port}`);
  // Before that it still asks for the device by name, and would end if it were gone.
  await until(() => tunnel.lastWords().includes('starting data transfer'), tunnel, context);
  await runProgram('ip', ['link', 'set', device, 'netns', String(pid)], context.signal);
  const inside = ['--net', '--target', String(pid), '--'];
  const side: LabSide = {
    address: labAddresses[name],
    device,
    place: (it) => withTheBench({ ...it, command: 'nsenter', args: [...inside, it.command, ...it.args] }),
    run: (program, ...args) => runProgram('nsenter', [...inside, program, ...args], context.signal),
  };
  await setUp(side);
  return side;
}

/** The kernel ends it with the bench, kill -9 included: whatever lives in a namespace keeps the namespace. */
function withTheBench(it: ProcessCommand): ProcessCommand {
  return { ...it, command: 'setpriv', args: ['--pdeathsig', 'KILL', '--', it.command, ...it.args] };
}

/** The loopback device stays down: its route would keep all of 127/8 inside. */
async function setUp({ run, device, address }: LabSide): Promise<void> {
  const settings = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv4.conf.all.route_localnet=1'];
  await run('sysctl', '-q', '-w', ...settings, `net.ipv4.conf.${device}.route_localnet=1`);
  await run('ip', 'address', 'add', `${address}/${prefix}`, 'dev', device);
  await run('ip', 'link', 'set', device, 'up');
}

/** One datagram to nobody: by it the forwarder learns where the side's device is. */
export async function hello({ run }: LabSide, other: string): Promise<void> {
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
/** Debian keeps `ip` and `iptables` where only root's PATH looks, and not always that. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

async function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    return (await execute(program, args, { signal, env })).stdout;
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
