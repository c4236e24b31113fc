// Datagrams come whole, in order and in time, or not at all; nothing comes that was not sent.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatagramPath, type DatagramWorld } from '../../src/faults/datagram-path.ts';

function bed({ lost = [] as readonly number[], delays = [] as readonly number[], mostB = Infinity } = {}) {
  const it = {
    state: 'open' as DatagramWorld['state'],
    came: [] as { readonly number: number; readonly atMs: number }[],
    path: undefined as unknown as DatagramPath,
    runTo(atMs: number): void {
      while (it.path.wakeAtMs <= atMs) take(it.path.wakeAtMs);
      take(atMs);
    },
  };
  const take = (atMs: number): void => {
    for (const [number = 0] of it.path.advance(atMs)) it.came.push({ number, atMs });
  };
  it.path = new DatagramPath({
    get state() {
      return it.state;
    },
    refusal: (payloadB) => (payloadB > mostB ? 'too long' : undefined),
    carry: (_, fromMs) => fromMs,
    delayMs: (n) => delays[n - 1] ?? 20,
    isLost: (n) => lost.includes(n),
  });
  return it;
}

test('what is lost is gone, and holds nothing back', () => {
  const it = bed({ lost: [2] });
  expect([1, 2, 3].map((n) => it.path.enter(Uint8Array.of(n), n))).toEqual(['sent', 'lost', 'sent']);
  it.runTo(100);
  expect(it.came).toEqual([
    { number: 1, atMs: 21 },
    { number: 3, atMs: 23 },
  ]);
});

test('jitter does not change the order', () => {
  const it = bed({ delays: [30, 5] });
  it.path.enter(Uint8Array.of(1), 0);
  it.path.enter(Uint8Array.of(2), 1);
  it.runTo(100);
  expect(it.came.map(({ atMs }) => atMs)).toEqual([30, 30]);
});

test('frozen, they wait; dropped, they are gone', () => {
  const it = bed();
  it.state = 'freeze';
  it.path.enter(Uint8Array.of(1), 0);
  it.runTo(500);
  expect(it.came).toEqual([]);
  it.state = 'drop';
  it.path.dropAll();
  expect(it.path.enter(Uint8Array.of(2), 500)).toBe('lost');
  it.state = 'open';
  it.path.enter(Uint8Array.of(3), 501);
  it.runTo(1000);
  expect(it.came.map(({ number }) => number)).toEqual([3]);
});

test('what there is no room for is refused, with the reason', () => {
  const it = bed({ mostB: 3 });
  expect(it.path.enter(new Uint8Array(4), 0)).toEqual({ refused: 'too long' });
  expect(it.path.wakeAtMs).toBe(Infinity);
});

test('what comes is what was sent and not lost, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(40), fc.boolean()), { maxLength: 50 }), (sendings) => {
      const lost = sendings.flatMap(([, , isLost], at) => (isLost ? [at + 1] : []));
      const it = bed({ lost, delays: sendings.map(([, delayMs]) => delayMs) });
      let nowMs = 0;
      sendings.forEach(([waitMs], at) => {
        nowMs += waitMs;
        it.runTo(nowMs);
        it.path.enter(Uint8Array.of(at + 1), nowMs);
      });
      it.runTo(nowMs + 100);
      const expected = sendings.flatMap(([, , isLost], at) => (isLost ? [] : [at + 1]));
      expect(it.came.map(({ number }) => number)).toEqual(expected);
    }),
  );
});
