// Mosquitto for a measurement: a process of the benchmark's own, on a free port, that limits nothing and stores nothing.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineClock } from '../../src/net/clock.ts';
import { findProgram } from '../../src/parts/brokers/find-program.ts';
import { freePort } from '../../src/parts/brokers/free-port.ts';
import { awaitReady } from '../../src/parts/brokers/readiness.ts';

const host = '127.0.0.1';
const readyWithinMs = 60_000;

function configuration(port: number): string {
  return [
    `listener ${port} ${host}`,
    'user root', // What it would do else is give up its rights, and with them its file.
    'allow_anonymous true',
    'persistence false',
    'max_inflight_messages 0',
    'max_queued_messages 0',
    'set_tcp_nodelay true',
    'sys_interval 0',
    'log_type error',
    '',
  ].join('\n');
}

/** A broker that can be ended and started again at the same place. */
export class Mosquitto implements AsyncDisposable {
  readonly host = host;
  readonly port: number;
  readonly #program: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(program: string, port: number, folder: string) {
    this.#program = program;
    this.port = port;
    this.#folder = folder;
  }

  /** Kept when it answers CONNECT. */
  static async start(): Promise<Mosquitto> {
    const program = await findProgram(['mosquitto']);
    if (program === undefined) throw new Error('mosquitto is not installed');
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'fieldbench-mosquitto-'));
    await using cleanup = new AsyncDisposableStack();
    const broker = cleanup.use(new Mosquitto(program, port, folder));
    await writeFile(join(folder, 'mosquitto.conf'), configuration(port));
    broker.launch();
    await broker.ready();
    cleanup.move();
    return broker;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the broker is not running');
    return pid;
  }

  /** Starts the process and does not wait; it ends with the benchmark, however that ends. */
  launch(): void {
    const args = ['--pdeathsig', 'KILL', this.#program, '-c', join(this.#folder, 'mosquitto.conf')];
    this.#process = spawn('setpriv', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#said = (this.#said + text).slice(-2000)));
  }

  /** @throws Error when it answers no CONNECT */
  async ready(): Promise<void> {
    const signal = AbortSignal.timeout(readyWithinMs);
    const answer = await awaitReady({ host, port: this.port }, { clock: machineClock(), signal });
    if (answer !== 'ready') throw new Error(`Mosquitto on port ${this.port}: ${answer}; it said: ${this.#said.trim()}`);
  }

  /** As a power cut does it; kept when the process is gone. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
