// PINGREQ in time, and a dead line noticed: every moment on a clock set by hand.
import { describe, expect, test } from 'vitest';
import { wakeAtMs } from '../../src/session/client-session.ts';
import { fedSession } from './feed.ts';

describe('keep alive', () => {
  test('a PINGREQ goes out before an idle line reaches the keep alive', () => {
    const fed = fedSession({ keepAliveS: 10 });
    fed.connect();
    expect(wakeAtMs(fed.session)).toBe(9000);
    fed.nowMs = 8999;
    expect(fed.feed({ kind: 'time' }).packets).toEqual([]);
    fed.nowMs = 9000;
    expect(fed.feed({ kind: 'time' }).packets).toEqual([{ type: 'PINGREQ' }]);
  });

  test('a short keep alive keeps a margin of a quarter', () => {
    const fed = fedSession({ keepAliveS: 1 });
    fed.connect();
    expect(wakeAtMs(fed.session)).toBe(750);
  });

  test('sending alone does not put the PINGREQ off: the line may be dead in the other direction', () => {
    const fed = fedSession({ keepAliveS: 10 });
    fed.connect();
    fed.nowMs = 8000;
    fed.publish(1, 0);
    expect(wakeAtMs(fed.session)).toBe(9000);
  });

  test('traffic both ways puts it off', () => {
    const fed = fedSession({ keepAliveS: 10 });
    fed.connect();
    fed.nowMs = 8000;
    fed.publish(1, 1);
    fed.receive({ type: 'PUBACK', packetId: 1 });
    expect(wakeAtMs(fed.session)).toBe(17_000);
  });

  test('PINGRESP in time: the next PINGREQ is due one period later', () => {
    const fed = fedSession({ keepAliveS: 10, pingTimeoutMs: 3000 });
    fed.connect();
    fed.nowMs = 9000;
    fed.feed({ kind: 'time' });
    expect(wakeAtMs(fed.session)).toBe(12_000);
    fed.nowMs = 9100;
    fed.receive({ type: 'PINGRESP' });
    expect(wakeAtMs(fed.session)).toBe(18_000);
  });

  test('no PINGRESP within the bound: the connection is lost', () => {
    const fed = fedSession({ keepAliveS: 10, pingTimeoutMs: 3000 });
    fed.connect();
    fed.nowMs = 9000;
    fed.feed({ kind: 'time' });
    fed.nowMs = 12_000;
    expect(fed.feed({ kind: 'time' })).toMatchObject({ transport: 'close', events: [{ why: 'no-pingresp' }] });
  });

  test('the wait for PINGRESP never outlasts the keep alive itself', () => {
    const fed = fedSession({ keepAliveS: 2, pingTimeoutMs: 60_000 });
    fed.connect();
    fed.nowMs = 1500;
    fed.feed({ kind: 'time' });
    expect(wakeAtMs(fed.session)).toBe(3000);
  });

  test('keep alive 0 never wakes', () => {
    const fed = fedSession({ keepAliveS: 0 });
    fed.connect();
    expect(wakeAtMs(fed.session)).toBe(Infinity);
  });
});
