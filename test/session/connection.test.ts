// A session on its way to a connection and out of it: CONNECT, CONNACK, refusals, back-off, DISCONNECT, violations.
import { describe, expect, test } from 'vitest';
import { clientSession, defaultPolicy, wakeAtMs } from '../../src/session/client-session.ts';
import { fedSession } from './feed.ts';

describe('connecting', () => {
  test('asks for a transport, then sends CONNECT first, with will, user name and password', () => {
    const will = { topic: 'state/pump-7', payload: Buffer.from('offline'), qos: 1, retain: true } as const;
    const fed = fedSession({ cleanSession: true, keepAliveS: 60 }, { will, userName: 'u', password: Buffer.from('p') });
    expect(fed.feed({ kind: 'connect' })).toMatchObject({ packets: [], transport: 'open' });
    expect(fed.feed({ kind: 'transport-open' }).packets).toEqual([
      {
        type: 'CONNECT',
        protocolName: 'MQTT',
        protocolLevel: 4,
        cleanSession: true,
        keepAliveS: 60,
        clientId: 'pump-7',
        will,
        userName: 'u',
        password: Buffer.from('p'),
      },
    ]);
  });

  test('leaves out what the identity lacks', () => {
    const fed = fedSession();
    fed.feed({ kind: 'connect' });
    const [connect] = fed.feed({ kind: 'transport-open' }).packets;
    expect(Object.keys(connect ?? {})).not.toEqual(expect.arrayContaining(['will', 'userName', 'password']));
  });

  test.each([true, false])('CONNACK 0 connects and tells session present = %s', (sessionPresent) => {
    expect(fedSession().connect(sessionPresent).events).toEqual([{ kind: 'connected', sessionPresent }]);
  });

  test.each([
    [1, true],
    [2, true],
    [3, false],
    [4, true],
    [5, true],
  ])('CONNACK %i is a refusal, final: %s', (returnCode, final) => {
    const fed = fedSession();
    fed.feed({ kind: 'connect' });
    fed.feed({ kind: 'transport-open' });
    const out = fed.receive({ type: 'CONNACK', sessionPresent: false, returnCode });
    expect(out.transport).toBe('close');
    expect(out.events[0]).toEqual({ kind: 'refused', returnCode, final });
    const events = fed.lose().events.map(({ kind }) => kind);
    expect(events).toEqual(final ? [] : ['retry']);
  });

  test('nothing but CONNECT goes out before CONNACK; what was meant meanwhile follows it', () => {
    const fed = fedSession();
    fed.feed({ kind: 'connect' });
    fed.feed({ kind: 'transport-open' });
    expect(fed.publish(1, 1).packets).toEqual([]);
    expect(fed.feed({ kind: 'subscribe', subscriptions: [{ filter: 'cmd/#', qos: 1 }], token: 2 }).packets).toEqual([]);
    const out = fed.receive({ type: 'CONNACK', sessionPresent: false, returnCode: 0 });
    expect(out.packets.map(({ type }) => type)).toEqual(['SUBSCRIBE', 'PUBLISH']);
  });

  test('no CONNACK within the bound gives the connection up, and tries again', () => {
    const fed = fedSession({ connectTimeoutMs: 100 });
    fed.feed({ kind: 'connect' });
    fed.feed({ kind: 'transport-open' });
    fed.nowMs = wakeAtMs(fed.session);
    expect(fed.nowMs).toBe(100);
    const out = fed.feed({ kind: 'time' });
    expect(out.transport).toBe('close');
    expect(out.events).toMatchObject([{ kind: 'lost', why: 'connect-timeout' }]);
    fed.feed({ kind: 'transport-closed', detail: 'closed', draw: 0.5 });
    expect(wakeAtMs(fed.session)).toBe(100 + 125);
  });

  test('a transport that never opens runs into the same bound', () => {
    const fed = fedSession({ connectTimeoutMs: 100 });
    fed.feed({ kind: 'connect' });
    fed.nowMs = 100;
    expect(fed.feed({ kind: 'time' })).toMatchObject({ transport: 'close', events: [{ why: 'connect-timeout' }] });
  });
});

