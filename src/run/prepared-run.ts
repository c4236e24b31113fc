// A run before it begins: everything that can be wrong with what was asked for is found here, before anything starts.
import type { Bench, BenchOptions } from '../bench/bench.ts';
import type { Plan } from '../bench/plan.ts';
import { targetOfBroker } from '../bench/assembly.ts';
import { readPlcFile } from '../bench/devices/plc-file.ts';
import { play } from '../bench/play.ts';
import type { Check, Need } from '../conformance/check.ts';
import { driveChecks } from '../conformance/drive-checks.ts';
import { linkDriven, type NamedLink } from './over-link.ts';
import { lacksOf, placeOf, securedPlaceOf, type DrivenTarget } from '../conformance/driven-target.ts';
import { inLanes } from '../conformance/in-lanes.ts';
import { selectChecks } from '../conformance/select-checks.ts';
import { FieldbenchError, placedAt } from '../error.ts';
import type { RunGate } from '../history/run-gate.ts';
import { limitLine } from '../history/event.ts';
import { defaultParameters, type RuleParameters } from '../judge/rule.ts';
import { targetOf, type Target } from '../bench/target/target.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { StartedBroker } from '../parts/part.ts';
import { actionInWords } from '../scenario/describe.ts';
import type { Expectation } from '../scenario/expectation.ts';
import { expectationOf } from '../scenario/judge-expectations.ts';
import { plannedBroker, planOf, type PlanChanges } from '../scenario/plan-of.ts';
import { readLinkFaults } from '../scenario/scenario-faults.ts';
import { readRecordings } from '../scenario/recordings.ts';
import { readLinkTimelines } from '../scenario/timeline-file.ts';
import { readLinkProfiles } from '../scenario/scenario-links.ts';
import { readScenario, ScenarioErrors, type ScenarioFile } from '../scenario/read-scenario.ts';
import { gateWords } from './gate/read-gate.ts';
import { quoted } from './quoted.ts';
import { fileOfScenario, scenarioPath } from './shipped.ts';

/** Checks side by side: most of them wait most of their time, and a broker of ours bears what it is there for. */
const ownWidth = 48;
/** A broker of somebody else's has other work to do. */
const politeWidth = 24;

/** What every kind of run can be told. */
interface RunOptions {
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

/** Which scenario is played, and on what. */
export interface ScenarioOptions extends RunOptions, PlanChanges {
  /** Path of the scenario, or the name of a shipped one. */
  readonly scenario: string;
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
      await inLanes(described, options.atOnce ?? 1, async (target) => {
        const beganMs = clock.nowMs();
        const broker = await bench.startTarget(target.word, target);
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
    },
  };
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

/** What a target declares not to do, as reasons to skip the checks that need it. */
function limitsOf({ limits }: Target): readonly (readonly [Need, string])[] {
  return limits.map((it) => [it.needs, `declared limit: ${limitLine(it)}`] as const);
}

/** What its file does not allow to be done to a target. */
function forbidden({ allows }: Target): readonly (readonly [Need, string])[] {
  const missing = (['restart', 'kill'] as const).filter((it) => !allows.includes(it));
  if (missing.length === 0) return [];
  return [['restart', `the target file does not allow to ${missing.join(' or ')} it`]];
}

/** A scenario that can be played. */
export interface PreparedScenario extends PreparedRun {
  readonly plan: Plan;
  readonly expectations: readonly Expectation[];
}

/**
 * Reads a scenario and prepares its run.
 * @throws FieldbenchError `FB_SCENARIO_FILE`, `FB_LINK_BACKEND`, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`; ScenarioErrors for
 *   what is wrong in it and in the link profiles and fault files that it names
 */
export async function prepareScenario(options: ScenarioOptions): Promise<PreparedScenario> {
  const { scenario: word, target, backend, seed = 1 } = options;
  const file = await readScenario(scenarioPath(word));
  if (backend !== undefined) linkBackend(backend);
  const plan = planOf(
    file,
    options,
    await readLinkProfiles(file),
    await readLinkFaults(file),
    await readLinkTimelines(file),
    await readRecordings(file),
  );
  for (const it of plan.links) linkBackend(it.backend).check(it);
  await checkPrograms(file, plan);
  checkTargets(file, target);
  const words = [...(target ? [`--target ${quoted(target)}`] : []), ...(backend ? [`--backend ${backend}`] : [])];
  return {
    plan,
    expectations: file.scenario.expectations.map(expectationOf),
    bench: {
      mode: 'scenario',
      seed,
      command: ['fieldbench run', quoted(word), ...words, `--seed ${seed}`].join(' '),
      parameters: { ...defaultParameters, ...options.parameters },
      scenario: { file: file.file, text: file.text },
    },
    drive: (bench) =>
      play(plan, bench, { resolveFile: (path) => fileOfScenario(file.file, path), inWords: actionInWords }),
  };
}

/** Programs of PLCs are read before anything starts: what is wrong in one is told then. */
async function checkPrograms(file: ScenarioFile, plan: Plan): Promise<void> {
  for (const it of plan.devices) if (it.kind === 'plc') await readPlcFile(fileOfScenario(file.file, it.program));
}

/** Targets that nobody knows are told before anything starts, each with its place in the file. */
function checkTargets(file: ScenarioFile, instead: string | undefined): void {
  if (instead !== undefined) targetOf(instead);
  // Those of the file too where another one replaces them: its text stands in the journal, credentials never do.
  const errors = Object.entries(file.scenario.brokers).flatMap(([name, it]): FieldbenchError[] => {
    try {
      targetOfBroker(plannedBroker(file.file, name, it));
      return [];
    } catch (error) {
      if (!(error instanceof FieldbenchError)) throw error;
      return [placedAt(error, file.place(['brokers', name, 'target']))];
    }
  });
  if (errors.length > 0) throw new ScenarioErrors(file.file, errors);
}
