// What a check's own judge gets to see.
import { describe, expect, test } from 'vitest';
import { cutSlice } from '../../src/judge/slice.ts';
import { HistoryOf } from './history-of.ts';
import { connack, connect, disconnect, publish, subscribe, suback } from './packets.ts';

const of = { check: 'publish/x', target: 'mosquitto' };

function written(): HistoryOf {
  const h = new HistoryOf();
  h.record({ kind: 'check', check: of.check, target: of.target, phase: 'begun' });
  const sub = h
    .conn('sub', of)
    .client(connect(), subscribe(1, { t: 0 }))
    .server(connack(), suback(1, 0));
  h.conn('other', { check: 'other', target: of.target }).client(connect());
  h.conn('sub', { check: of.check, target: 'aedes' }).client(connect());
  h.record({ kind: 'mark', name: 'sent', check: of.check });
  sub.server(publish(0));
  return h;
}

test('holds the connections, packets and phases of one check on one target', () => {
  const slice = cutSlice(written().events, of.check, of.target);
  expect(slice.connections.map((it) => it.client)).toEqual(['sub']);
  expect(slice.packets.map((it) => it.packet?.type)).toEqual(['CONNECT', 'SUBSCRIBE', 'CONNACK', 'SUBACK', 'PUBLISH']);
  expect(slice.phases.map((it) => it.phase)).toEqual(['begun']);
});

test('answers by direction, type and point', () => {
  const slice = cutSlice(written().events, of.check, of.target);
  const sub = slice.client('sub');
  expect(sub.sent('SUBSCRIBE')).toHaveLength(1);
  expect(sub.received('SUBSCRIBE')).toHaveLength(0);
  expect(sub.received('PUBLISH', (it) => it.topic === 'else')).toHaveLength(0);
  expect(sub.after(slice.mark('sent')).packets.map((it) => it.packet?.type)).toEqual(['PUBLISH']);
  expect(slice.after(slice.mark('sent')).packets).toHaveLength(1);
  const [granted] = sub.received('SUBACK');
  expect(granted?.packet.returnCodes).toEqual([0]);
});

test('looks from the tap nearest to the server', () => {
  const h = new HistoryOf();
  const a = h.conn('a', { ...of, link: 'sat' }).client(connect());
  a.seenOnly('clientEnd', 'toServer', subscribe(1, { t: 0 })).ended('client');
  const slice = cutSlice(h.events, of.check, of.target);
  expect(slice.client('a').packets).toHaveLength(1);
  expect(slice.client('a').ended).toMatchObject({ by: 'client', seenAt: 'serverEnd' });
});

describe('over a link', () => {
  const linked = { ...of, link: 'sat' };

  test('a mark stands where the server’s end sees what its client sent next', () => {
    const h = new HistoryOf();
    const a = h.conn('a', linked).client(connect()).server(connack());
    const before = a.leaves(publish(1, 1));
    const after = a.mark('now').leaves(publish(1, 2));
    before();
    a.server(publish(0));
    after();
    a.server(publish(1, 9));
    const slice = cutSlice(h.events, of.check, of.target);
    const behind = slice.client('a').after(slice.mark('now')).packets;
    expect(behind.map(({ packet }) => packet?.type === 'PUBLISH' && packet.packetId)).toEqual([2, 9]);
    expect(slice.mark('now').tMs).toBe(behind[0]?.tMs);
  });

  test('what never came there is behind everything', () => {
    const h = new HistoryOf();
    const a = h.conn('a', linked).client(connect());
    a.mark('now').leaves(publish(1, 2));
    a.endedThere('server');
    const slice = cutSlice(h.events, of.check, of.target);
    expect(slice.client('a').after(slice.mark('now')).packets).toEqual([]);
    expect(slice.client('a').ended?.seq).toBeLessThan(slice.mark('now').seq);
  });

  test('a mark of a connection that the server’s end has not seen yet belongs to its own target', () => {
    const h = new HistoryOf();
    for (const target of ['aedes', of.target]) h.conn('b', { ...of, target }).client(connect());
    const opened = { kind: 'opened', connection: 'x', client: 'a', server: 'broker', ...linked } as const;
    h.record({ ...opened, seenAt: 'clientEnd' });
    h.record({ kind: 'mark', name: 'now', check: of.check, connection: 'x', offset: 0 });
    h.record({ ...opened, seenAt: 'serverEnd' });
    expect(cutSlice(h.events, of.check, of.target).marks).toHaveLength(1);
    expect(cutSlice(h.events, of.check, 'aedes').marks).toEqual([]);
  });

  test('a server that closes because of a DISCONNECT ends nothing of its own choice', () => {
    const h = new HistoryOf();
    h.conn('a', linked).client(connect(), disconnect).ended('server');
    h.conn('b', linked).client(connect()).ended('server');
    const slice = cutSlice(h.events, of.check, of.target);
    expect(slice.connections.map((it) => it.ended?.by)).toEqual(['client', 'server']);
  });
});

describe('names', () => {
  test('a client that connects again is its latest connection; the earlier ones are there too', () => {
    const h = new HistoryOf();
    h.conn('a', of).client(connect()).ended('client');
    h.conn('a', of).client(connect());
    const slice = cutSlice(h.events, of.check, of.target);
    expect(slice.client('a').id).toBe('c2');
    expect(slice.connectionsOf('a').map((it) => it.id)).toEqual(['c1', 'c2']);
  });

  test('what the check never made is an error of the check', () => {
    const slice = cutSlice(written().events, of.check, of.target);
    expect(() => slice.client('nobody')).toThrow(/lacks a connection of client nobody/);
    expect(() => slice.mark('never')).toThrow(/lacks a mark never/);
  });
});

test('taints and gaps stand on their connection', () => {
  const h = new HistoryOf();
  h.conn('a', of).client(connect()).taint('QoS 3').gap();
  h.conn('b', of).client(connect());
  const slice = cutSlice(h.events, of.check, of.target);
  expect(slice.client('a').taints.map((it) => it.why)).toEqual(['QoS 3']);
  expect([slice.client('a').complete, slice.client('b').complete]).toEqual([false, true]);
});
