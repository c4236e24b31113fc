// A plan in words: what `run --dry` prints, and what the run prints before it starts.
import { faultInWords } from '../faults/fault-in-words.ts';
import type { Plan, PlannedBroker, PlannedLink } from '../bench/plan.ts';
import type { PlannedBridge } from '../bench/planned-bridge.ts';
import type { PlannedDevice, PlannedForeign, PlannedNodeRed, PlannedSession } from '../bench/planned-device.ts';
import { conductInWords, figuresInWords } from '../faults/profile-in-words.ts';
import type { Expectation } from './expectation.ts';
import { stepInWords } from './step-in-words.ts';

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
    ...plan.bridges.map((it) => `  ${it.name}: ${bridgeInWords(it)}`),
    ...plan.links.flatMap(linkInWords),
    ...plan.devices.map((it) => `  ${it.name}: ${deviceInWords(it)}`),
    '',
    'Timeline, counted from the moment when every device is online',
    ...(plan.timeCompression === undefined ? [] : [`  ${compressionInWords(plan.timeCompression)}`]),
    ...plan.steps.map((it) => `  ${stepInWords(it)}`),
    `  ${seconds(plan.durationMs)}  publishing ends; ${plan.settleMs / 1000} s for what is under way`,
    '',
    'Expectations',
    ...expectations.flatMap((it) => it.expected.map((line) => `  ${line}`)),
    '  no statement of the standard that the run exercises is broken by a broker',
  ];
}

const targetWords = (target: PlannedBroker['target']): string => (typeof target === 'string' ? target : target.title);

function linkInWords({ name, backend, profile, faults = [] }: PlannedLink): readonly string[] {
  const { title, caution } = profile;
  return [
    `  ${name}: link by ${backend}, ${title}; ${figuresInWords(profile)}`,
    ...conductInWords(profile).map((line) => `    ${line}`),
    ...(caution === undefined ? [] : [`    caution: ${caution}`]),
    ...faults.map((it) => `    fault ${faultInWords(it)}`),
  ];
}

function bridgeInWords({ from, to, link, topics, keepAliveS }: PlannedBridge): string {
  const carries = topics.map(({ filter, direction, qos }) => `${filter} ${direction} at QoS ${qos}`).join(', ');
  return `bridge of ${from} to ${to}${link === undefined ? '' : ` over ${link}`}, keep alive ${keepAliveS} s: ${carries}`;
}

function deviceInWords(it: PlannedDevice): string {
  switch (it.kind) {
    case 'plc':
      return `PLC serving Modbus TCP, ${it.program}`;
    case 'subscriber':
      return `subscribes to ${Object.keys(it.filters).join(', ')} on ${pathInWords(it.session)}`;
    case 'sensor':
      return `sensor, QoS ${it.qos} every ${it.intervalMs / 1000} s below ${it.topic} to ${pathInWords(it.session)}`;
    case 'mqtt-js':
    case 'paho-python':
      return `device on ${libraries[it.kind]}, ${foreignInWords(it)} on ${pathInWords(it.session)}`;
    case 'node-red':
    case 'container:node-red':
      return `${nodeRedInWords(it)}, polls ${plcInWords(it)} every ${it.pollMs / 1000} s, QoS ${it.qos} below ${it.topic} to ${pathInWords(it.session)}`;
    case 'http-poller':
      return `asks a web server by HTTP every ${it.intervalMs / 1000} s for what comes on ${Object.keys(it.filters).join(', ')} of ${pathInWords(it.session)}`;
    case 'modbus-mqtt':
      return `gateway, polls ${plcInWords(it)} every ${it.pollMs / 1000} s, QoS ${it.qos} below ${it.topic} to ${pathInWords(it.session)}`;
  }
}

const plcInWords = ({ plc, port }: { readonly plc: string; readonly port: number }): string =>
  port === 1 ? plc : `${plc} at its port ${port}`;

function nodeRedInWords({ kind, image }: PlannedNodeRed): string {
  if (kind === 'node-red') return 'Node-RED';
  return `Node-RED in a container${image === undefined ? '' : ` of ${image}`}`;
}

const libraries = { 'mqtt-js': 'npm mqtt', 'paho-python': 'Paho for Python' } as const;

function foreignInWords({ publishes, filters }: PlannedForeign): string {
  const sends = publishes && `QoS ${publishes.qos} every ${publishes.intervalMs / 1000} s below ${publishes.topic}`;
  const hears = Object.keys(filters).length === 0 ? undefined : `subscribes to ${Object.keys(filters).join(', ')}`;
  return [sends, hears].filter((it) => it !== undefined).join(', ');
}

function pathInWords(session: PlannedSession): string {
  const link = session.link === undefined ? '' : ` over ${session.link}`;
  const later = session.startsLater === true ? ', started later' : '';
  return `${session.broker}${link}, keep alive ${session.keepAliveS} s${later}`;
}

/** What the run says of itself where it is played faster than written. */
export function compressionInWords(by: number): string {
  return `intervals of devices and timeline ${by} times shorter than written; keep alive and links as written`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)} s`;
