// A run before it begins: everything that can be wrong with what was asked for is found here, before anything starts.
import type { Bench, BenchOptions } from '../bench/bench.ts';
import type { Check, Need } from '../conformance/check.ts';
import { driveChecks } from '../conformance/drive-checks.ts';
import { linkDriven, type NamedLink } from './over-link.ts';
import { lacksOf, limitsOf, placeOf, securedPlaceOf, type DrivenTarget } from '../conformance/driven-target.ts';
import { inLanes } from '../conformance/in-lanes.ts';
import { selectChecks } from '../conformance/select-checks.ts';
import { FieldbenchError } from '../error.ts';
import type { RunGate } from '../history/run-gate.ts';
import { defaultParameters, type RuleParameters } from '../judge/rule.ts';
import { targetOf, type Target } from '../bench/target/target.ts';
import type { StartedBroker } from '../parts/part.ts';
import { gateWords } from './gate/read-gate.ts';
import { quoted } from './quoted.ts';

/** Checks side by side: most of them wait most of their time, and a broker of ours bears what it is there for. */
const ownWidth = 48;
/** A broker of somebody else's has other work to do. */
const politeWidth = 24;

/** What every kind of run can be told. */
export interface RunOptions {
  /** Repeats the random draws of a run; default 1. */
  readonly seed?: number;
  /** Tolerances that differ from the defaults; they are printed beside the verdicts. */
  readonly parameters?: Partial<RuleParameters>;
}

/** Which brokers are judged, and by which checks. */
export interface ConformanceOptions extends RunOptions {
  /** Target words, see {@link targetOf}: `embedded`, `container:mosquitto`, `mqtt://HOST:PORT`, `./site.yaml`. */
  readonly targets: readonly string[];
  /** Ids, statements, sections or globs of checks, separated by commas; default: every check. */
  readonly select?: string;
  /** A link that every connection of a check gets for itself, see {@link readRunLink}. */
  readonly link?: NamedLink;
  /** Targets by URL that may be treated as if they were the bench's own; others get the safe checks only. */
  readonly destructive?: readonly string[];
  /** A baseline, waivers, further verdicts to fail on: see {@link readGate}. */
  readonly gate?: RunGate;
  /** How many targets are judged side by side; default 1: each has the machine for itself. */
  readonly atOnce?: number;
}

/** A run that can begin: what the bench is opened with, and what is done on it. */
export interface PreparedRun {
  readonly bench: Omit<BenchOptions, 'reportDir' | 'signal'>;
  /** Checks that it may drive; default: every check of ours. */
  readonly checks?: readonly Check[];
  drive(bench: Bench): Promise<void>;
}

/**
 * Prepares a conformance run.
 * @throws FieldbenchError `FB_USAGE` when a word of the selection names no check, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`,
 *   `FB_LINK_CAPABILITY` when the link carries no connections
 */
export function prepareConformance(options: ConformanceOptions): PreparedRun & { readonly checks: readonly Check[] } {
  const { targets, select, seed = 1 } = options;
  const selected = selectChecks(select);
  const described = targets.map((word) => targetOf(word)); // An unknown one is told before any other is started.
  const over = linkDriven(options.link, { ...defaultParameters, ...options.parameters });
  const words = [
    ...targets.map((it) => `--target ${quoted(it)}`),
    ...(select === undefined ? [] : [`--select ${quoted(select)}`]),
    ...(options.link === undefined ? [] : [`--link ${quoted(options.link.word)}`]),
    ...(options.destructive ?? []).map((it) => `--destructive ${quoted(it)}`),
    ...(options.gate === undefined ? [] : gateWords(options.gate)),
    ...(options.atOnce === undefined ? [] : [`--at-once ${options.atOnce}`]),
  ];
  const command = ['fieldbench conform', ...words, `--seed ${seed}`].join(' ');
  return {
    checks: selected,
    bench: {
      mode: 'conform',
      seed,
      command,
      parameters: { ...over.judged },
      ...(over.link && { link: over.link }),
      ...(options.gate && { gate: options.gate }),
    },
    drive: async (bench) => {
      const { clock, history, signal } = bench.context;
      const prefix = `fb${bench.runId.slice(0, 6)}`;
      const failures: FieldbenchError[] = [];
      await inLanes(described, options.atOnce ?? 1, async (target) => {
        const beganMs = clock.nowMs();
        const broker = await bench.startTarget(target.word, target).catch((error: unknown) => {
          if (signal.aborted || !(error instanceof FieldbenchError)) throw error;
          failures.push(error); // The others are judged all the same.
        });
        if (broker === undefined) return;
        const startsSlowly = clock.nowMs() - beganMs > slowStartMs;
        const { connectionIds } = bench;
        const driven = { ...drivenTarget(target, broker, bench, options), startsSlowly };
        await driveChecks(selected, driven, {
          prefix,
          history,
          clock,
          connectionIds,
          signal,
          ...over.driving(bench),
          width: broker.isForeign ? politeWidth : ownWidth,
        });
      });
      if (failures.length > 0) throw together(failures);
    },
  };
}

/** What kept targets from being judged, as one error. */
function together(failures: readonly FieldbenchError[]): Error {
  const [only] = failures;
  if (only !== undefined && failures.length === 1) return only;
  return new AggregateError(failures, failures.map((it) => it.message).join('; '));
}

/** A broker that takes longer to start keeps the processor busy: Mosquitto and Aedes are far below, Java and Erlang above. */
const slowStartMs = 2000;

function drivenTarget(
  described: Target,
  broker: StartedBroker,
  bench: Bench,
  { destructive = [] }: ConformanceOptions,
): DrivenTarget {
  const { word } = described;
  const target = {
    ...placeOf(broker),
    name: word,
    // Of several reasons the last one holds: nobody's file has a say where a broker is somebody else's.
    lacks: new Map([...forbidden(described), ...lacksOf(broker), ...limitsOf(described)]),
  };
  if (broker.isForeign) {
    if (destructive.includes(word)) return target;
    return { ...target, spared: `--destructive ${word} says that this broker may be treated so` };
  }
  const startSecured = bench.securedStart(described);
  return {
    ...target,
    ...(startSecured && { startSecured: async () => securedPlaceOf(await startSecured(`${word} secured`)) }),
    async startAnother(check) {
      const another = await bench.startAnother(`${word} for ${check}`, described);
      return { ...placeOf(another), [Symbol.asyncDispose]: () => another[Symbol.asyncDispose]() };
    },
  };
}

/** What its file does not allow to be done to a target. */
function forbidden({ allows }: Target): readonly (readonly [Need, string])[] {
  const missing = (['restart', 'kill'] as const).filter((it) => !allows.includes(it));
  if (missing.length === 0) return [];
  return [['restart', `the target file does not allow to ${missing.join(' or ')} it`]];
}
