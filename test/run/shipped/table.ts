// The shipped scenarios, at the size in which they are shipped: what holds on which broker, and what shows that it need not.
import type { KnownFailureList } from '../../../src/run/known-failures.ts';
import { aedes, aedesQos2, atTimes, memoryOnly } from './known.ts';
import { plants } from './plants.ts';

/** A change after which expectations must fail: what is set, or what is written instead in the scenario's text. */
export interface Wrong {
  readonly breaks: readonly [string, ...string[]];
  readonly set?: Readonly<Record<string, string>>;
  readonly instead?: readonly (readonly [written: string, instead: string])[];
}

/** One shipped scenario. */
export interface Shipped {
  readonly name: string;
  /** Played on the embedded broker wherever the tests are: what is set, so that it takes seconds. */
  readonly short?: Readonly<Record<string, string>>;
  /** Ids of expectations and statements that fail, with the reason. */
  readonly known: { readonly embedded: KnownFailureList; readonly mosquitto: KnownFailureList };
  readonly wrong: readonly Wrong[];
}

const cutAgain =
  'Aedes sends a message again that was released and confirmed (MQTT-4.3.3-1): its PUBLISH comes once more after PUBCOMP';
/** A back-off of which most waits are too long. */
const slowly = 'reconnect: { base: 600s, cap: 600s }';
/** Other faults of the same lines: a message twice, two in the wrong order, one that vanishes. */
const atDisplay = 'type: PUBLISH, qos: 2, direction: toClient';
const twice = `{ id: twice, when: { ${atDisplay}, nth: 3 }, do: duplicate, set: { packetId: { add: 1000 } } }`;
const swapped = `{ id: swapped, when: { ${atDisplay}, nth: 3 }, do: reorder }`;
const swallowed = '{ id: swallowed, when: { type: PUBLISH, qos: 2, nth: 3 }, do: drop }';
/** A fault of the scenario as it is written there. */
function cutAfter(name: string, replaced: string): string {
  return `{ id: after-${name}, when: { type: ${replaced}, nth: 3 }, do: rst, times: '\${cuts}' }`;
}

/** What the broker has retained does not come through to the display. */
const blindDisplay = [
  ['display: { kind: subscriber,', 'display: { kind: subscriber, link: blind,'],
  [
    '\nlinks:\n',
    '\nlinks:\n  blind: { faults: [{ id: f, when: { type: PUBLISH, retain: true, direction: toClient }, do: drop }] }\n',
  ],
] as const;
/** The translator has forgotten before the first command. */
const laterFirst = [
  '{ at: 0s, publish: control-room, topic: site/lamp',
  '{ at: 1s, publish: control-room, topic: site/lamp',
] as const;

