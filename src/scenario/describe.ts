// A plan in words: what `run --dry` prints, and what the run prints before it starts.
import { faultInWords } from '../faults/fault-in-words.ts';
import type { Plan, PlannedBroker, PlannedLink } from '../bench/plan.ts';
import type { PlannedAction } from '../bench/planned-action.ts';
import type { PlannedDevice, PlannedSession } from '../bench/planned-device.ts';
import { conductInWords, figuresInWords } from '../faults/profile-in-words.ts';
import type { Expectation } from './expectation.ts';

/**
 * The plan as lines of plain text.
 * @param made what is said of how it came to be
 */
export function describePlan(
  plan: Plan,
  expectations: readonly Expectation[],
  made: readonly string[] = [],
): readonly string[] {
  return [
    `${plan.name}: ${plan.question}`,
    '',
    ...made,
    'Parts',
    ...plan.brokers.map((it) => `  ${it.name}: broker, ${targetWords(it.target)}`),
    ...plan.links.flatMap(linkInWords),
    ...plan.devices.map((it) => `  ${it.name}: ${deviceInWords(it)}`),
    '',
    'Timeline, counted from the moment when every device is online',
    ...plan.steps.map((it) => `  ${seconds(it.atMs)}  ${actionInWords(it.action)}`),
    `  ${seconds(plan.durationMs)}  publishing ends; ${plan.settleMs / 1000} s for what is under way`,
    '',
    'Expectations',
    ...expectations.flatMap((it) => it.expected.map((line) => `  ${line}`)),
    '  no statement of the standard that the run exercises is broken by a broker',
  ];
}

const targetWords = (target: PlannedBroker['target']): string => (typeof target === 'string' ? target : target.title);

/** One action in words. */
export function actionInWords(action: PlannedAction): string {
  switch (action.do) {
    case 'shape': {
      if (action.profile) return `${action.link}: ${action.profile.title}; ${figuresInWords(action.profile)}`;
      const delay = action.delayMs === undefined ? [] : [`${action.delayMs} ms one way`];
      const jitter = action.jitterMs === undefined ? [] : [`jitter ${action.jitterMs} ms`];
      return `${action.link}: ${[...delay, ...jitter].join(', ')}`;
    }
    case 'cut':
      return `${action.link} is cut (${action.how === 'drop' ? 'packets vanish' : 'connections are reset'})`;
    case 'half-open':
      return `${action.link}: nothing passes ${action.dead === 'toServer' ? 'to the broker' : 'to the devices'}`;
    case 'fault':
      return `${action.link}: from here on ${action.faults.map(faultInWords).join('; ')}`;
    case 'restore':
      return `${action.link} is restored`;
    case 'kill':
      return `${action.broker} is killed (SIGKILL)`;
    case 'stop':
      return `${action.broker} is stopped`;
    case 'restart':
      return `${action.broker} is started again`;
  }
}

function linkInWords({ name, backend, profile, faults = [] }: PlannedLink): readonly string[] {
  const { title, caution } = profile;
  return [
    `  ${name}: link by ${backend}, ${title}; ${figuresInWords(profile)}`,
    ...conductInWords(profile).map((line) => `    ${line}`),
    ...(caution === undefined ? [] : [`    caution: ${caution}`]),
    ...faults.map((it) => `    fault ${faultInWords(it)}`),
  ];
}

function deviceInWords(it: PlannedDevice): string {
  switch (it.kind) {
    case 'plc':
      return `PLC serving Modbus TCP, ${it.program}`;
    case 'subscriber':
      return `subscribes to ${Object.keys(it.filters).join(', ')} on ${pathInWords(it.session)}`;
    case 'sensor':
      return `sensor, QoS ${it.qos} every ${it.intervalMs / 1000} s below ${it.topic} to ${pathInWords(it.session)}`;
    case 'modbus-mqtt':
      return `gateway, polls ${it.plc} every ${it.pollMs / 1000} s, QoS ${it.qos} below ${it.topic} to ${pathInWords(it.session)}`;
  }
}

function pathInWords(session: PlannedSession): string {
  const link = session.link === undefined ? '' : ` over ${session.link}`;
  return `${session.broker}${link}, keep alive ${session.keepAliveS} s`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;