describe('losing and leaving', () => {
  test('backs off exponentially with full jitter, and starts over after a CONNACK', () => {
    const fed = fedSession({ backOff: { baseMs: 100, capMs: 1000 } });
    fed.connect();
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      fed.feed({ kind: 'transport-closed', detail: 'reset', draw: 0.5 });
      waits.push(wakeAtMs(fed.session) - fed.nowMs);
      fed.nowMs = wakeAtMs(fed.session);
      fed.feed({ kind: 'time' });
    }
    expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
    fed.feed({ kind: 'transport-open' });
    fed.receive({ type: 'CONNACK', sessionPresent: true, returnCode: 0 });
    fed.feed({ kind: 'transport-closed', detail: 'reset', draw: 0.5 });
    expect(wakeAtMs(fed.session) - fed.nowMs).toBe(50);
  });

  test('DISCONNECT, then the transport is closed and nothing more is sent', () => {
    const fed = fedSession();
    fed.connect();
    const out = fed.feed({ kind: 'disconnect' });
    expect(out).toMatchObject({ packets: [{ type: 'DISCONNECT' }], transport: 'close' });
    expect(fed.publish(1, 1).packets).toEqual([]);
    expect(fed.lose().events).toEqual([]);
    expect(wakeAtMs(fed.session)).toBe(Infinity);
  });

  test('a session that left can come back and still owes its message', () => {
    const fed = fedSession();
    fed.connect();
    fed.publish(1, 1);
    fed.feed({ kind: 'disconnect' });
    expect(fed.connect(true).packets).toMatchObject([{ type: 'PUBLISH', dup: true, packetId: 1 }]);
  });

  test.each(['PINGRESP', 'PUBACK'] as const)('%s before CONNACK is a violation', (type) => {
    const fed = fedSession();
    fed.feed({ kind: 'connect' });
    fed.feed({ kind: 'transport-open' });
    const out = fed.receive(type === 'PUBACK' ? { type, packetId: 1 } : { type });
    expect(out).toMatchObject({ transport: 'close', events: [{ kind: 'lost', why: 'violation' }] });
  });

  test.each([
    { type: 'CONNACK', sessionPresent: false, returnCode: 0 },
    { type: 'PINGREQ' },
    { type: 'DISCONNECT' },
    { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a'] },
  ] as const)('$type from a server while connected is a violation', (packet) => {
    const fed = fedSession();
    fed.connect();
    expect(fed.receive(packet)).toMatchObject({ transport: 'close', events: [{ why: 'violation' }] });
  });

  test('session present after clean session is a violation', () => {
    const fed = fedSession({ cleanSession: true });
    expect(fed.connect(true)).toMatchObject({ transport: 'close', events: [{ why: 'violation' }] });
  });

  test('broken bytes end the connection, once', () => {
    const fed = fedSession();
    fed.connect();
    expect(fed.feed({ kind: 'violation', detail: 'reserved flags' }).transport).toBe('close');
    expect(fed.feed({ kind: 'violation', detail: 'reserved flags' })).toMatchObject({ events: [], packets: [] });
    expect(
      fed.receive({ type: 'PUBLISH', dup: false, qos: 1, retain: false, topic: 'a', packetId: 1, payload: Buffer.of() })
        .packets,
    ).toEqual([]);
  });
});

test.each([{ keepAliveS: 65_536 }, { keepAliveS: 1.5 }, { window: 0 }])(
  'refuses a policy beyond its field: %j',
  (it) => {
    expect(() => fedSession(it)).toThrow(expect.objectContaining({ code: 'FB_SESSION_POLICY' }));
  },
);

test.each([
  [{ clientId: '' }, false],
  [{ clientId: 'a\0b' }, true],
  [{ clientId: 'a', password: Buffer.from('p') }, true],
  [{ clientId: 'a', userName: '\ud800' }, true],
  [{ clientId: 'a', will: { topic: 'a/#', payload: Buffer.of(), qos: 0, retain: false } as const }, true],
  [{ clientId: 'a', will: { topic: 'a', payload: Buffer.of(), qos: 3, retain: false } as const }, true],
])('refuses an identity that no client may have: %j', (identity, cleanSession) => {
  expect(() => clientSession(identity, { ...defaultPolicy, cleanSession })).toThrow(
    expect.objectContaining({ code: 'FB_SESSION_IDENTITY' }),
  );
});
