// A bench: the world that parts live in, and the order in which it comes and goes.
import { setMaxListeners } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEnded, RunStarted } from '../history/event.ts';
import { openJournal, type Journal } from '../history/journal.ts';
import type { LiveHistory } from '../history/live-history.ts';
import { machineClock, wallTime, type Clock } from '../net/clock.ts';
import { connectionIds, type ConnectionIds } from '../net/connection-ids.ts';
import { SharedMedia } from '../faults/medium.ts';
import type { LinkBackend, LinkOptions, StartedFaultyLink } from '../parts/links/link-options.ts';
import type { PartContext, StartedBroker } from '../parts/part.ts';
import { sampleLoopLag } from './loop-lag.ts';
import { startMutantListeners, type MutantFaults, type MutantListeners } from './mutant-listeners.ts';
import { packageVersion } from './package-version.ts';
import { provenance } from './provenance.ts';
import { openRunRegistry, type RunRegistry } from './run-registry.ts';
import type { SweptRun } from './sweep.ts';
import { targetOf, type Target } from './target/target.ts';

export { deniedTopics, type BrokerVariants, type StartedBroker } from '../parts/part.ts';

/** What a run is told before anything starts. */
export interface BenchOptions extends Pick<
  RunStarted,
  'mode' | 'seed' | 'command' | 'parameters' | 'scenario' | 'timeCompression' | 'link' | 'gate'
> {
  /** Folder of the run's results; `journal.ndjson` is written here and must not be there yet. */
  readonly reportDir: string;
  /** Ends the run: every wait of every part gives up. */
  readonly signal: AbortSignal;
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Default: the user's own, see state-folder.ts. */
  readonly stateFolder?: string;
}

/** An open bench. Disposing ends its parts in reverse order, then the journal; it never rejects. */
export interface Bench extends AsyncDisposable {
  readonly runId: string;
  readonly context: PartContext;
  /** The run's journal, which can be watched while it grows. */
  readonly history: LiveHistory;
  /** Names the run's connections. */
  readonly connectionIds: ConnectionIds;
  /** What was cleaned up behind earlier runs. */
  readonly swept: readonly SweptRun[];
  /**
   * Starts a target, or what a target word or URL names, and describes it in the history.
   * @throws FieldbenchError those of {@link targetOf}, `FB_BROKER_START` and those of its driver
   */
  startTarget(name: string, target: string | Target): Promise<StartedBroker>;
  /**
   * Starts another broker of the same kind beside a target; the caller ends it, the bench does at the latest.
   * @throws FieldbenchError those of its driver
   */
  startAnother(name: string, target: string | Target): Promise<StartedBroker>;
  /**
   * How to start a broker of the same kind that offers listeners which refuse; nothing where its driver cannot, or needs
   * no other one for that.
   */
  securedStart(target: string | Target): ((name: string) => Promise<StartedBroker>) | undefined;
  /**
   * Starts a link whose connections are named by this run.
   * @throws FieldbenchError `FB_LINK_CAPABILITY` and those of its backend
   */
  startLink(backend: LinkBackend, options: Omit<LinkOptions, 'connectionIds'>): Promise<StartedFaultyLink>;
  /**
   * Puts faults before every listener of a broker without a tap between: what answers there is another target, a mutant.
   * @throws FieldbenchError `FB_FAULT_NAME`
   */
  startMutant(name: string, base: StartedBroker, mutant: MutantFaults): Promise<MutantListeners>;
  /** Ends this part with the bench, before those that were handed over earlier. */
  use<T extends AsyncDisposable>(part: T): T;
  /** Says how the run ended; without it the run counts as interrupted or failed. */
  finish(how: RunEnded['how'], reason?: string): void;
}

/**
 * Opens the journal, cleans up behind dead runs, and gives the world of a new one.
 * @throws FieldbenchError `FB_REPORT_FOLDER`, `FB_STATE_FOLDER`
 */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const clock = options.clock ?? machineClock();
  setMaxListeners(0, options.signal); // Every part of a run listens to it: many are no leak.
  const journal = openJournal({ file: join(options.reportDir, 'journal.ndjson'), nowMs: () => clock.nowMs() });
  try {
    const registry = await openRunRegistry(
      options.stateFolder === undefined ? {} : { stateFolder: options.stateFolder },
    );
    journal.record(started(options, clock, registry.runId));
    return new OpenBench(options, clock, journal, registry);
  } catch (error) {
    journal.close();
    rmSync(journal.file, { force: true }); // Nothing stands in it, and it would forbid the next try.
    throw error;
  }
}

