// A close passes only where the illegal packet can be its cause.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { driveChecks } from '../../src/conformance/drive-checks.ts';
import { answers, mustClose } from '../../src/conformance/must-close.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { HistoryOf } from '../judge/history-of.ts';
import type { Conn } from '../judge/history-of.ts';
import { connack, connect, puback, pubcomp, publish, pubrec, pubrel } from '../judge/packets.ts';

const of = { check: 'violation/x', target: 'broker' };

const check = mustClose({
  id: of.check,
  title: '',
  section: '4.8',
  statement: 'MQTT-4.8.0-1',
  isEffect: answers('PUBACK', 'PUBCOMP'),
  prepare: (bench) => bench.connect('offender'),
  offend: (client) => client.sendIllegal('', Uint8Array.of(0, 0)),
});

function judged(story: (offender: Conn, h: HistoryOf) => unknown): readonly string[] {
  const h = new HistoryOf();
  story(h.conn('offender', of).client(connect()).server(connack()), h);
  return (check.judge?.(cutSlice(h.events, of.check, of.target)) ?? []).map((it) => it.verdict);
}

const offends = (it: Conn): Conn => it.mark('offence').taint().client(publish(1, 1));
/** Offends while something legal has no answer yet; then comes what the server says. */
const offendsBefore = (it: Conn, late: Packet): Conn => offends(it.client(publish(1, 7))).server(late);
const completes = (it: Conn): Conn => it.client(publish(2, 7)).server(pubrec(7)).mark('offence').client(pubrel(7));

test('a close behind the illegal packet passes', () => {
  expect(judged((it) => offends(it).ended('server'))).toEqual(['pass']);
});

test('a close before it shows nothing', () => {
  expect(judged((it) => it.ended('server').mark('offence').taint())).toEqual(['inconclusive']);
});

test('an answer fails, also where a close follows', () => {
  expect(judged((it) => offends(it).server(puback(1)).ended('server'))).toEqual(['fail']);
});

test('the answer to what was legal before is no effect, however late it is', () => {
  expect(judged((it) => offendsBefore(it, puback(7)).ended('server'))).toEqual(['pass']);
  expect(judged((it) => offendsBefore(it, puback(7)).server(puback(1)).ended('server'))).toEqual(['fail']);
});

test('a second answer to it, or the answer to another packet of its exchange, is one', () => {
  expect(judged((it) => offendsBefore(it.client(publish(1, 7)).server(puback(7)), puback(7)))).toEqual(['fail']);
  expect(judged((it) => completes(it).server(pubcomp(7)).ended('server'))).toEqual(['fail']);
});

function judgedOverLink(story: (offender: Conn) => unknown): readonly string[] {
  const h = new HistoryOf();
  story(
    h
      .conn('offender', { ...of, link: 'sat' })
      .client(connect())
      .server(connack()),
  );
  return (check.judge?.(cutSlice(h.events, of.check, of.target)) ?? []).map((it) => it.verdict);
}

/** Offends while something legal is on its way to the server; then something happens to what is illegal. */
function offendsBehind(it: Conn, then: (arrive: () => void) => unknown): void {
  const legal = it.leaves(publish(1, 7));
  const illegal = it.mark('offence').taint().leaves(publish(1, 1));
  legal();
  it.server(puback(7));
  then(illegal);
}

test('over a link, what was on its way to the server when the client offended was before the offence', () => {
  expect(judgedOverLink((it) => offendsBehind(it, (arrive) => [arrive(), it.ended('server')]))).toEqual(['pass']);
  expect(judgedOverLink((it) => offendsBehind(it, (arrive) => [arrive(), it.server(puback(1))]))).toEqual(['fail']);
  // It closes on something else, while the illegal packet is still on its way.
  expect(judgedOverLink((it) => offendsBehind(it, () => it.endedThere('server')))).toEqual(['inconclusive']);
});

const witness = (h: HistoryOf): Conn => h.conn('witness', of).client(connect({ clientId: 'witness' }));

function judgedBeside(bystander: (it: Conn) => unknown): readonly string[] {
  return judged((it, h) => {
    const beside = h
      .conn('bystander', of)
      .client(connect({ clientId: 'bystander' }))
      .server(connack());
    offends(it).ended('server');
    bystander(beside);
  });
}

test('a close shows nothing where one that did nothing is closed as well', () => {
  expect(judgedBeside((it) => it.ended('client'))).toEqual(['pass']);
  expect(judgedBeside((it) => it.ended('server'))).toEqual(['inconclusive']);
});

test('a connection that stays open fails where the server serves others, and is inconclusive where it does not', () => {
  expect(judged((it, h) => [offends(it), witness(h).server(connack())])).toEqual(['fail']);
  expect(judged((it, h) => [offends(it), witness(h)])).toEqual(['inconclusive']);
});

test('a server that the packet brings down has not refused it', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Uint8Array.of(0x20, 2, 0, 0));
      socket.once('data', () => {
        server.close();
        socket.destroy();
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const history = memoryHistory();
  await driveChecks(
    [check],
    { name: of.target, server: of.target, endpoint: { host: '127.0.0.1', port }, variants: {}, lacks: new Map() },
    {
      prefix: 'crash',
      history,
      clock: machineClock(),
      connectionIds: connectionIds(),
      parameters: defaultParameters,
      signal: new AbortController().signal,
    },
  );
  expect(history.events.findLast((it) => it.kind === 'check')).toMatchObject({ phase: 'aborted' });
});
