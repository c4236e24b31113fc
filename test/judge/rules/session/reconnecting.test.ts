// Who hammers a broker, who backs off, and who comes and goes on purpose.
import { describe, expect, test } from 'vitest';
import { reconnecting } from '../../../../src/judge/rules/session/reconnecting.ts';
import type { Finding } from '../../../../src/judge/finding.ts';
import { findingsOf, HistoryOf, type Conn } from '../../history-of.ts';
import { connack, connect, disconnect, pingreq } from '../../packets.ts';

function remarks(write: (h: HistoryOf) => unknown): readonly Finding[] {
  const history = new HistoryOf();
  write(history);
  return findingsOf([reconnecting], history.events);
}

/** Connects again after each of these waits; how each connection goes is for `use` to say. */
function after(h: HistoryOf, waitsMs: readonly number[], use: (it: Conn) => unknown, clientId = 'pump'): void {
  for (const waitMs of [0, ...waitsMs]) {
    h.wait(waitMs);
    use(h.conn('device', { link: 'tap' }).client(connect({ clientId })).server(connack()));
  }
}

const falls = (it: Conn) => it.ended('client');
const constant = (waitMs: number, n: number): readonly number[] => Array.from({ length: n }, () => waitMs);

describe('hammering', () => {
  test.each([
    ['at once', constant(0, 6)],
    ['once a second', constant(1000, 6)],
    ['with some jitter', [900, 1100, 1000, 1050, 950, 1000]],
    ['the faster the longer', [2000, 1500, 1000, 500, 250, 100]],
  ])('%s: a remark with the waits, told once', (_, waitsMs) => {
    const found = remarks((h) => after(h, [...waitsMs, ...constant(waitsMs.at(-1) ?? 0, 10)], falls));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ verdict: 'warn', by: 'client-reconnecting', count: 1 });
    expect(found[0]?.statement).toBeUndefined();
    expect(found[0]?.actual).toMatch(/^6 reconnects within \d+ ms, after waits of (\d+, ){5}\d+ ms/);
  });

  test('names the CONNECT of each try, the last one last', () => {
    const h = new HistoryOf();
    after(h, constant(5, 6), falls);
    const connects = h.events.filter((it) => it.kind === 'packet' && it.seenAt === 'clientEnd' && it.offset === 0);
    const seqs = connects.filter((it) => it.kind === 'packet' && it.direction === 'toServer').map((it) => it.seq);
    expect(findingsOf([reconnecting], h.events)[0]?.evidence.events).toEqual(seqs.slice(-6));
  });

  test('whoever ends the connections: the server, or the link', () => {
    expect(remarks((h) => after(h, constant(10, 6), (it) => it.ended('server', 'rst')))).toHaveLength(1);
    expect(remarks((h) => after(h, constant(10, 6), (it) => it.ended('link', 'rst')))).toHaveLength(1);
  });

  test('begins with the loss of a good connection', () => {
    const found = remarks((h) => {
      h.conn('device', { link: 'tap' })
        .client(connect({ clientId: 'pump' }))
        .server(connack())
        .wait(60_000)
        .ended('server');
      after(h, constant(10, 5), falls);
    });
    expect(found).toHaveLength(1);
  });

  test('is each client id its own', () => {
    const found = remarks((h) => {
      for (let n = 0; n < 7; n++) after(h, [], falls, `pump-${n}`);
    });
    expect(found).toEqual([]);
  });
});

describe('clean', () => {
  test.each([
    ['waits that double', [1000, 2000, 4000, 8000, 16_000, 32_000]],
    ['doubling from a small beginning', [10, 20, 40, 80, 160, 320, 640, 1280]],
    ['waits that grow evenly', [1000, 2000, 3000, 4000, 5000, 6000]],
    ['back-off up to a bound, for long', [1000, 2000, 4000, ...constant(5000, 30)]],
    ['seldom', constant(15_000, 20)],
    ['five tries, then it holds', constant(10, 5)],
  ])('%s', (_, waitsMs) => {
    expect(remarks((h) => after(h, waitsMs, falls))).toEqual([]);
  });

  test('a client that says DISCONNECT each time, as mosquitto_pub in a loop', () => {
    expect(remarks((h) => after(h, constant(1, 50), (it) => it.client(disconnect).ended('client')))).toEqual([]);
  });

  test('connections that last', () => {
    expect(remarks((h) => after(h, constant(1, 20), (it) => it.wait(6000).client(pingreq).ended('server')))).toEqual(
      [],
    );
  });

  test('one DISCONNECT begins anew', () => {
    expect(
      remarks((h) => {
        after(h, constant(1, 4), falls);
        after(h, [], (it) => it.client(disconnect).ended('client'));
        after(h, constant(1, 4), falls);
      }),
    ).toEqual([]);
  });

  test('the bench ends connections itself', () => {
    expect(remarks((h) => after(h, constant(1, 20), (it) => it.ended('bench')))).toEqual([]);
  });

  test('what could not be seen', () => {
    expect(remarks((h) => after(h, constant(1, 20), (it) => it.gap().ended('client')))).toEqual([]);
  });
});
