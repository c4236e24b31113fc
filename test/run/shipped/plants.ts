// The shipped scenarios of plants, trains and people: what holds on which broker, and what shows that it need not.
import { aedes, aedesQos2, atTimes } from './known.ts';
import type { Shipped } from './table.ts';

const retainedInMemory =
  'Aedes, as embedded, keeps retained messages in memory: what was retained ends with its process (section 4.1 leaves that open)';
const twice = 'Aedes sends a QoS 2 message again on the next connection after its PUBCOMP (MQTT-4.3.3-1)';
/** What the broker has retained does not come through. */
const unretained = '{ id: f, when: { type: PUBLISH, retain: true, direction: toClient }, do: drop }';

export const plants: readonly Shipped[] = [
  {
    name: 'pipeline-satellite',
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: [
          'latency:rtu-1->control-room:qos1',
          'latency:control-room->valve-1',
          'recovers:hub',
          'bill:rtu-1',
          'bill:station-1',
          'bill:valve-1',
        ],
        set: {
          'alarm-late': '3s',
          'valve-late': '500ms',
          back: '500ms',
          'rtu-bill': '500 USD',
          'station-bill': '5000 USD',
          'valve-bill': '3000 USD',
        },
      },
    ],
  },
  {
    name: 'pipeline-month',
    known: { embedded: {}, mosquitto: {} },
    wrong: [{ breaks: ['bill:valve-1'], set: { 'valve-bill': '3000 USD' } }],
  },
  {
    name: 'train-displays',
    known: {
      embedded: { ...aedesQos2, 'account:timetable->display-1:qos2': atTimes(twice) },
      mosquitto: {},
    },
    wrong: [
      {
        breaks: ['cheaper:display-1', 'latency:timetable->display-2:qos2', 'session-resumed:display-1'],
        set: { sms: '0.00001 USD', late: '1s' },
        instead: [['    filters: { departures', '    cleanSession: true\n    filters: { departures']],
      },
    ],
  },
  {
    name: 'messenger-mobile',
    short: { duration: '8s', 'door-at': '3s' },
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: ['bytes:phone-2:below:browser', 'latency:friend->phone-1', 'bytes:phone-1', 'session-resumed:phone-1'],
        set: { poll: '30s', usual: '5ms', volume: '100 MB' },
        instead: [['keepAlive: ${keepalive}', 'keepAlive: ${keepalive}\n    cleanSession: true']],
      },
      { breaks: ['reconnected:phone-1'], instead: [['base: 200ms, cap: 1s', 'base: 600s, cap: 600s']] },
    ],
  },
  {
    name: 'smart-home',
    known: { embedded: { ...aedes, 'retained-fresh:lamp->panel': retainedInMemory }, mosquitto: {} },
    wrong: [
      {
        breaks: ['latency:switch->lamp', 'retained-fresh:lamp->panel', 'will:door->panel'],
        set: { 'at-once': '1ms' },
        instead: [
          ['cable: { profile: lan }', `cable: { profile: lan, faults: [${unretained}] }`],
          ['within: 10s', 'within: 2s'],
        ],
      },
    ],
  },
  {
    name: 'scada-heatpump',
    known: { embedded: aedes, mosquitto: {} },
    wrong: [
      {
        breaks: ['latency:operator->gateway', 'will:gateway->scada', 'retained-fresh:gateway->screen'],
        set: { late: '1ms', keepalive: '30s' },
        instead: [
          ['screen: { kind: subscriber,', 'screen: { kind: subscriber, link: blind,'],
          ['\nlinks:\n', `\nlinks:\n  blind: { faults: [${unretained}] }\n`],
        ],
      },
      {
        breaks: ['account:operator->gateway:qos1', 'reconnected:gateway'],
        set: { back: '10ms' },
        instead: [['kind: ${gateway}', 'kind: ${gateway}\n    cleanSession: true']],
      },
    ],
  },
];
