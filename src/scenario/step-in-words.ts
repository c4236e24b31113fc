// Steps of a timeline in words: when, and what; printed by `run --dry` and noted in the history.
import type { PlannedAction, PlannedMessage } from '../bench/planned-action.ts';
import type { PlannedCondition, PlannedStep } from '../bench/planned-step.ts';
import { faultInWords } from '../faults/fault-in-words.ts';
import { figuresInWords } from '../faults/profile-in-words.ts';
import { plcActionInWords } from './plc-action-in-words.ts';

/** One line of the timeline in words. */
export function stepInWords({ atMs, since, when, action }: PlannedStep): string {
  const moment = `${padded(atMs)}${since === undefined ? '' : ` after ${since}`}`;
  const what = actionInWords(action);
  if (when === undefined) return `${moment}  ${what}`;
  return `${moment}  when ${conditionInWords(when.condition)}, within ${when.withinMs / 1000} s: ${what}`;
}

const padded = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;

function conditionInWords(it: PlannedCondition): string {
  switch (it.kind) {
    case 'online': {
      const [only] = it.devices;
      if (it.devices.length === 1 && only !== undefined) return `${only} is online`;
      return `${it.sharePct} % of ${it.devices.length} devices are online`;
    }
    case 'message': {
      const saying = it.contains === undefined ? '' : ` with ${JSON.stringify(it.contains)}`;
      return it.count === 1
        ? `a message on ${it.filter}${saying} comes to ${it.at}`
        : `${it.count} messages on ${it.filter}${saying} have come to ${it.at}`;
    }
    case 'part':
      return `${it.part} is ${it.is}`;
    case 'link':
      return `${it.link} is ${it.is}`;
  }
}

const lives = {
  start: 'is started',
  stop: 'is stopped',
  kill: 'is killed (a process by SIGKILL, a device by a power cut)',
  pause: 'stands still, its connections open',
  resume: 'goes on',
  restart: 'is started again',
} as const;

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
    case 'phase':
      return `phase ${action.phase} begins`;
    default:
      return `${action.part} ${partActionInWords(action)}`;
  }
}

type OnPart = Extract<PlannedAction, { readonly part: string }>;

function partActionInWords(action: OnPart): string {
  switch (action.do) {
    case 'stimulate':
      return action.value === undefined ? 'measures again' : `measures ${action.value} from here on`;
    case 'alarm':
      return action.on ? 'raises its alarm' : 'takes its alarm back';
    case 'clock':
      return `sets its clock ${action.stepMs < 0 ? 'back' : 'forward'} by ${Math.abs(action.stepMs) / 1000} s`;
    case 'publish':
      return `publishes ${messageInWords(action)}`;
    case 'request':
      return `asks ${messageInWords(action)}, and waits ${action.withinMs / 1000} s for an answer on ${action.answer}`;
    case 'start':
    case 'stop':
    case 'kill':
    case 'pause':
    case 'resume':
    case 'restart':
      return lives[action.do];
    default:
      return plcActionInWords(action);
  }
}

function messageInWords({ topic, payload, qos, retain }: PlannedMessage): string {
  const text = payload.length > 40 ? `${payload.slice(0, 40)}...` : payload;
  return `${JSON.stringify(text)} on ${topic} at QoS ${qos}${retain ? ', retained' : ''}`;
}
