// A lossy path may be late, and how late follows from TCP's own rules; what comes out is what went in, in order.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TcpPath, type PathWorld } from '../../src/faults/tcp-path.ts';

const delayMs = 25;
const rttMs = 2 * delayMs;
/** A round trip and the least that Linux adds to it. */
const timeoutMs = rttMs + 200;

interface Bed {
  readonly path: TcpPath;
  state: PathWorld['state'];
  /** Sends one segment of one byte that holds its number. */
  send(atMs: number): void;
  /** Number of each segment that came out, and when. */
  readonly came: { readonly number: number; readonly atMs: number }[];
  readonly sendings: { readonly isResent: boolean; readonly atMs: number }[];
  runTo(atMs: number): void;
}

/** @param lost which sendings are lost: `3` the first of segment 3, `3+1` its first retransmission */
function bed(
  lost: readonly string[] = [],
  { msPerSegment = 0, lostAcks = [] as readonly number[], mssB = 10 } = {},
): Bed {
  let freeMs = 0;
  let sent = 0;
  const world: PathWorld = {
    get state() {
      return it.state;
    },
    returnDelayMs: delayMs,
    delayMs: () => delayMs,
    isLost: ({ ordinal }, attempt) => lost.includes(attempt === 0 ? `${ordinal}` : `${ordinal}+${attempt}`),
    isAckLost: ({ ordinal }, attempt) => attempt === 0 && lostAcks.includes(ordinal),
    carry: (_, fromMs) => (freeMs = Math.max(freeMs, fromMs) + msPerSegment),
    left: ({ kind, leftMs }) => it.sendings.push({ isResent: kind === 'resent', atMs: leftMs }),
    came: () => {},
  };
  const path = new TcpPath(world, rttMs, mssB);
  const advance = (toMs: number): void => {
    for (const arrival of path.advance(toMs)) {
      if (arrival instanceof Uint8Array) it.came.push({ number: arrival[0] ?? 0, atMs: toMs });
      else arrival();
    }
  };
  const it: Bed = {
    path,
    state: 'open',
    came: [],
    sendings: [],
    send(atMs) {
      it.runTo(atMs);
      sent += 1;
      path.enter({ n: sent, ordinal: sent, isContinued: false, bytes: Uint8Array.of(sent) }, atMs);
      advance(atMs);
    },
    runTo(atMs) {
      while (path.wakeAtMs <= atMs) advance(path.wakeAtMs);
      advance(atMs);
    },
  };
  return it;
}

const times = (it: Bed): readonly number[] => it.came.map(({ atMs }) => atMs);

describe('without loss', () => {
  test('each segment takes the delay', () => {
    const it = bed();
    for (const atMs of [0, 10, 500]) it.send(atMs);
    it.runTo(1000);
    expect(times(it)).toEqual([25, 35, 525]);
  });

  test('segments take turns on the medium', () => {
    const it = bed([], { msPerSegment: 10 });
    for (const atMs of [0, 0, 0]) it.send(atMs);
    it.runTo(1000);
    expect(times(it)).toEqual([35, 45, 55]);
  });

  test('the end comes behind the last byte', () => {
    const it = bed();
    let endedWith = -1;
    it.send(0);
    it.path.enterEnd(2, () => (endedWith = it.came.length), 0);
    it.runTo(100);
    expect(endedWith).toBe(1);
    expect(it.path.isEmpty).toBe(true);
  });
});

describe('a lost segment', () => {
  test('that is alone comes when the timer runs out', () => {
    const it = bed(['1']);
    it.send(0);
    it.runTo(5000);
    expect(times(it)).toEqual([timeoutMs + delayMs]);
  });

  test('is probed for first, and then waited for twice as long each time', () => {
    const it = bed(['1', '1+1', '1+2']);
    it.send(0);
    it.runTo(5000);
    expect(times(it)).toEqual([timeoutMs * (1 + 1 + 2) + delayMs]);
    expect(it.sendings.filter((sending) => sending.isResent)).toHaveLength(3);
  });

  test('is sent again a round trip and a quarter after the next one, and holds back what is behind it', () => {
    const it = bed(['1']);
    it.send(0);
    it.send(2);
    it.runTo(5000);
    // The second is acknowledged at 52; the window for reordering ends 12.5 ms after the first would have been.
    expect(times(it)).toEqual([62.5 + delayMs, 62.5 + delayMs]);
  });

  test('is sent again without that window when three behind it have arrived', () => {
    const it = bed(['1']);
    for (const atMs of [0, 1, 2, 3]) it.send(atMs);
    it.runTo(5000);
    expect(times(it)).toEqual(Array(4).fill(3 + rttMs + delayMs));
  });

  test('is not told of by a segment whose acknowledgement is lost', () => {
    const it = bed(['1'], { lostAcks: [2] });
    it.send(0);
    it.send(2);
    it.runTo(5000);
    // The second is sent again as a probe; its acknowledgement tells.
    expect(times(it)[0]).toBe(2 + 2 * rttMs + 8 + rttMs + delayMs);
  });

  test('at the end of several is found by a probe with the last of them', () => {
    const it = bed(['2', '3']);
    for (const atMs of [0, 1, 2]) it.send(atMs);
    it.runTo(5000);
    const probedMs = rttMs + 2 * rttMs + 8;
    expect(times(it)).toEqual([delayMs, probedMs + rttMs + delayMs, probedMs + rttMs + delayMs]);
  });

  test('holds back what is sent while it is repaired, which then goes out together', () => {
    const it = bed(['1', '1+1', '1+2']);
    for (const atMs of [0, 2 * timeoutMs + 1, 2 * timeoutMs + 2]) it.send(atMs);
    it.runTo(5000);
    const repairedMs = 4 * timeoutMs + delayMs;
    expect(times(it)).toEqual([repairedMs, repairedMs + rttMs, repairedMs + rttMs]);
    expect(it.sendings.filter((sending) => !sending.isResent)).toHaveLength(2);
  });
});

