// A rival in processes of its own that hear commands on stdin and answer each with one line of JSON on stdout.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Amount, Competitor, Curves, Load, Share, Step } from './rival.ts';

type Answer = Readonly<Record<string, unknown>>;

/** Far longer than anything of the benchmark takes: what is stuck is ended, and told. */
const answerWithinMs = 300_000;

/** One process; whatever is not the answer that was due fails, with the last that it said on stderr. */
class SpokenProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  /** It has ended, and all that it said has come. */
  readonly #closed: Promise<void>;
  #lastWords = '';

  constructor(child: ChildProcess) {
    child.on('error', () => {}); // Also where it cannot be started: then it has no pid.
    const { stdout, stderr, pid } = child;
    if (stdout === null || stderr === null || pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
    this.pid = pid;
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#lastWords = (this.#lastWords + text).slice(-2000)));
    child.stdin?.on('error', () => {}); // It has ended: the answer that does not come says so.
  }

  async ask(command: string, at: string): Promise<Answer> {
    this.#child.stdin?.write(`${command}\n`);
    return this.answer(at);
  }

  async answer(at: string): Promise<Answer> {
    const tooLate = setTimeout(() => this.#child.kill('SIGKILL'), answerWithinMs);
    const { value, done } = await this.#answers.next();
    clearTimeout(tooLate);
    if (done) throw new Error(await this.#howItEnded(at));
    const answer = JSON.parse(value) as Answer;
    if (answer['at'] !== at) throw new Error(`${this.#child.spawnfile}: "${at}" was due, came ${value}`);
    return answer;
  }

  async #howItEnded(at: string): Promise<string> {
    await this.#closed;
    const { spawnfile, exitCode, signalCode } = this.#child;
    return `${spawnfile}: ended with ${exitCode ?? signalCode} before "${at}": ${this.#lastWords.trim()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** The options that every such program takes. */
function optionsOf(load: Load, share: Share): readonly string[] {
  const { host, port } = share.broker;
  const options = {
    '--broker': `${host}:${port}`,
    '--connections': share.connections,
    '--name': share.name,
    '--source': share.source,
    '--qos': load.qos,
    '--payload-bytes': load.payloadB,
    '--keep-alive-s': load.keepAliveS,
    '--window': load.window,
  };
  return Object.entries(options).flatMap(([key, value]) => [key, String(value)]);
}

/** Starts one process for each share; kept when each says that it is there and holds nothing yet. */
export async function startSpoken(
  command: readonly string[],
  load: Load,
  shares: readonly Share[],
): Promise<Competitor> {
  await using cleanup = new AsyncDisposableStack();
  const [program = '', ...args] = command;
  const all = shares.map((share) =>
    cleanup.use(new SpokenProcess(spawn(program, [...args, ...optionsOf(load, share)], { stdio: 'pipe' }))),
  );
  await Promise.all(all.map((it) => it.answer('empty')));
  return new SpokenCompetitor(all, shares, cleanup.move());
}

class SpokenCompetitor implements Competitor {
  readonly #all: readonly SpokenProcess[];
  readonly #shares: readonly Share[];
  readonly #cleanup: AsyncDisposableStack;

  constructor(all: readonly SpokenProcess[], shares: readonly Share[], cleanup: AsyncDisposableStack) {
    this.#all = all;
    this.#shares = shares;
    this.#cleanup = cleanup;
  }

  get pids(): readonly number[] {
    return this.#all.map((it) => it.pid);
  }

  async connect(): Promise<void> {
    const answers = await this.#ask('connect', 'online');
    const online = sum(answers, 'online');
    const wanted = this.#shares.reduce((count, it) => count + it.connections, 0);
    if (online !== wanted) throw new Error(`${online} of ${wanted} connections came online`);
  }

  async publish(amount: Amount): Promise<{ messages: number; seconds: number }> {
    const answers =
      'seconds' in amount
        ? await this.#ask(`publish seconds ${amount.seconds}`, 'done')
        : await Promise.all(this.#parts(amount.messages).map(([it, n]) => it.ask(`publish messages ${n}`, 'done')));
    return { messages: sum(answers, 'messages'), seconds: Math.max(...answers.map((it) => Number(it['seconds']))) };
  }

  /** The messages of each process, in proportion to its connections. */
  #parts(messages: number): readonly (readonly [SpokenProcess, number])[] {
    const total = this.#shares.reduce((count, it) => count + it.connections, 0);
    let before = 0;
    return this.#all.map((process, n) => {
      const from = Math.round((messages * before) / total);
      before += this.#shares[n]?.connections ?? 0;
      return [process, Math.round((messages * before) / total) - from] as const;
    });
  }

  async idle(seconds: number): Promise<{ pings: number; answers: number }> {
    const answers = await this.#ask(`idle ${seconds}`, 'done');
    return { pings: sum(answers, 'pings'), answers: sum(answers, 'answers') };
  }

  async watch(): Promise<{ back: Promise<Curves> }> {
    await this.#ask('watch', 'watching');
    return { back: Promise.all(this.#all.map(async (it) => stepsOf((await it.answer('done'))['curve']))) };
  }

  async rest(): Promise<void> {
    await this.#ask('rest', 'rested');
  }

  #ask(command: string, at: string): Promise<readonly Answer[]> {
    return Promise.all(this.#all.map((it) => it.ask(command, at)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanup.disposeAsync();
  }
}

function sum(answers: readonly Answer[], key: string): number {
  return answers.reduce((total, it) => total + Number(it[key]), 0);
}

function stepsOf(curve: unknown): readonly Step[] {
  return (curve as readonly (readonly [number, number])[]).map(([atS, online]) => ({ atS, online }));
}
