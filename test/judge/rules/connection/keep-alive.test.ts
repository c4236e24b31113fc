// Silence, and what the server makes of it.
import { describe, expect, test } from 'vitest';
import { keepAlive } from '../../../../src/judge/rules/connection/keep-alive.ts';
import { verdicts } from '../../history-of.ts';
import type { HistoryOf } from '../../history-of.ts';
import { connack, connect, disconnect, pingreq, pingresp } from '../../packets.ts';

const id = 'MQTT-3.1.2-24';
const ping = 'MQTT-3.12.4-1';
const online = (h: HistoryOf) =>
  h
    .conn('A')
    .client(connect({ keepAliveS: 2 }))
    .server(connack());
const elsewhere = (h: HistoryOf) =>
  h
    .conn('B')
    .client(connect({ clientId: 'two' }))
    .server(connack());

const mute = (h: HistoryOf) => online(h).client(pingreq).wait(14_000).ended('client');

const killed = (h: HistoryOf) => (online(h).wait(3000).ended('server', 'rst'), h.part('broker', 'killed'));

describe('a silent client', () => {
  test.each([
    [2900, { [id]: 'warn' }],
    [3000, { [id]: 'pass' }],
    [3900, { [id]: 'pass' }],
    [4500, { [id]: 'warn' }],
    [14_000, { [id]: 'fail' }],
  ])('closed on after %i ms', (silenceMs, verdict) => {
    const seen = verdicts(keepAlive, (h) => {
      online(h)
        .wait(silenceMs - 2)
        .ended('server');
      elsewhere(h);
    });
    expect(seen).toEqual(verdict);
  });

  test('whose server is killed was not closed on, though the journal hears of it later', () => {
    expect(verdicts(keepAlive, killed)).toEqual({});
  });

  test('still connected fails as soon as the limit is over, if the server lives', () => {
    expect(verdicts(keepAlive, (h) => online(h).wait(14_000).ended('client'))).toEqual({ [id]: 'fail' });
    expect(verdicts(keepAlive, (h) => online(h).wait(14_000).client(pingreq))).toEqual({ [id]: 'fail' });
    expect(verdicts(keepAlive, mute)).toEqual({ [id]: 'inconclusive' });
  });

  test('ended by another before the limit judges nothing', () => {
    expect(verdicts(keepAlive, (h) => online(h).wait(9000).ended('client'))).toEqual({});
    expect(verdicts(keepAlive, (h) => online(h).wait(9000).ended('link', 'rst'))).toEqual({});
  });

  test.each([
    ['keep alive 0', (h: HistoryOf) => h.conn('A').client(connect()).server(connack()).wait(60_000).ended('client')],
    [
      'a refusal',
      (h: HistoryOf) =>
        h
          .conn('A')
          .client(connect({ keepAliveS: 2 }))
          .server(connack(5))
          .wait(60_000)
          .ended('client'),
    ],
    ['a goodbye', (h: HistoryOf) => online(h).client(disconnect).wait(60_000).ended('client')],
    ['a kill of the broker', (h: HistoryOf) => (online(h), h.part('broker', 'killed').wait(60_000))],
  ])('%s: no duty', (_name, write) => {
    expect(verdicts(keepAlive, write)).toEqual({});
  });
});

const kept = (h: HistoryOf) =>
  online(h).wait(1500).client(pingreq).server(pingresp).wait(1500).client(pingreq).wait(1000).ended('server');

const taken = (h: HistoryOf) => {
  const a = online(h).wait(1500).client(pingreq);
  const b = h.conn('B').client(connect());
  a.ended('server');
  b.server(connack());
};

const late = (h: HistoryOf) => {
  online(h).wait(2900).client(pingreq).ended('server');
  elsewhere(h);
};

const caughtUp = (h: HistoryOf) => {
  online(h).wait(3100).client(pingreq).client(pingreq).wait(10).ended('server', 'rst');
  elsewhere(h);
};

describe('a client that keeps its schedule', () => {
  test('is not closed on with a PINGREQ unanswered', () => {
    expect(verdicts(keepAlive, (h) => (kept(h), elsewhere(h)))).toEqual({ [ping]: 'fail' });
  });

  test('but a server that is gone has not closed on it', () => {
    expect(verdicts(keepAlive, kept)).toEqual({});
    expect(verdicts(keepAlive, (h) => (kept(h), h.part('broker', 'exited'), elsewhere(h)))).toEqual({});
  });

  test('nor one that hands its session to a newcomer', () => {
    expect(verdicts(keepAlive, taken)).toEqual({});
  });

  test('a PINGREQ after a silence that was too long is no schedule', () => {
    expect(verdicts(keepAlive, late)).toEqual({});
    expect(verdicts(keepAlive, caughtUp)).toEqual({});
  });
});
