// Wills against stories: due, late, missing, dropped, doubled, never promised.
import { describe, expect, test } from 'vitest';
import { will } from '../../../../src/judge/rules/routing/will.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, disconnect, pingreq, pingresp } from '../../packets.ts';
import { alive, get, join, send, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(will, write);

const gone = { topic: 'w', payload: Buffer.from('gone'), qos: 1, retain: false } as const;

function victim(h: HistoryOf, qos: 0 | 1 | 2 = 1, link?: string): Conn {
  const options = link === undefined ? {} : { link };
  return h
    .conn('v', options)
    .client(connect({ clientId: 'v', will: { ...gone, qos } }))
    .server(connack());
}

const observer = (h: HistoryOf, qos = 2): Conn => sub(join(h, 'o'), 'w', qos);

/** The will of a client that sent a second CONNECT, on which the server closed. */
const illegal = (isPublished: boolean) =>
  judged((h) => {
    const o = observer(h);
    const v = victim(h).taint();
    v.client(connect({ clientId: 'v' })).ended('server');
    if (isPublished) get(o, 1, 'w', 'gone');
    h.wait(16_000);
    alive(h);
  });

describe('MQTT-3.1.2-8', () => {
  test.each([
    ['client', 'rst'],
    ['client', 'fin'],
    ['link', 'error'],
    ['server', 'fin'],
  ] as const)('passes when the connection ended by %s (%s) and the will comes', (by, how) => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).ended(by, how);
      get(o, 1, 'w', 'gone');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'pass', 'MQTT-3.1.2-9': 'pass' });
  });

  test('warns when it is late', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).ended('client', 'rst');
      h.wait(4000);
      get(o, 1, 'w', 'gone');
    });
    expect(seen['MQTT-3.1.2-8']).toBe('warn');
  });

  test('fails when it never comes while the observer stays and the broker lives', () => {
    const seen = judged((h) => {
      observer(h);
      victim(h).ended('client', 'rst');
      h.wait(16_000);
      alive(h);
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'fail' });
  });

  test('is inconclusive when the broker was frozen for as long as the observer stayed', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).ended('client', 'rst');
      h.wait(16_000);
      o.client(disconnect);
      alive(h);
      o.ended('server');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'inconclusive' });
  });

  test('fails after a take-over as well', () => {
    const seen = judged((h) => {
      observer(h);
      const old = victim(h);
      join(h, 'v');
      old.ended('server');
      h.wait(16_000);
      alive(h);
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'fail' });
  });

  const later = { topic: 'w', payload: Buffer.from('later'), qos: 1, retain: false } as const;

  /** A will that a later one overtakes, by how its own connection ended, and how long the observer stays then. */
  const overtaken = (by: 'server' | 'client', staysMs: number) =>
    judged((h) => {
      const o = observer(h);
      victim(h).ended(by);
      join(h, 'control', { will: later }).ended('client', 'rst');
      get(o, 1, 'w', 'later');
      h.wait(staysMs);
      alive(h);
      o.ended('client');
    })['MQTT-3.1.2-8'];

  test('of a connection that the server ended, is missing soon after a later will has come', () => {
    expect(overtaken('server', 6100)).toBe('fail');
    expect(overtaken('server', 5900)).toBe('inconclusive');
  });

  test('of a connection that was lost, is waited for whatever came later: the server may have noticed late', () => {
    expect(overtaken('client', 7000)).toBe('inconclusive');
    expect(overtaken('client', 16_000)).toBe('fail');
  });

  test('is owed by a server that ended the connection for illegal traffic', () => {
    expect(illegal(true)['MQTT-3.1.2-8']).toBe('pass');
    expect(illegal(false)['MQTT-3.1.2-8']).toBe('fail');
  });

  test('is inconclusive when the observer left before the time was up', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).ended('client', 'rst');
      h.wait(5000);
      alive(h);
      o.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'inconclusive' });
  });

  test('a server that publishes first and closes then is right', () => {
    const seen = judged((h) => {
      const o = observer(h);
      const v = victim(h);
      get(o, 1, 'w', 'gone');
      v.ended('server');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'pass' });
  });

  const excused: Record<string, (h: HistoryOf) => unknown> = {
    'the server has not noticed a half-open link': (h) => {
      observer(h);
      victim(h, 1, 'sat');
      h.record({ kind: 'link', link: 'sat', state: 'half-open-up', figures: {} });
    },
    'the broker itself was stopped': (h) => {
      observer(h);
      victim(h).ended('server');
      h.part('broker', 'stopped');
    },
    'the CONNECT was refused': (h) => {
      observer(h);
      const own = { topic: 'w', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
      h.conn('v')
        .client(connect({ clientId: 'v', will: own }))
        .server(connack(5))
        .ended('server');
    },
    'the will has QoS 0': (h) => {
      observer(h);
      victim(h, 0).ended('client', 'rst');
    },
    'nobody who may see it is there': (h) => {
      victim(h).ended('client', 'rst');
      observer(h);
    },
    "the observer's link was cut": (h) => {
      sub(join(h, 'o', {}, false, { link: 'sat' }), 'w', 1);
      victim(h).ended('client', 'rst');
      h.record({ kind: 'link', link: 'sat', state: 'cut', figures: {} });
    },
  };
  test.each(Object.entries(excused))('is not judged when %s', (_, write) => {
    const seen = judged((h) => {
      write(h);
      h.wait(20_000);
      alive(h);
    });
    expect(seen).toEqual({});
  });
});

