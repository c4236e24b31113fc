// What is wrong with the targets of a scenario: unknown ones, and what its timeline and bridges ask of them in vain.
import { targetOfBroker } from '../bench/target-of-broker.ts';
import type { Plan } from '../bench/plan.ts';
import { lifeWords } from '../bench/planned-action.ts';
import type { Allowance } from '../bench/target/allowance.ts';
import { errorsOf } from '../bench/files/file-errors.ts';
import { FieldbenchError } from '../error.ts';
import { plannedBroker } from '../scenario/plan-of.ts';
import type { ScenarioFile } from '../scenario/read-scenario.ts';

/**
 * Targets that nobody knows, each with its place in the file: those of the file too where another one replaces them,
 * for its text stands in the journal, and credentials never do.
 */
export function targetProblems(file: ScenarioFile): readonly FieldbenchError[] {
  return Object.entries(file.scenario.brokers).flatMap(([name, it]): readonly FieldbenchError[] => {
    try {
      targetOfBroker(plannedBroker(file.file, name, it));
      return [];
    } catch (error) {
      return errorsOf(error, file.place(['brokers', name, 'target']));
    }
  });
}

/** What each word of a timeline needs to be allowed of a broker's target. */
const allowanceOf: Readonly<Record<(typeof lifeWords)[number], Allowance>> = {
  start: 'restart',
  stop: 'restart',
  restart: 'restart',
  kill: 'kill',
  pause: 'pause',
  resume: 'pause',
};

/** What may not be done to a broker, by its target. */
export function lifeProblems(file: ScenarioFile, plan: Plan): readonly FieldbenchError[] {
  const errors = plan.steps.flatMap(({ action, line, isUndoing }): FieldbenchError[] => {
    const broker = 'part' in action ? plan.brokers.find((it) => it.name === action.part) : undefined;
    const word = lifeWords.find((it) => it === action.do);
    if (broker === undefined || word === undefined || isUndoing === true) return [];
    const { allows } = targetOfBroker(broker);
    const needed = allowanceOf[word];
    if (allows.includes(needed)) return [];
    return [
      new FieldbenchError({
        code: 'FB_TARGET_CAPABILITY',
        message: `timeline.${line}.${word}: this may not be done to the target of "${broker.name}"`,
        expected: `a target of the bench's own that allows: [${needed}]`,
        actual: `allows: [${allows.join(', ')}]`,
        at: file.place(['timeline', line, word]),
        hint: 'use another target, or leave the step out',
      }),
    ];
  });
  return [...new Map(errors.map((it) => [it.message, it])).values()];
}

/** A bridge stands in the configuration of its broker: the target has to say where. */
export function bridgeProblems(file: ScenarioFile, plan: Plan): readonly FieldbenchError[] {
  return plan.bridges.flatMap(({ name, from }): FieldbenchError[] => {
    const broker = plan.brokers.find((it) => it.name === from);
    if (broker === undefined || targetOfBroker(broker).bridged !== undefined) return [];
    return [
      new FieldbenchError({
        code: 'FB_TARGET_CAPABILITY',
        message: `bridges.${name}: the target of "${from}" cannot have bridges`,
        expected: 'Mosquitto as a process, or a target whose process has a "bridgeFile"',
        actual: targetOfBroker(broker).word,
        at: file.place(['bridges', name, 'from']),
        hint: 'give the broker that is bridged the target mosquitto',
      }),
    ];
  });
}
