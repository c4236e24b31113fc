// The sample run as a gate decides it: one failure each that is new, known and waived, with a waiver that expired; and
// a declared limit.
import type { RunGate, Waiver } from '../../src/history/run-gate.ts';
import { decide } from '../../src/judge/gate/decide.ts';
import type { JudgedTarget } from '../../src/judge/judged.ts';
import type { StatementId } from '../../src/spec/statement.ts';
import { sample, type Sample } from './sample.ts';

/** `text` stands wherever a waiver or a baseline has words of somebody else. */
export function gatedSample(text = 'a word', changes: Partial<RunGate> = {}): Sample {
  const { run, events } = sample(text);
  const [target] = run.targets;
  if (target === undefined) throw new Error('the sample has a target');
  const gate = { ...gateOf(text), ...changes };
  const decided = decide(gate, [withFailures(target)], true);
  return { run: { ...run, run: { ...run.run, gate }, ...decided }, events };
}

/** A failure for every way to stand, each in a statement of its own. */
const failing: Readonly<Record<string, StatementId>> = {
  known: 'MQTT-3.8.4-1',
  waived: 'MQTT-3.12.4-1',
  expired: 'MQTT-3.3.1-5',
};

function withFailures(target: JudgedTarget): JudgedTarget {
  const [like] = target.findings;
  if (like === undefined) throw new Error('the sample has a finding');
  const { check: _none, statement: _neither, ...plain } = like;
  return {
    ...target,
    statements: [
      ...target.statements,
      ...Object.values(failing).map((id) => ({ id, verdict: 'fail' as const, by: ['r'], measured: [] })),
    ],
    findings: [
      ...target.findings,
      ...Object.entries(failing).map(([how, id]) => ({ ...plain, by: 'r', statement: id, actual: `${how} failure` })),
      { ...plain, by: 'limit/qos2', verdict: 'limit', actual: 'no QoS 2' },
    ],
  };
}

function gateOf(text: string): RunGate {
  const waiver = (id: string, expires: string): Waiver => {
    return { target: '*', id, reason: text, link: 'https://example.org/1', expires };
  };
  const verdicts = { fail: ['MQTT-3.8.4-1', 'MQTT-4.6.0-6'], pass: ['MQTT-4.3.2-2', 'reconnected', 'x/absent'] };
  return {
    today: '2027-03-31',
    failOn: ['fail'],
    baseline: {
      file: text,
      runId: text,
      startedAt: '2027-01-01T00:00:00.000Z',
      fieldbench: text,
      targets: [{ name: 'broker', version: text, verdicts }],
    },
    waivers: {
      file: text,
      entries: [
        waiver('MQTT-3.12.4-1', '2027-12-31'),
        waiver('MQTT-3.3.1-5', '2027-01-31'),
        waiver('x/y', '2027-12-31'),
      ],
    },
  };
}
