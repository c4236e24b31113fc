// What the words of a timeline come to on each kind of part.
import { FieldbenchError } from '../error.ts';
import type { DeviceLife } from '../parts/devices/device-life.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { PartContext, StartedBroker } from '../parts/part.ts';
import type { Conditions } from './condition.ts';
import {
  lifeWords,
  type LifeWord,
  type LinkAction,
  type PartAction,
  type PlannedMessage,
  type PlcAction,
} from './planned-action.ts';

type LifeAction = Extract<PartAction, { readonly do: LifeWord }>;
type DeviceAction = Exclude<PartAction | PlcAction, LifeAction>;
type Request = Extract<PartAction, { readonly do: 'request' }>;

/** What an action on a device needs beside the device. */
export interface ActWorld {
  readonly context: Pick<PartContext, 'clock' | 'history' | 'signal'>;
  readonly conditions: Conditions;
}

/** Does something to the life of a broker. */
export async function actOnBroker(broker: StartedBroker, action: PartAction | PlcAction): Promise<void> {
  if (!isOnLife(action)) throw unable(action);
  await broker[action.do]();
}

/**
 * Does something to a device on MQTT; a start does not wait until it is online.
 * @returns why it could not be done, where it could not
 */
export async function actOnDevice(
  life: DeviceLife,
  action: PartAction | PlcAction,
  world: ActWorld,
): Promise<string | undefined> {
  if (isOnLife(action)) {
    await life[action.do]();
    return undefined;
  }
  if (life.device === undefined) return `${life.name} is not running`;
  if (life.isPaused) return `${life.name} is paused`;
  return actOnRunning(life, action, world);
}

async function actOnRunning(life: DeviceLife, action: DeviceAction, world: ActWorld): Promise<string | undefined> {
  const { device } = life;
  switch (action.do) {
    case 'stimulate':
      if (!device?.stimulate) throw unable(action);
      device.stimulate(action.value);
      return undefined;
    case 'alarm':
      if (!device?.raiseAlarm) throw unable(action);
      device.raiseAlarm(action.on);
      return undefined;
    case 'clock':
      if (!device?.stepClock) throw unable(action);
      device.stepClock(action.stepMs);
      return undefined;
    case 'publish':
      publish(life, action);
      return undefined;
    case 'request':
      return request(life, action, world);
    default:
      throw unable(action);
  }
}

function publish(life: DeviceLife, message: PlannedMessage & PartAction): void {
  const { topic, payload, qos, retain } = message;
  if (!life.device?.publish) throw unable(message);
  life.device.publish({ topic, payload: Buffer.from(payload), qos, retain });
}

/** The answer is looked for from before the question is asked. */
async function request(life: DeviceLife, action: Request, { context, conditions }: ActWorld): Promise<undefined> {
  const { clock, history, signal } = context;
  const { part, topic, answer, withinMs } = action;
  const askedMs = clock.nowMs();
  const answered = conditions.comes({ kind: 'message', at: part, filter: answer, count: 1 }, withinMs, signal);
  publish(life, action);
  const isAnswered = await answered;
  const took = isAnswered ? { tookMs: Math.round((clock.nowMs() - askedMs) * 1000) / 1000 } : { withinMs };
  history.record({ kind: 'mark', name: 'request', data: { part, topic, answer, isAnswered, ...took } });
}

/** Does something to one link. */
export async function actOnLink(link: StartedFaultyLink, action: LinkAction): Promise<void> {
  switch (action.do) {
    case 'shape':
      return link.shape(action);
    case 'cut':
      return link.cut(action.how);
    case 'half-open':
      return link.halfOpen(action.dead);
    case 'restore':
      return link.restore();
    case 'fault':
      return link.addFaults(action.faults);
  }
}

function isOnLife(action: PartAction | PlcAction): action is LifeAction {
  return lifeWords.some((it) => it === action.do);
}

/** Planning refuses what a kind of part cannot do; what comes here is a plan that was made by other hands. */
export function unable(action: PartAction | PlcAction): FieldbenchError {
  return new FieldbenchError({ code: 'FB_PLAN', message: `"${action.part}" cannot do this: ${action.do}` });
}