function started(options: BenchOptions, clock: Clock, runId: string): Omit<RunStarted, 'seq' | 'tMs'> {
  const { mode, seed, command, parameters, scenario, timeCompression, link, gate } = options;
  return {
    kind: 'run',
    schema: 1,
    runId,
    fieldbench: packageVersion(),
    mode,
    seed,
    startedAt: wallTime(),
    clock: clock.domain,
    command,
    parameters,
    ...(scenario && { scenario }),
    ...(timeCompression !== undefined && { timeCompression }),
    ...(link && { link }),
    ...(gate && { gate }),
    provenance: provenance(),
  };
}

class OpenBench implements Bench {
  readonly context: PartContext;
  readonly history: LiveHistory;
  readonly connectionIds = connectionIds();
  readonly #journal: Journal;
  readonly #registry: RunRegistry;
  readonly #parts = new AsyncDisposableStack();
  readonly #lag = sampleLoopLag();
  readonly #media = new SharedMedia();
  #end: Omit<RunEnded, 'seq' | 'tMs'> | undefined;

  constructor({ seed, signal }: BenchOptions, clock: Clock, journal: Journal, registry: RunRegistry) {
    this.context = { clock, seed, history: journal, owns: registry, signal };
    this.history = journal;
    this.#journal = journal;
    this.#registry = registry;
  }

  get runId(): string {
    return this.#registry.runId;
  }

  get swept(): readonly SweptRun[] {
    return this.#registry.swept;
  }

  async startTarget(name: string, target: string | Target): Promise<StartedBroker> {
    const { driver, word, limits } = asTarget(target);
    const broker = this.use(await driver.start(name, this.context));
    const { version, how } = broker;
    this.history.record({ kind: 'target', target: name, version, how, repeat: word, limits });
    return broker;
  }

  async startLink(backend: LinkBackend, options: Omit<LinkOptions, 'connectionIds'>): Promise<StartedFaultyLink> {
    const shared = { connectionIds: this.connectionIds, media: this.#media };
    return this.use(await backend.start({ ...shared, ...options }, this.context));
  }

  async startAnother(name: string, target: string | Target): Promise<StartedBroker> {
    return this.use(await asTarget(target).driver.start(name, this.context));
  }

  securedStart(target: string | Target): ((name: string) => Promise<StartedBroker>) | undefined {
    const start = asTarget(target).driver.startSecured;
    return start && (async (name) => this.use(await start(name, this.context)));
  }

  async startMutant(name: string, base: StartedBroker, mutant: MutantFaults): Promise<MutantListeners> {
    const { version } = base;
    const how = `${base.how}, with faults before it`;
    this.history.record({ kind: 'target', target: name, version, how, repeat: name, limits: [] });
    return startMutantListeners(name, base, mutant, this);
  }

  use<T extends AsyncDisposable>(part: T): T {
    return this.#parts.use(part);
  }

  finish(how: RunEnded['how'], reason?: string): void {
    this.#end = { kind: 'end', how, ...(reason !== undefined && { reason }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#parts.disposed) return;
    await this.#attempt('parts', () => this.#parts.disposeAsync());
    // What a part failed to end is ended here, or by the next start.
    await this.#attempt('registry', () => this.#registry[Symbol.asyncDispose]());
    this.#lag.noteIn(this.history);
    this.history.record(this.#end ?? unfinished(this.context.signal));
    this.#journal.close();
  }

  async #attempt(what: string, end: () => PromiseLike<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.history.record({ kind: 'mark', name: 'disposal-failed', data: { what, why: String(error) } });
    }
  }
}

const asTarget = (it: string | Target): Target => (typeof it === 'string' ? targetOf(it) : it);

function unfinished({ aborted, reason }: AbortSignal): Omit<RunEnded, 'seq' | 'tMs'> {
  if (!aborted) return { kind: 'end', how: 'failed', reason: 'the run was given up' };
  return { kind: 'end', how: 'interrupted', reason: reason instanceof Error ? reason.message : String(reason) };
}
