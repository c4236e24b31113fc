// A scenario before it begins: everything that can be wrong with it is found here, before anything starts.
import { play } from '../bench/play.ts';
import type { Plan } from '../bench/plan.ts';
import { targetOf } from '../bench/target/target.ts';
import type { FieldbenchError } from '../error.ts';
import { defaultParameters } from '../judge/rule.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { Expectation } from '../scenario/expectation.ts';
import { expectationOf } from '../scenario/expectation-of.ts';
import { planOf, type PlanChanges } from '../scenario/plan-of.ts';
import { readScenario, ScenarioErrors, type ScenarioFile } from '../scenario/read-scenario.ts';
import { readLinkFaults } from '../scenario/scenario-faults.ts';
import { readLinkProfiles } from '../scenario/scenario-links.ts';
import { actionInWords } from '../scenario/step-in-words.ts';
import { readRecordings } from '../scenario/recordings.ts';
import { readLinkTimelines } from '../scenario/timeline-file.ts';
import { trustNeeds, untrusted, type TrustNeed } from '../scenario/trust.ts';
import { unknownNames } from '../scenario/unknown-names.ts';
import type { PreparedRun, RunOptions } from './prepared-run.ts';
import { withTariffs } from './link-tariffs.ts';
import { plcProblems, readPrograms } from './plc-programs.ts';
import { quoted } from './quoted.ts';
import { fileOfScenario, isShipped, scenarioPath } from './shipped.ts';
import { bridgeProblems, lifeProblems, targetProblems } from './target-problems.ts';

/** Which scenario is played, and on what. */
export interface ScenarioOptions extends RunOptions, PlanChanges {
  /** Path of the scenario, or the name of a shipped one. */
  readonly scenario: string;
  /** Values of its parameters, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Whether programs, images and credentials of a scenario that is not shipped may be used; default: no. */
  readonly trust?: boolean;
}

/** A scenario that can be played. */
export interface PreparedScenario extends PreparedRun {
  readonly file: ScenarioFile;
  /** What it does only where somebody trusts it; nothing where it is shipped. */
  readonly needsTrust: readonly TrustNeed[];
  readonly plan: Plan;
  readonly expectations: readonly Expectation[];
}

/**
 * Reads a scenario and prepares its run.
 * @throws FieldbenchError `FB_SCENARIO_FILE`, `FB_LINK_BACKEND`, `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`; ScenarioErrors for
 *   what is wrong in it, its parameters and the files it includes, and in the link profiles and fault files that it names
 */
export async function prepareScenario(options: ScenarioOptions): Promise<PreparedScenario> {
  const { scenario: word, set = {}, target, backend, seed = 1, trust = false, timeCompression } = options;
  const file = await readScenario(scenarioPath(word), set);
  if (backend !== undefined) linkBackend(backend);
  if (target !== undefined) targetOf(target);
  const needsTrust = isShipped(file.file) ? [] : trustNeeds(file, target);
  const plan = await planned(file, options, trust ? [] : untrusted(file, needsTrust));
  const words = [
    ...Object.entries(set).map(([name, value]) => `--set ${quoted(`${name}=${value}`)}`),
    ...(target ? [`--target ${quoted(target)}`] : []),
    ...(backend ? [`--backend ${backend}`] : []),
    ...(trust && needsTrust.length > 0 ? ['--trust'] : []),
    ...(timeCompression === undefined ? [] : [`--time-compression ${timeCompression}`]),
  ];
  return {
    file,
    needsTrust,
    plan,
    expectations: file.scenario.expectations.map((it) => expectationOf(it, file.scenario)),
    bench: {
      mode: 'scenario',
      seed,
      command: ['fieldbench run', quoted(word), ...words, `--seed ${seed}`].join(' '),
      parameters: { ...defaultParameters, ...options.parameters },
      ...(timeCompression !== undefined && { timeCompression }),
      scenario: file.source,
    },
    drive: (bench) =>
      play(plan, bench, { resolveFile: (path) => fileOfScenario(file.file, path), inWords: actionInWords }),
  };
}

/** The plan; everything that is wrong with the scenario and with the files that it names is told at once. */
async function planned(file: ScenarioFile, changes: PlanChanges, known: readonly FieldbenchError[]): Promise<Plan> {
  const errors = [...known, ...targetProblems(file)];
  const found = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ScenarioErrors)) throw error;
      errors.push(...error.errors);
      return undefined;
    }
  };
  const profiles = await found(readLinkProfiles(file));
  const faults = await found(readLinkFaults(file));
  const timelines = await found(readLinkTimelines(file));
  const recordings = await found(readRecordings(file));
  const programs = await found(readPrograms(file));
  if (!profiles || !faults || !timelines || !recordings || !programs) {
    throw new ScenarioErrors(file.file, [...errors, ...unknownNames(file)]);
  }
  const plan = await found(Promise.try(() => planOf(file, changes, profiles, faults, timelines, recordings)));
  if (plan !== undefined && errors.length === 0)
    errors.push(...lifeProblems(file, plan), ...bridgeProblems(file, plan), ...plcProblems(file, plan, programs));
  if (plan === undefined || errors.length > 0) throw new ScenarioErrors(file.file, errors);
  for (const it of plan.links) linkBackend(it.backend).check(it);
  return { ...plan, links: await withTariffs(plan.links, file.file) };
}
