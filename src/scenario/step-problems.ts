// Steps of a timeline that cannot be: what a kind of part cannot do, and an answer that nobody would hear.
import { lifeWords } from '../bench/planned-action.ts';
import { FieldbenchError } from '../error.ts';
import { filterMatches, topicFilterFlaw } from '../wire/topic.ts';
import { devicesOf } from './planned-condition.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { Scenario, ScenarioDevice, ScenarioStep } from './schema.ts';
import { stepWord } from './step-word.ts';
import { partWords, plcWords, type StepWord } from './step-words.ts';
import type { Timing } from './step-timing.ts';

/** What a kind of device can do beside living. */
function abilities(kind: ScenarioDevice['kind']): readonly StepWord[] {
  switch (kind) {
    case 'sensor':
      return ['stimulate', 'alarm', 'clock', 'publish'];
    case 'subscriber':
      return ['publish', 'request'];
    case 'modbus-mqtt':
      return ['publish'];
    case 'mqtt-js':
    case 'paho-python':
    case 'node-red':
    case 'container:node-red':
    case 'http-poller':
      return []; // What it publishes is its own business.
    case 'plc':
      return [...plcWords, 'clock'];
  }
}

/** One error for each. */
export function stepProblems(file: ScenarioFile): readonly FieldbenchError[] {
  return file.scenario.timeline.flatMap((step, line) => {
    const problems = [
      unableOf(step, file.scenario),
      coldOf(step, file.scenario),
      unheardOf(step, file.scenario),
      nobodyOf(step, file.scenario),
    ];
    return problems.flatMap((it) =>
      it === undefined
        ? []
        : new FieldbenchError({
            code: 'FB_SCENARIO_STEP',
            message: `timeline.${line}.${it.key}: ${it.message}`,
            at: file.place(['timeline', line, it.key]),
            ...(it.hint !== undefined && { hint: it.hint }),
          }),
    );
  });
}

interface Problem {
  readonly key: string;
  readonly message: string;
  readonly hint?: string;
}

function unableOf(step: ScenarioStep, { brokers, devices }: Scenario): Problem | undefined {
  const { word, name } = stepWord(step);
  const device = devices[name];
  const isKnown = device !== undefined || Object.hasOwn(brokers, name);
  const able = [...lifeWords, ...(device === undefined ? [] : abilities(device.kind))];
  if (!isKnown || !onParts.has(word) || able.includes(word)) return undefined;
  const kind = device?.kind ?? 'broker';
  return { key: word, message: `a ${kind} cannot do this`, hint: `a ${kind} knows ${able.join(', ')}` };
}

const onParts: ReadonlySet<StepWord> = new Set(partWords);

/** Only a PLC retains something, or not. */
function coldOf(step: ScenarioStep, { brokers, devices }: Scenario): Problem | undefined {
  if (!('restart' in step) || step.how === undefined) return undefined;
  const kind = Object.hasOwn(brokers, step.restart) ? 'broker' : devices[step.restart]?.kind;
  if (kind === undefined || kind === 'plc') return undefined;
  return { key: 'how', message: `a ${kind} knows no ${step.how} start`, hint: 'only a PLC does: leave "how" out' };
}

/** A device hears an answer only where it subscribes to it. */
function unheardOf(step: ScenarioStep, { devices }: Scenario): Problem | undefined {
  if (!('request' in step)) return undefined;
  const device = devices[step.request];
  const { topic } = step.answer;
  if (topicFilterFlaw(topic) !== undefined) return { key: 'answer', message: `"${topic}" is no topic filter` };
  if (device?.kind !== 'subscriber') return undefined;
  const filters = Object.keys(device.filters);
  if (filters.some((filter) => filterMatches(filter, topic))) return undefined;
  const message = `"${step.request}" does not subscribe to "${topic}"`;
  return { key: 'answer', message, hint: `its filters are ${filters.join(', ')}` };
}

/** Of nobody no share can be online. */
function nobodyOf(step: ScenarioStep, scenario: Scenario): Problem | undefined {
  const { when }: Timing = step;
  if (when === undefined || !('online' in when) || devicesOf(when.of, scenario).length > 0) return undefined;
  const names = devicesOf(undefined, scenario).join(', ');
  const message = when.of === undefined ? 'there is no device' : `there is no device "${when.of}"`;
  return { key: 'when', message, hint: names === '' ? 'devices on MQTT can be online' : `known are: ${names}` };
}
