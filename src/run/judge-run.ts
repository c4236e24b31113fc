// Judges a run from its journal: the same way right after the run, in a test, and a year later.
import type { Check } from '../conformance/check.ts';
import { checks as ourChecks } from '../conformance/checks.ts';
import { judgeChecks } from '../conformance/judge-checks.ts';
import { suiteVersion } from '../conformance/suite.ts';
import { FieldbenchError } from '../error.ts';
import { notDone } from '../bench/timeline.ts';
import {
  limitId,
  limitLine,
  type HistoryEvent,
  type RunEnded,
  type RunStarted,
  type TargetDescribed,
} from '../history/event.ts';
import type { Finding } from '../judge/finding.ts';
import { exitCodeOf, foldFindings } from '../judge/fold.ts';
import { decide } from '../judge/gate/decide.ts';
import type { Decision } from '../judge/gate/decision.ts';
import { createJudge, type JudgeSetup } from '../judge/judge.ts';
import type { JudgedCheck, JudgedRun, JudgedTarget } from '../judge/judged.ts';
import { defaultParameters, type Rule } from '../judge/rule.ts';
import { rules } from '../judge/rules.ts';
import { createSlicer } from '../judge/slice.ts';
import { foldVerdicts } from '../judge/verdict.ts';
import { quoted } from './quoted.ts';
import { compressionInWords } from '../scenario/describe.ts';
import { judgeExpectations } from '../scenario/judge-expectations.ts';
import { parseScenario } from '../scenario/read-scenario.ts';
import { tapDevices } from './tap-devices.ts';

/** Why nothing is known of connections that nobody was to look at. */
export const unlooked = 'nobody was to read it';

/** Name of the mark in a journal whose run is not judged. */
export const unjudged = 'not-judged';

/**
 * Judges a whole history.
 * @param checks whose judges are asked; default: every check of ours
 * @throws FieldbenchError `FB_JOURNAL_EMPTY` when it does not begin with a run.
 */
export function judgeRun(events: readonly HistoryEvent[], checks: readonly Check[] = ourChecks): JudgedRun {
  const run = events.find((it): it is RunStarted => it.kind === 'run');
  if (run === undefined) {
    throw new FieldbenchError({
      code: 'FB_JOURNAL_EMPTY',
      message: 'the journal holds no run',
      expected: 'an event of kind "run" at its beginning',
      actual: `${events.length} events, none of that kind`,
      hint: 'the bench was ended before it began, or this is another file',
    });
  }
  const judge = createJudge({ ...judgeOf(run), rules: rulesOf(run, events) });
  const slicer = createSlicer();
  const listed: Finding[] = [];
  for (const event of events) {
    listed.push(...judge.step(event));
    slicer.step(event);
  }
  const found = [...listed, ...judge.end()]; // Too many for arguments: a large fleet leaves passes of every device.
  const described = events.filter((it): it is TargetDescribed => it.kind === 'target');
  const end = events.findLast((it): it is RunEnded => it.kind === 'end');
  const targets = described.map((it): JudgedTarget => {
    const judged = judgeChecks(checks, it.target, slicer, found, (check) => repeatCheck(run, it, check));
    const byRules = found.filter((finding) => finding.target === it.target);
    const own = [...limitFindings(it), ...byRules, ...judged.findings];
    return judgedTarget(it, own, [...judged.checks, ...expectationsOf(run, it, described, events)]);
  });
  const parties = [...targets, ...simulatedParties(run, events, described, found), ...devicesOnTap(run, events, found)];
  const isComplete = end?.how === 'completed';
  const verdicts = [
    ...parties.flatMap((it) => [...it.findings, ...it.checks].map((judged) => judged.verdict)),
    ...(isComplete ? [] : (['inconclusive'] as const)),
  ];
  const common = { run, ...(end && { end }), verdict: foldVerdicts(verdicts), suite: suiteVersion() };
  const warnings = warningsOf(events, end);
  if (run.gate !== undefined) {
    const decided = decide(run.gate, parties, isComplete);
    return { ...common, ...decided, warnings: [...warnings, ...idleTexts(decided.decision)] };
  }
  const exitCode = isUnjudged(events) && isComplete ? 0 : exitCodeOf(verdicts);
  return { ...common, exitCode, targets: parties, warnings };
}

function idleTexts({ idleWaivers }: Decision): readonly string[] {
  return idleWaivers.map(({ waiver, why }) => `the waiver of ${waiver.id} on ${waiver.target} covers nothing: ${why}`);
}

/** How the clients of a run are told apart, and by what tolerances it is judged: live, and from its journal. */
export function judgeOf({ mode, parameters }: Pick<RunStarted, 'mode' | 'parameters'>): Omit<JudgeSetup, 'rules'> {
  return {
    parameters: { ...defaultParameters, ...parameters },
    clients: mode === 'tap' ? 'devices' : 'parts',
  };
}

function rulesOf({ mode }: RunStarted, events: readonly HistoryEvent[]): readonly Rule[] {
  if (isUnjudged(events)) return [];
  return mode === 'conform' ? rules.filter((it) => it.judges === 'server') : rules;
}

