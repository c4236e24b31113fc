// Two machines in one: network namespaces joined by TUN devices through a forwarder, so that real TCP meets real delay and loss.
import { randomBytes } from 'node:crypto';
import type { PartContext } from '../../parts/part.ts';
import { here, startChild, type Child } from './child.ts';
import { hello, labAddresses, startSide, type LabSide } from './lab-side.ts';
import type { ForwarderOrders, ForwarderPorts, ForwarderUsage } from './forwarder-process.ts';

/** What a lab needs, by the names of src/bench/probes.ts. */
export const labNeeds: readonly string[] = ['tun', 'socat', 'iptables', 'tcpdump'];

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
  await Promise.all([hello(client, labAddresses.server), hello(server, labAddresses.client)]);
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

/** A counter of /proc/net/snmp, which has a line of names and one of values for each protocol. */
function tcpCounter(text: string, name: string): number {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}
