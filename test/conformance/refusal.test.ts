// A CONNECT that must be refused: what passes, what a reset hides, and that a server which serves nobody refuses nothing.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { driveChecks } from '../../src/conformance/drive-checks.ts';
import { refusal } from '../../src/conformance/refusal.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { cutSlice } from '../../src/judge/slice.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { HistoryOf, type Conn } from '../judge/history-of.ts';
import { connack, connect } from '../judge/packets.ts';

const of = { check: 'connect/x', target: 'broker' };

const check = refusal({
  id: of.check,
  title: '',
  section: '3.1.2.2',
  statement: 'MQTT-3.1.2-2',
  code: 1,
  connect: (bench) => ({ ...bench.connectPacket('level'), protocolLevel: 99 }),
});

function judged(story: (refused: Conn) => unknown): Record<string, string> {
  const h = new HistoryOf();
  story(h.conn('refused', of));
  const findings = check.judge?.(cutSlice(h.events, of.check, of.target)) ?? [];
  return Object.fromEntries(findings.map((it) => [it.statement?.slice(5) ?? '', it.verdict]));
}

const sent = (it: Conn): Conn =>
  it
    .mark('refused')
    .taint()
    .client(connect({ protocolLevel: 99 }));

test('its own code, then the close', () => {
  const good = { '3.1.2-2': 'pass', '3.2.2-4': 'pass', '3.2.2-5': 'pass' };
  expect(judged((it) => sent(it).server(connack(1)).ended('server'))).toEqual(good);
  expect(judged((it) => sent(it).server(connack(1)).ended('server', 'rst'))).toEqual(good);
});

test('another code, another form, no close', () => {
  const refuses = (returnCode: number): Record<string, string> =>
    judged((it) => sent(it).server(connack(returnCode)).ended('server'));
  expect(refuses(5)).toEqual({ '3.1.2-2': 'fail', '3.2.2-4': 'pass', '3.2.2-5': 'pass' });
  expect(refuses(0)).toEqual({ '3.1.2-2': 'fail' });
  expect(judged((it) => sent(it).server(connack(1)))).toEqual({
    '3.1.2-2': 'fail',
    '3.2.2-4': 'pass',
    '3.2.2-5': 'fail',
  });
  expect(judged((it) => sent(it).server(connack(1, true)).ended('server'))).toMatchObject({ '3.2.2-4': 'fail' });
  expect(judged((it) => sent(it).ended('server'))).toEqual({ '3.1.2-2': 'fail' });
  expect(judged((it) => sent(it))).toEqual({ '3.1.2-2': 'fail' });
});

test('a reset may have destroyed the CONNACK; a close before the CONNECT is no answer to it', () => {
  expect(judged((it) => sent(it).ended('server', 'rst'))).toEqual({ '3.1.2-2': 'inconclusive' });
  expect(judged((it) => sent(it.ended('server')))).toEqual({ '3.1.2-2': 'inconclusive' });
});

test('a server that refuses everybody so has not looked at this CONNECT', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Uint8Array.of(0x20, 2, 0, 1)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const history = memoryHistory();
  await driveChecks(
    [check],
    { name: of.target, server: of.target, endpoint: { host: '127.0.0.1', port }, variants: {}, lacks: new Map() },
    {
      prefix: 'banned',
      history,
      clock: machineClock(),
      connectionIds: connectionIds(),
      parameters: defaultParameters,
      signal: new AbortController().signal,
    },
  );
  server.close();
  expect(history.events.findLast((it) => it.kind === 'check')).toMatchObject({ phase: 'aborted' });
});
