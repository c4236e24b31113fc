// Take-over against stories: the older connection must end, and the server must end it.
import { describe, expect, test } from 'vitest';
import { takeOver } from '../../../../src/judge/rules/session/take-over.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, disconnect } from '../../packets.ts';
import { alive, join } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(takeOver, write);

describe('MQTT-3.1.4-2', () => {
  test.each([
    [100, 'pass'],
    [6000, 'warn'],
  ])('closed by the server after %i ms: %s', (ms, verdict) => {
    const seen = judged((h) => {
      const older = join(h, 'a');
      join(h, 'a');
      older.wait(ms).ended('server');
    });
    expect(seen).toEqual({ 'MQTT-3.1.4-2': verdict });
  });

  test('passes when the server closes before it answers the newer one', () => {
    const seen = judged((h) => {
      const older = join(h, 'a');
      const newer = h.conn('a').client(connect({ clientId: 'a' }));
      older.ended('server');
      newer.server(connack());
    });
    expect(seen).toEqual({ 'MQTT-3.1.4-2': 'pass' });
  });

  test.each(['client', 'bench'] as const)('fails when it stays open until the %s closes it', (by) => {
    const seen = judged((h) => {
      const older = join(h, 'a');
      join(h, 'a');
      alive(h);
      older.wait(6000).ended(by);
    });
    expect(seen).toEqual({ 'MQTT-3.1.4-2': 'fail' });
  });

  test('is inconclusive when the server says nothing more', () => {
    const seen = judged((h) => {
      join(h, 'a');
      join(h, 'a');
      h.wait(9000);
      h.conn('b');
    });
    expect(seen).toEqual({ 'MQTT-3.1.4-2': 'inconclusive' });
  });

  test('fails when it is open to the end', () => {
    const seen = judged((h) => {
      join(h, 'a');
      join(h, 'a');
      h.wait(6000);
      join(h, 'b');
    });
    expect(seen).toEqual({ 'MQTT-3.1.4-2': 'fail' });
  });

  const legal: Record<string, (h: HistoryOf) => unknown> = {
    'the older one was leaving by itself': (h) => {
      const older = join(h, 'a').client(disconnect);
      join(h, 'a');
      older.wait(9000).ended('client');
    },
    'the run was over soon': (h) => {
      const older = join(h, 'a');
      join(h, 'a');
      older.ended('bench');
    },
    'client ids differ': (h) => {
      join(h, 'a');
      join(h, 'A');
      h.wait(9000);
      join(h, 'b');
    },
    'the server chooses the client ids': (h) => {
      join(h, '');
      join(h, '');
      h.wait(9000);
      join(h, 'b');
    },
    "the older one's link is half open": (h) => {
      join(h, 'a', {}, false, { link: 'sat' });
      h.record({ kind: 'link', link: 'sat', state: 'half-open-down', figures: {} });
      join(h, 'a');
      h.wait(9000);
      join(h, 'b');
    },
    'the newer one was refused': (h) => {
      join(h, 'a');
      h.conn('a')
        .client(connect({ clientId: 'a' }))
        .server(connack(2));
      h.wait(9000);
      join(h, 'b');
    },
  };
  test.each(Object.entries(legal))('is not judged when %s', (_, write) => {
    expect(judged(write)).toEqual({});
  });
});
