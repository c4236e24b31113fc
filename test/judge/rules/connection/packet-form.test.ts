// What the decoder finds becomes verdicts, for either party.
import { describe, expect, test } from 'vitest';
import { packetForm } from '../../../../src/judge/rules/connection/packet-form.ts';
import { findingsOf, HistoryOf, verdicts } from '../../history-of.ts';
import { connack, connect, publish, suback, subscribe } from '../../packets.ts';

const server = packetForm('server');
const client = packetForm('client');
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the server', () => {
  test.each([
    ['PUBREL with flags 0', '60 02 0001', ['MQTT-2.2.2-1', 'MQTT-3.6.1-1']],
    ['PINGRESP with flags 1', 'd1 00', ['MQTT-2.2.2-1']],
    ['QoS 3', '36 06 0001 74 0001 78', ['MQTT-3.3.1-4']],
    ['DUP at QoS 0', '38 04 0001 74 78', ['MQTT-3.3.1-2', 'MQTT-4.3.1-1']],
    ['wildcard in a topic', '30 04 0001 23 78', ['MQTT-3.3.2-2', 'MQTT-4.7.1-1']],
    ['ill-formed topic', '30 05 0002 c328 78', ['MQTT-1.5.3-1', 'MQTT-3.3.2-1']],
    ['NUL in a topic', '30 04 0001 00 78', ['MQTT-1.5.3-2', 'MQTT-4.7.3-2']],
    ['empty topic', '30 03 0000 78', ['MQTT-4.7.3-1']],
    ['packet identifier 0', '32 06 0001 74 0000 78', ['MQTT-2.3.1-1']],
    ['SUBACK code 3', '90 03 0001 03', ['MQTT-3.9.3-2']],
    ['a packet that only clients send', 'c0 00', ['MQTT311-NN-03']],
    ['PUBACK of three bytes', '40 03 0001 00', ['MQTT311-NN-05']],
    ['CONNACK flags', '20 02 02 00', ['MQTT311-NN-16']],
  ])('%s fails', (_name, bytes, statements) => {
    const seen = verdicts(server, (h) => h.conn('A').client(connect()).server(hex(bytes)));
    expect(
      Object.keys(seen)
        .filter((it) => seen[it] === 'fail')
        .toSorted(),
    ).toEqual(statements.toSorted());
  });

  test('clean packets pass what they show, and no more', () => {
    const seen = verdicts(server, (h) => h.conn('A').client(connect()).server(connack(), publish(0)));
    expect(seen).toMatchObject({
      'MQTT-2.2.2-1': 'pass',
      'MQTT-3.3.1-2': 'pass',
      'MQTT-3.3.1-4': 'pass',
      'MQTT-3.3.2-2': 'pass',
    });
    expect(seen).not.toHaveProperty('MQTT-2.3.1-1');
    expect(seen).not.toHaveProperty('MQTT-3.9.3-2');
    expect(Object.values(seen)).not.toContain('fail');
    const more = verdicts(server, (h) => h.conn('A').client(connect()).server(connack(), publish(1, 1), suback(1, 0)));
    expect(more).toMatchObject({ 'MQTT-2.3.1-1': 'pass', 'MQTT-3.9.3-2': 'pass' });
  });

  test('a violation points at its bytes', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect()).server(connack(), hex('30 04 0001 23 78'));
    const fail = findingsOf([server], h.events).find((it) => it.statement === 'MQTT-3.3.2-2' && it.verdict === 'fail');
    expect(fail?.evidence).toEqual({ events: [4], bytes: { event: 4, offset: 4, length: 1 } });
  });

  test('an unfinished packet at a broken connection breaks nothing', () => {
    const seen = verdicts(server, (h) => h.conn('A').client(connect()).server(hex('30 0a 0001')).ended('link', 'rst'));
    expect(Object.values(seen)).not.toContain('fail');
  });
});

describe('the client', () => {
  test.each([
    ['SUBSCRIBE with flags 0', '80 06 0001 0001 61 00', ['MQTT-2.2.2-1', 'MQTT-3.8.1-1']],
    ['a filter that is no filter', '82 07 0001 0002 6123 00', ['MQTT-4.7.1-2']],
    ['UNSUBSCRIBE of nothing', 'a2 02 0001', ['MQTT-3.10.3-2']],
  ])('%s fails', (_name, bytes, statements) => {
    const seen = verdicts(client, (h) => h.conn('A').client(connect(), hex(bytes)));
    expect(
      Object.keys(seen)
        .filter((it) => seen[it] === 'fail')
        .toSorted(),
    ).toEqual(statements.toSorted());
  });

  test('a clean CONNECT passes by the fields that it has', () => {
    const seen = verdicts(client, (h) => h.conn('A').client(connect(), subscribe(1, { a: 1 })));
    expect(seen).toMatchObject({ 'MQTT-3.1.2-11': 'pass', 'MQTT-3.1.2-18': 'pass', 'MQTT-3.8.1-1': 'pass' });
    expect(seen).not.toHaveProperty('MQTT-3.1.2-9');
    const will = { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: false } as const;
    const full = verdicts(client, (h) =>
      h.conn('A').client(connect({ will, userName: 'u', password: Buffer.from('p') })),
    );
    expect(full).toMatchObject({ 'MQTT-3.1.2-9': 'pass', 'MQTT-3.1.2-19': 'pass', 'MQTT-3.1.2-21': 'pass' });
    expect(full).not.toHaveProperty('MQTT-3.1.2-11');
  });
});