describe('MQTT-3.1.2-9', () => {
  test.each([
    [1, 2, 1, 'pass'],
    [2, 1, 1, 'pass'],
    [0, 2, 0, 'pass'],
    [1, 2, 0, 'fail'],
    [2, 2, 1, 'fail'],
  ] as const)('will QoS %i, granted %i, delivered at %i: %s', (left, granted, came, verdict) => {
    const seen = judged((h) => {
      const o = observer(h, granted);
      victim(h, left).ended('client', 'rst');
      get(o, came, 'w', 'gone');
    });
    expect(seen['MQTT-3.1.2-9']).toBe(verdict);
  });
});

describe('MQTT-3.14.4-3', () => {
  test('passes when a sentinel comes instead', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).client(disconnect).ended('client');
      send(join(h, 'p'), 1, 'w', 'fence');
      get(o, 1, 'w', 'fence');
      h.wait(400);
      o.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-3.14.4-3': 'pass', 'MQTT-3.1.2-10': 'pass' });
  });
  test('fails when the will comes all the same', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).client(disconnect).ended('client');
      get(o, 1, 'w', 'gone');
    });
    expect(seen).toEqual({ 'MQTT-3.14.4-3': 'fail', 'MQTT-3.1.2-10': 'fail' });
  });
  test('fails when the will comes before the connection has ended, which over a link is later', () => {
    const seen = judged((h) => {
      const o = observer(h);
      const v = victim(h).client(disconnect);
      get(o, 1, 'w', 'gone');
      v.ended('client');
      send(join(h, 'p'), 1, 'w', 'fence');
      get(o, 1, 'w', 'fence');
      h.wait(400);
    });
    expect(seen).toEqual({ 'MQTT-3.14.4-3': 'fail', 'MQTT-3.1.2-10': 'fail' });
  });
  test('a RST right behind it leaves both open', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).client(disconnect).ended('client', 'rst');
      get(o, 1, 'w', 'gone');
      h.wait(20_000);
      alive(h);
    });
    expect(seen).toEqual({});
  });
  test.each([
    ['longer than its keep alive leaves both open', 15_000, {}],
    ['no longer than that does not', 9000, { 'MQTT-3.14.4-3': 'fail', 'MQTT-3.1.2-10': 'fail' }],
  ] as const)('a silence %s: the close of the server may have crossed the DISCONNECT', (_name, silenceMs, verdict) => {
    const seen = judged((h) => {
      const o = observer(h);
      const v = h.conn('v').client(connect({ clientId: 'v', keepAliveS: 10, will: gone }));
      v.server(connack()).wait(silenceMs).client(disconnect).ended('server');
      get(o, 1, 'w', 'gone');
      h.wait(20_000);
      alive(h);
    });
    expect(seen).toEqual(verdict);
  });
  test('the same words published by a client are no will', () => {
    const seen = judged((h) => {
      const o = observer(h);
      send(victim(h), 1, 'w', 'gone').client(disconnect).ended('client');
      get(o, 1, 'w', 'gone');
    });
    expect(seen).toEqual({});
  });
});

const willCopies =
  (copies: number, qos: 1 | 2) =>
  (h: HistoryOf): void => {
    const o = observer(h);
    victim(h, qos).ended('client', 'rst');
    for (let n = 0; n < copies; n += 1) get(o, qos, 'w', 'gone');
    h.wait(4000);
    o.client(pingreq).server(pingresp);
  };

describe('MQTT-3.1.2-10', () => {
  test.each([
    [1, 2, 'pass'],
    [2, 2, 'fail'],
    // At least once: a second copy may be a repetition on the way.
    [2, 1, 'warn'],
  ] as const)('%i copies at QoS %i: %s', (copies, qos, verdict) => {
    expect(judged(willCopies(copies, qos))['MQTT-3.1.2-10']).toBe(verdict);
  });

  test('each of two connections has a will of its own', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).ended('client', 'rst');
      get(o, 1, 'w', 'gone');
      victim(h).ended('client', 'rst');
      get(o, 1, 'w', 'gone');
    });
    expect(seen).toEqual({ 'MQTT-3.1.2-8': 'pass', 'MQTT-3.1.2-9': 'pass' });
  });
});

const withoutWill =
  (again: boolean) =>
  (h: HistoryOf): void => {
    const o = observer(h);
    victim(h).ended('client', 'rst');
    get(o, 1, 'w', 'gone');
    join(h, 'v').ended('client', 'rst');
    if (again) get(o, 1, 'w', 'gone');
    h.wait(4000);
    alive(h);
  };

describe('MQTT-3.1.2-12', () => {
  test('passes when nothing comes for a connection without a will', () => {
    expect(judged(withoutWill(false))).toMatchObject({ 'MQTT-3.1.2-12': 'pass', 'MQTT-3.1.2-10': 'pass' });
  });
  test('says nothing where the connection before should have discarded it: of which it is nobody can tell', () => {
    const seen = judged((h) => {
      const o = observer(h);
      victim(h).client(disconnect).ended('client');
      join(h, 'v').ended('client', 'rst');
      get(o, 1, 'w', 'gone');
      h.wait(4000);
      alive(h);
    });
    expect(seen).toMatchObject({ 'MQTT-3.14.4-3': 'fail', 'MQTT-3.1.2-12': 'inconclusive' });
  });
  test('fails when the old will comes again', () => {
    expect(judged(withoutWill(true))).toMatchObject({ 'MQTT-3.1.2-12': 'fail', 'MQTT-3.1.2-10': 'fail' });
  });
});
