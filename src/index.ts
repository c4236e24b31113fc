// The public surface: what a program uses to run scenarios and conformance checks and to read what came of them.

// Whole runs.
export { readGate } from './run/gate/read-gate.ts';
export type { GateOptions } from './run/gate/read-gate.ts';
export { readRunLink } from './run/over-link.ts';
export { runConformance, runScenario } from './run/complete-run.ts';
export type { CompletedRun, RunSurroundings } from './run/complete-run.ts';
export type { ConformanceOptions } from './run/prepared-run.ts';
export type { ScenarioOptions } from './run/prepared-scenario.ts';

// Reading what a run left behind.
export { judgeRun } from './run/judge-run.ts';
export { readJournal } from './history/read-journal.ts';
export { writeReports } from './report/write-reports.ts';
export type { HistoryEvent } from './history/event.ts';
export type { RunGate, Waiver } from './history/run-gate.ts';
export type { Evidence, Finding, Measurement } from './judge/finding.ts';
export type { Decision, GatedItem } from './judge/gate/decision.ts';
export type { Standing } from './judge/gate/standing.ts';
export type { JudgedCheck, JudgedRun, JudgedStatement, JudgedTarget } from './judge/judged.ts';
export type { RuleParameters } from './judge/rule.ts';
export type { Verdict } from './judge/verdict.ts';
export type { StatementId } from './spec/statement.ts';

// The steps of a run, for programs that do something of their own between them.
export { openBench } from './bench/bench.ts';
export { play } from './bench/play.ts';
export { checks } from './conformance/checks.ts';
export { selectChecks } from './conformance/select-checks.ts';
export { driveChecks } from './conformance/drive-checks.ts';
export { lacksOf, placeOf } from './conformance/driven-target.ts';
export { defaultParameters } from './judge/rule.ts';
export { actionInWords } from './scenario/step-in-words.ts';
export { planOf } from './scenario/plan-of.ts';
export { readFaultFile } from './scenario/fault-file.ts';
export { readLinkFaults } from './scenario/scenario-faults.ts';
export { readLinkProfiles } from './scenario/scenario-links.ts';
export { readScenario, ScenarioErrors } from './scenario/read-scenario.ts';
export type { Bench, BenchOptions } from './bench/bench.ts';
export type { Plan } from './bench/plan.ts';
export type { Check } from './conformance/check.ts';

// What goes wrong.
export { errorText, FieldbenchError } from './error.ts';