/** Whoever asked for no verdict is told none. */
function isUnjudged(events: readonly HistoryEvent[]): boolean {
  return events.some((it) => it.kind === 'mark' && it.name === unjudged);
}

/** Each declared limit once, whatever it keeps from being judged. */
function limitFindings({ seq, target, limits }: TargetDescribed): readonly Finding[] {
  return limits.map((it) => ({
    by: limitId(it),
    target,
    verdict: 'limit',
    expected: [`a target that offers ${it.needs}`],
    actual: limitLine(it),
    evidence: { events: [seq] },
    count: 1,
  }));
}

/** Real devices are judged too: that is what a tap is for. */
function devicesOnTap(
  run: RunStarted,
  events: readonly HistoryEvent[],
  found: readonly Finding[],
): readonly JudgedTarget[] {
  if (run.mode !== 'tap' || isUnjudged(events)) return [];
  return tapDevices(events, found).map(({ name, how, findings }) => ({
    ...judgedTarget({ target: name, version: '', how, limits: [] }, findings, []),
    role: 'device',
  }));
}

/** In a scenario the simulated devices are judged too: a bench whose own devices break the standard proves little. */
function simulatedParties(
  run: RunStarted,
  events: readonly HistoryEvent[],
  described: readonly TargetDescribed[],
  found: readonly Finding[],
): readonly JudgedTarget[] {
  if (run.mode !== 'scenario') return [];
  const known = new Set(described.map((it) => it.target));
  const names = new Set(found.flatMap((it) => (it.target === undefined || known.has(it.target) ? [] : [it.target])));
  return [...names].map((target) => {
    const findings = found.filter((it) => it.target === target);
    const device = { target, ...madeOf(target, run, events), limits: [] };
    return { ...judgedTarget(device, findings, []), role: 'device' };
  });
}

/** A program that is not ours says which when it starts. */
function madeOf(
  part: string,
  { fieldbench }: RunStarted,
  events: readonly HistoryEvent[],
): Pick<TargetDescribed, 'version' | 'how'> {
  const started = events.find((it) => it.kind === 'part' && it.part === part && it.state === 'starting');
  if (started?.kind !== 'part' || started.detail === undefined) return { version: fieldbench, how: 'simulated device' };
  return { version: '', how: started.detail };
}

/** Expectations concern the whole bench; they stand with its first target. */
function expectationsOf(
  run: RunStarted,
  target: TargetDescribed,
  described: readonly TargetDescribed[],
  events: readonly HistoryEvent[],
): readonly JudgedCheck[] {
  if (run.scenario === undefined || target !== described[0]) return [];
  const { scenario } = parseScenario(run.scenario.file, run.scenario.text, run.scenario);
  return judgeExpectations(scenario, events, run.command);
}

function judgedTarget(
  it: Pick<TargetDescribed, 'target' | 'version' | 'how' | 'limits'>,
  findings: readonly Finding[],
  checks: readonly JudgedCheck[],
): JudgedTarget {
  const statements = foldFindings(findings).get(it.target) ?? [];
  const byId = statements.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return {
    name: it.target,
    role: 'target',
    version: it.version,
    how: it.how,
    limits: it.limits,
    statements: byId,
    checks,
    findings,
  };
}

function repeatCheck(run: RunStarted, target: TargetDescribed, check: string): string {
  const word = quoted(target.repeat);
  const allowed = run.command.includes(`--destructive ${word} `) ? ` --destructive ${word}` : '';
  const link = run.link === undefined ? '' : ` --link ${quoted(run.link.word)}`;
  return `fieldbench conform --target ${word}${link}${allowed} --select ${check} --seed ${run.seed}`;
}

const ending = { failed: 'the run could not go on', interrupted: 'the run was interrupted' } as const;

function warningsOf(events: readonly HistoryEvent[], end: RunEnded | undefined): readonly string[] {
  const unseen = events
    .flatMap((it) => (it.kind === 'gap' || it.kind === 'truncated' ? [it.why] : []))
    .filter((why) => why !== unlooked);
  const counted = [...Map.groupBy(unseen, (why) => why)].map(([why, all]) => `${why} (${all.length} times)`);
  const run = events.find((it): it is RunStarted => it.kind === 'run');
  const { timeCompression } = run ?? {};
  const left = [...(timeCompression === undefined ? [] : [compressionInWords(timeCompression)]), ...leftOut(events)];
  if (end === undefined)
    return [...counted, ...left, 'the journal has no end: the bench was killed, and what came later is missing'];
  if (end.how !== 'completed') return [...counted, ...left, `${ending[end.how]}${end.reason ? `: ${end.reason}` : ''}`];
  return [...counted, ...left];
}

/** Steps of the timeline that did not happen: what depends on them was never there to be judged. */
function leftOut(events: readonly HistoryEvent[]): readonly string[] {
  return events.flatMap((it) => {
    if (it.kind !== 'mark' || it.name !== notDone) return [];
    return [`a step of the timeline did not happen: ${it.data?.['step']} (${it.data?.['why']})`];
  });
}