export const shipped: readonly Shipped[] = [
  {
    name: 'nat-forgets',
    short: {},
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: ['account:control-room->vent', 'session-resumed:vent', 'latency:control-room->valve'],
        set: { 'clean-session': 'true', 'valve-keep-alive': '6s' },
      },
      { breaks: ['latency:control-room->vent'], set: { 'vent-keep-alive': '60s' } },
      {
        breaks: ['account:control-room->lamp'],
        set: { 'nat-idle': '500ms', 'command-at': '1s' },
        instead: [laterFirst],
      },
    ],
  },
  {
    name: 'half-open',
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      { breaks: ['account:level->control-room'], set: { qos: '0' } },
      { breaks: ['will:level->control-room'], set: { 'keep-alive': '20s' } },
      { breaks: ['account:flow->control-room'], set: { 'flow-lost': '0' } },
      {
        breaks: ['reconnected:level'],
        set: { 'again-at': '13s', 'again-for': '500ms' },
        instead: [['reconnect: { base: 500ms, cap: 2s }', slowly]],
      },
    ],
  },
  {
    name: 'reconnect-storm',
    known: {
      embedded: { ...aedes, 'account:meter-1->control-room': atTimes(memoryOnly) },
      mosquitto: {},
    },
    wrong: [
      {
        breaks: ['recovers:hub', 'recovers:tower', 'online:all', 'account:meter-1->control-room'],
        set: { base: '600s', cap: '600s' },
        instead: [['qos: 1', 'qos: 0']],
      },
    ],
  },
  {
    name: 'takeover-fight',
    known: {
      embedded: aedes,
      mosquitto: {
        'MQTT-3.1.2-8': 'Mosquitto 2.0.11 publishes no will when another connection takes a client id over',
      },
    },
    wrong: [
      {
        breaks: ['online:pump-a:peace', 'account:pump-a->control-room', 'account:pump->control-room'],
        set: { qos: '0' },
        instead: [['{ at: 12s, stop: pump }', '{ at: 12s, restart: pump }']],
      },
      { breaks: ['online:pump-a:fight', 'reconnected:pump-a'], set: { base: '600s', cap: '600s' } },
    ],
  },
  {
    name: 'qos2-cut-anywhere',
    short: { length: '5s', cuts: '2' },
    known: {
      embedded: {
        ...aedesQos2,
        'account:source->to-publish:qos2': atTimes(cutAgain),
        'account:source->to-pubrec:qos2': atTimes(cutAgain),
        'account:source->to-pubrel:qos2': atTimes(cutAgain),
        'account:source->to-pubcomp:qos2': atTimes(cutAgain),
      },
      mosquitto: {},
    },
    wrong: [
      {
        breaks: [
          'account:source->to-publish:qos2',
          'account:source->to-pubrec:qos2',
          'account:from-pubrel->reader:qos2',
        ],
        instead: [
          [
            `down-publish:\n    profile: 4g\n    faults: [${cutAfter('publish', 'PUBREC')}]`,
            `down-publish: { faults: [${twice}] }`,
          ],
          [
            `down-pubrec:\n    profile: 4g\n    faults: [${cutAfter('pubrec', 'PUBREL')}]`,
            `down-pubrec: { faults: [${swapped}] }`,
          ],
          [cutAfter('pubrel', 'PUBCOMP'), swallowed],
        ],
      },
    ],
  },
  {
    name: 'will-flapping',
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: ['will:pump->control-room', 'no-will:pump->control-room', 'retained-fresh:pump->display'],
        set: { 'keep-alive': '30s' },
        instead: [
          [
            '{ at: 24s, stop: pump }',
            '{ at: 24s, stop: pump }\n  - { at: 25s, publish: control-room, topic: site/pump/status, payload: offline }',
          ],
          ...blindDisplay,
        ],
      },
      {
        breaks: ['reconnected:pump', 'account:pump->control-room'],
        set: { 'back-within': '4s' },
        instead: [
          ['reconnect: { base: 500ms, cap: 2s }', slowly],
          ['qos: 1', 'qos: 0'],
        ],
      },
    ],
  },
  {
    name: 'retained-stale',
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: [
          'will:gateway->control-room',
          'retained-fresh:gateway->display',
          'retained-fresh:control-room->display',
        ],
        set: { 'keep-alive': '30s' },
        instead: blindDisplay,
      },
      {
        breaks: ['reconnected:gateway', 'account:gateway->control-room'],
        instead: [
          ['reconnect: { base: 500ms, cap: 2s }', slowly],
          ['qos: 1', 'qos: 0'],
        ],
      },
    ],
  },
  {
    name: 'broker-kill9',
    known: {
      embedded: {
        ...aedesQos2,
        'account:pressure->archive': memoryOnly,
        'account:valve->archive': memoryOnly,
        'session-resumed:archive': memoryOnly,
      },
      mosquitto: {},
    },
    wrong: [
      {
        breaks: ['account:pressure->archive', 'account:valve->archive', 'session-resumed:archive'],
        instead: [['    keepAlive: 5s', '    keepAlive: 5s\n    cleanSession: true']],
      },
      {
        breaks: ['recovers:hub', 'reconnected:pressure', 'account:pressure->control-room'],
        instead: [
          ['reconnect: { base: 500ms, cap: 2s }', slowly],
          ['qos: 1', 'qos: 0'],
        ],
      },
    ],
  },
  {
    name: 'slow-consumer',
    known: { embedded: {}, mosquitto: {} },
    wrong: [
      {
        breaks: ['latency:level-1->control-room', 'account:level-1->display', 'account:level-1->logger'],
        set: { settle: '1s', 'in-time': '500ms' },
        instead: [['{ profile: lan }', '{ profile: 2g }']],
      },
      { breaks: ['online:control-room,display,logger'], instead: [['pause: logger', 'stop: logger']] },
    ],
  },
  {
    name: 'gateway-dies',
    known: { embedded: {}, mosquitto: {} },
    wrong: [
      { breaks: ['reconnected:gateway'], set: { 'back-within': '10ms' } },
      {
        breaks: [
          'will:gateway->control-room',
          'retained-fresh:gateway->display',
          'session-resumed:gateway',
          'account:gateway->control-room',
        ],
        set: { 'keep-alive': '30s' },
        instead: [...blindDisplay, ['    qos: 1', '    qos: 0\n    cleanSession: true']],
      },
    ],
  },
  ...plants,
];