test('a medium slower than the timeout is learnt from the first segment, and not loaded with repeats', () => {
  const it = bed([], { msPerSegment: 1250, mssB: 1 });
  for (let n = 0; n < 20; n++) it.send(n);
  it.runTo(60_000);
  const repeats = it.sendings.filter(({ isResent }) => isResent);
  expect(repeats.length).toBeGreaterThan(0);
  expect(repeats.every(({ atMs }) => atMs < 12 * 1250)).toBe(true);
  expect(it.came).toHaveLength(20);
});

describe('a link that drops', () => {
  test('delays until the next retransmission after it is back', () => {
    const it = bed();
    it.state = 'drop';
    it.send(0);
    it.send(100);
    it.runTo(5000); // A probe at 208, then sent again at 458, 958, 1958 and 3958; next at 7958.
    it.state = 'open';
    it.runTo(7958);
    expect(it.came).toEqual([]);
    it.runTo(7958 + delayMs);
    expect(it.came.map(({ number }) => number)).toEqual([1]);
    it.runTo(7958 + rttMs + delayMs); // The second waits for the acknowledgement of the first.
    expect(it.came.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('takes what is under way', () => {
    const it = bed();
    it.send(0);
    it.runTo(10);
    it.state = 'drop';
    it.path.dropAll();
    it.state = 'open';
    it.runTo(5000);
    expect(times(it)).toEqual([timeoutMs + delayMs]);
  });

  test('goes on after it dropped what a timeout had brought on its way', () => {
    const it = bed(['1']);
    it.send(0);
    it.runTo(timeoutMs + 10);
    it.state = 'drop';
    it.path.dropAll();
    it.state = 'open';
    it.runTo(60_000);
    expect(it.came).toHaveLength(1);
    it.send(60_001);
    it.runTo(70_000);
    expect(it.came).toHaveLength(2);
  });
});

test('what an outage took of a slow medium is repeated one at a time, so that the medium is never booked ahead', () => {
  const msPerSegment = 100;
  const it = bed([], { msPerSegment });
  for (let n = 0; n < 200; n++) it.send(0);
  it.runTo(10_000);
  it.state = 'drop';
  it.path.dropAll();
  it.runTo(60_000);
  it.state = 'open';
  let nowMs = 60_000;
  let aheadMs = 0;
  for (; it.came.length < 200 && nowMs < 600_000; nowMs += 10) {
    it.runTo(nowMs);
    aheadMs = Math.max(aheadMs, (it.sendings.at(-1)?.atMs ?? 0) - nowMs);
  }
  expect(it.came.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  expect(aheadMs).toBeLessThanOrEqual(msPerSegment);
});

test('a link that freezes lets out what has arrived meanwhile', () => {
  const it = bed();
  it.state = 'freeze';
  it.send(0);
  it.runTo(1000);
  expect(it.came).toEqual([]);
  it.state = 'open';
  it.runTo(1001);
  expect(it.came).toHaveLength(1);
});

type Step = { readonly send: number } | { readonly state: PathWorld['state'] } | { readonly wait: number };

test('whatever is lost whenever, what comes out is what went in, and time alone brings it', () => {
  const step = fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ send: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ state: fc.constantFrom('open', 'drop', 'freeze') }),
    fc.record({ wait: fc.nat(800) }),
  );
  const lost = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(3))
      .map(([n, attempt]) => (attempt === 0 ? `${n}` : `${n}+${attempt}`)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), lost, fc.nat(20), (steps, losses, msPerSegment) => {
      const it = bed(losses, { msPerSegment });
      let nowMs = 0;
      let sent = 0;
      for (const action of steps) {
        if ('send' in action) for (let n = 0; n < action.send; n++, sent++) it.send(nowMs);
        else if ('wait' in action) it.runTo((nowMs += action.wait));
        else {
          it.runTo(nowMs);
          it.state = action.state;
          if (action.state === 'drop') it.path.dropAll();
        }
      }
      it.state = 'open';
      it.runTo(nowMs + 1_000_000);
      expect(it.came.map(({ number }) => number)).toEqual(Array.from({ length: sent }, (_, n) => n + 1));
      expect(it.path.isEmpty).toBe(true);
      expect(it.path.heldB).toBe(0);
      expect(it.path.wakeAtMs).toBe(Infinity);
    }),
    { numRuns: 500 },
  );
});
