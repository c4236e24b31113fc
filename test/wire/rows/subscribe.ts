// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK, well formed and broken.
import { framed } from './row.ts';
import type { Row } from './row.ts';

function client(
  name: string,
  first: string,
  body: string,
  packet: Row['packet'],
  deviations: readonly string[] = [],
): Row {
  return { name, sender: 'client', bytes: framed(first, body), packet, deviations };
}

function server(
  name: string,
  first: string,
  body: string,
  packet: Row['packet'],
  deviations: readonly string[] = [],
): Row {
  return { name, sender: 'server', bytes: framed(first, body), packet, deviations };
}

function filterRow(filter: string, deviations: readonly string[]): Row {
  const length = filter.length.toString(16).padStart(4, '0');
  const packet = { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter, qos: 0 }] } as const;
  return client(
    `SUBSCRIBE to ${filter || 'an empty filter'}`,
    '82',
    `00 01 ${length} '${filter}' 00`,
    packet,
    deviations,
  );
}

const SUBSCRIBE = { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: 'a', qos: 1 }] } as const;
const UNSUBSCRIBE = { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a'] } as const;

export const SUBSCRIBE_ROWS: readonly Row[] = [
  client('SUBSCRIBE', '82', "00 01 00 01 'a' 01", SUBSCRIBE),
  client('SUBSCRIBE to two filters', '82', "00 01 00 01 'a' 01 00 03 '+/#' 02", {
    ...SUBSCRIBE,
    subscriptions: [...SUBSCRIBE.subscriptions, { filter: '+/#', qos: 2 }],
  }),
  client('SUBSCRIBE without its flag', '80', "00 01 00 01 'a' 01", SUBSCRIBE, [
    'reserved-flags MQTT-3.8.1-1 MQTT-2.2.2-1 @0+1',
  ]),
  client('SUBSCRIBE with id 0', '82', "00 00 00 01 'a' 01", { ...SUBSCRIBE, packetId: 0 }, [
    'zero-packet-id MQTT-2.3.1-1 @2+2',
  ]),
  client('SUBSCRIBE without id', '82', '', undefined, ['missing-field MQTT-2.3.1-1 @2+0']),
  client('SUBSCRIBE without filter', '82', '00 01', { ...SUBSCRIBE, subscriptions: [] }, [
    'empty-subscribe MQTT-3.8.3-3 @4+0',
  ]),
  client('SUBSCRIBE without QoS', '82', "00 01 00 01 'a'", undefined, ['missing-field MQTT-3.8.3-3 @7+0']),
  client('SUBSCRIBE that ends in a filter', '82', "00 01 00 09 'a' 01", undefined, ['missing-field MQTT-3.8.3-1 @8+0']),
  client(
    'SUBSCRIBE with QoS 3',
    '82',
    "00 01 00 01 'a' 03",
    { ...SUBSCRIBE, subscriptions: [{ filter: 'a', qos: 3 }] },
    ['requested-qos MQTT-3.8.3-4 @7+1'],
  ),
  client(
    'SUBSCRIBE with reserved QoS bits',
    '82',
    "00 01 00 01 'a' 81",
    { ...SUBSCRIBE, subscriptions: [{ filter: 'a', qos: 0x81 }] },
    ['requested-qos MQTT-3.8.3-4 @7+1'],
  ),
  client(
    'SUBSCRIBE with ill-formed text',
    '82',
    '00 01 00 01 FE 01',
    { ...SUBSCRIBE, subscriptions: [{ filter: '\uFFFD', qos: 1 }] },
    ['ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.8.3-1 @6+1'],
  ),
  client('SUBSCRIBE with NUL', '82', '00 01 00 01 00 01', { ...SUBSCRIBE, subscriptions: [{ filter: '\0', qos: 1 }] }, [
    'nul-in-text MQTT-1.5.3-2 MQTT-4.7.3-2 @6+1',
  ]),
  filterRow('/', []),
  filterRow('+', []),
  filterRow('#', []),
  filterRow('/+/a/+/#', []),
  filterRow('', ['empty-topic MQTT-4.7.3-1 @4+2']),
  filterRow('a#', ['multi-level-wildcard MQTT-4.7.1-2 @7+1']),
  filterRow('#/', ['multi-level-wildcard MQTT-4.7.1-2 @6+1']),
  filterRow('a/#/b', ['multi-level-wildcard MQTT-4.7.1-2 @8+1']),
  filterRow('##', ['multi-level-wildcard MQTT-4.7.1-2 @6+1']),
  filterRow('a+', ['single-level-wildcard MQTT-4.7.1-3 @7+1']),
  filterRow('+/+a', ['single-level-wildcard MQTT-4.7.1-3 @8+1']),
  filterRow('++', ['single-level-wildcard MQTT-4.7.1-3 @6+1']),
  server('SUBACK', '90', '00 01 00 01 02 80', { type: 'SUBACK', packetId: 1, returnCodes: [0, 1, 2, 0x80] }),
  server(
    'SUBACK with a reserved code',
    '90',
    '00 01 00 03 7F 81',
    { type: 'SUBACK', packetId: 1, returnCodes: [0, 3, 0x7f, 0x81] },
    ['suback-code MQTT-3.9.3-2 @5+1', 'suback-code MQTT-3.9.3-2 @6+1', 'suback-code MQTT-3.9.3-2 @7+1'],
  ),
  server('SUBACK without code', '90', '00 01', { type: 'SUBACK', packetId: 1, returnCodes: [] }, [
    'empty-suback MQTT-3.8.4-5 @4+0',
  ]),
  server('SUBACK with id 0', '90', '00 00 00', { type: 'SUBACK', packetId: 0, returnCodes: [0] }, [
    'zero-packet-id MQTT-2.3.1-7 @2+2',
  ]),
  server('SUBACK without id', '90', '00', undefined, ['missing-field MQTT-2.3.1-7 @3+0']),
  client('SUBACK from a client', '90', '00 01 00', { type: 'SUBACK', packetId: 1, returnCodes: [0] }, [
    'wrong-direction MQTT311-NN-03 @0+1',
  ]),
  client('UNSUBSCRIBE', 'A2', "00 01 00 01 'a'", UNSUBSCRIBE),
  client('UNSUBSCRIBE without its flag', 'A0', "00 01 00 01 'a'", UNSUBSCRIBE, [
    'reserved-flags MQTT-3.10.1-1 MQTT-2.2.2-1 @0+1',
  ]),
  client('UNSUBSCRIBE without filter', 'A2', '00 01', { ...UNSUBSCRIBE, filters: [] }, [
    'empty-unsubscribe MQTT-3.10.3-2 @4+0',
  ]),
  client('UNSUBSCRIBE that ends in a filter', 'A2', "00 01 00 02 'a'", undefined, ['missing-field MQTT-3.10.3-1 @7+0']),
  client('UNSUBSCRIBE with id 0', 'A2', "00 00 00 01 'a'", { ...UNSUBSCRIBE, packetId: 0 }, [
    'zero-packet-id MQTT-2.3.1-1 @2+2',
  ]),
  client('UNSUBSCRIBE without id', 'A2', '01', undefined, ['missing-field MQTT-2.3.1-1 @3+0']),
  client('UNSUBSCRIBE with ill-formed text', 'A2', '00 01 00 01 BF', { ...UNSUBSCRIBE, filters: ['\uFFFD'] }, [
    'ill-formed-utf8 MQTT-1.5.3-1 MQTT-3.10.3-1 @6+1',
  ]),
  server('UNSUBACK', 'B0', '00 01', { type: 'UNSUBACK', packetId: 1 }),
  server('UNSUBACK with id 0', 'B0', '00 00', { type: 'UNSUBACK', packetId: 0 }, ['zero-packet-id MQTT-2.3.1-7 @2+2']),
];
