// A line may delay, hold and freeze, but what comes out is what went in, in order, at times that the seed repeats.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evenProfile, type LinkProfile } from '../../../src/faults/link-profile.ts';
import { SharedMedia } from '../../../src/faults/medium.ts';
import { joinedMs, type Segmentation } from '../../../src/faults/segmentation.ts';
import { Channel } from '../../../src/parts/links/channel.ts';
import { Line } from '../../../src/parts/links/line.ts';
import { LinkState } from '../../../src/parts/links/link-state.ts';
import { manualClock } from './manual-clock.ts';

interface Figures {
  readonly delayMs: number;
  readonly jitterMs: number;
}

function lineWith(figures: Figures, seed = 1, segments?: Segmentation, profile: LinkProfile = evenProfile(figures)) {
  const clock = manualClock();
  const out: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  const full: boolean[] = [];
  const state = new LinkState('sat', profile, { record: () => {} });
  const line = new Line({
    clock,
    state,
    channel: new Channel(state, new SharedMedia(), { seed, link: 'sat' }),
    content: 'opaque',
    draws: { seed, link: 'sat', connection: 1, direction: 'toServer' },
    deliver: (bytes) => out.push({ atMs: Math.round(clock.nowMs()), bytes }),
    full: (isFull) => full.push(isFull),
    segments,
  });
  state.follow(() => line.follow());
  return {
    line,
    state,
    clock,
    out,
    full,
    text: () => Buffer.concat(out.map((it) => it.bytes)).toString(),
    /** When each byte came out. */
    times: () => out.flatMap((it) => Array.from(it.bytes, () => it.atMs)),
  };
}
const ascii = (text: string): Uint8Array => Buffer.from(text);

describe('a line', () => {
  test('without delay passes bytes at once, as they came', () => {
    const { line, out } = lineWith({ delayMs: 0, jitterMs: 0 });
    const chunk = ascii('abc');
    line.enter(chunk);
    expect(out[0]?.bytes).toBe(chunk);
  });

  test('delivers after its delay and not before', () => {
    const { line, clock, text, times } = lineWith({ delayMs: 300, jitterMs: 0 });
    line.enter(ascii('a'));
    clock.advance(100);
    line.enter(ascii('b'));
    clock.advance(199);
    expect(text()).toBe('');
    clock.advance(500);
    expect(times()).toEqual([300, 400]);
  });

  test('keeps the order when the delay shrinks or jitters', () => {
    const { line, state, clock, text, times } = lineWith({ delayMs: 100, jitterMs: 0 });
    line.enter(ascii('a'));
    state.shape({ delayMs: 0 });
    line.enter(ascii('b'));
    clock.advance(1000);
    expect(text()).toBe('ab');
    expect(times()).toEqual([100, 100]);
  });

  test('holds what enters after the call, and the end of the stream behind it', () => {
    const { line, clock, out, text } = lineWith({ delayMs: 10, jitterMs: 0 });
    const ends: number[] = [];
    line.enter(ascii('a'));
    line.hold(50);
    line.enter(ascii('b'));
    line.enterEnd(() => ends.push(Math.round(clock.nowMs())));
    clock.advance(1000);
    expect(text()).toBe('ab');
    expect(out.map((it) => it.atMs)).toEqual([10, 60]);
    expect(ends).toEqual([60]);
  });

  test('frozen delivers nothing; thawed, what was under way, and what the sender held back a round trip later', () => {
    const { line, clock, text, times } = lineWith({ delayMs: 20, jitterMs: 0 });
    line.enter(ascii('a'));
    line.freeze(true);
    clock.advance(1000);
    line.enter(ascii('b'));
    clock.advance(1000);
    expect(text()).toBe('');
    line.freeze(false);
    clock.advance(1000);
    expect(times().map(Math.round)).toEqual([2000, 2040]);
  });

  test('cleared delivers nothing more', () => {
    const { line, clock, text } = lineWith({ delayMs: 20, jitterMs: 0 });
    line.enter(ascii('a'));
    line.clear();
    clock.advance(1000);
    expect(text()).toBe('');
  });

  test('asks its sender to wait when it has a window of bytes, and to go on when it has room', () => {
    const { line, clock, full } = lineWith({ delayMs: 20, jitterMs: 0 });
    line.freeze(true);
    for (let i = 0; i < 5; i++) line.enter(new Uint8Array(2 ** 20));
    expect(full).toEqual([true]);
    line.freeze(false);
    clock.advance(1000);
    expect(full).toEqual([true, false]);
  });
});

describe('jitter', () => {
  const figures = { delayMs: 200, jitterMs: 150 };
  const timesWith = (chunks: readonly Uint8Array[], seed: number): readonly number[] => {
    const { line, clock, times } = lineWith(figures, seed);
    for (const chunk of chunks) line.enter(chunk);
    clock.advance(1000);
    return times();
  };
  const whole = new Uint8Array(8_000);

  test('comes from the seed', () => {
    expect(timesWith([whole], 5)).toEqual(timesWith([whole], 5));
    expect(timesWith([whole], 5)).not.toEqual(timesWith([whole], 6));
  });

  test('does not depend on how the stream was read', () => {
    const expected = timesWith([whole], 5);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 10 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, i) => whole.subarray(places[i], end));
        expect(timesWith(chunks, 5)).toEqual(expected);
      }),
    );
  });
});

type Step =
  | { readonly enter: number }
  | { readonly advance: number }
  | { readonly freeze: boolean }
  | { readonly hold: number };

test('whatever happens to a line, what comes out is what went in', () => {
  const step = fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ enter: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ advance: fc.nat(200) }),
    fc.record({ freeze: fc.boolean() }),
    fc.record({ hold: fc.nat(100) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(100), fc.nat(100), (steps, delayMs, jitterMs) => {
      const { line, clock, out } = lineWith({ delayMs, jitterMs });
      let next = 0;
      for (const it of steps) {
        if ('enter' in it) line.enter(Uint8Array.from({ length: it.enter }, () => next++ % 251));
        else if ('advance' in it) clock.advance(it.advance);
        else if ('freeze' in it) line.freeze(it.freeze);
        else line.hold(it.hold);
      }
      line.freeze(false);
      clock.advance(10_000);
      const came = Buffer.concat(out.map((it) => it.bytes));
      expect(came).toEqual(Buffer.from(Uint8Array.from({ length: next }, (_, i) => i % 251)));
    }),
  );
});

describe('a line that cuts anew', () => {
  const still = { delayMs: 0, jitterMs: 0 };

  test('lets single bytes out one by one, 1 ms apart, and the end behind them', () => {
    const { line, clock, out, times } = lineWith(still, 1, 'bytes');
    let isOver = false;
    line.enter(ascii('abc'));
    line.enterEnd(() => (isOver = true));
    clock.advance(1);
    expect(isOver).toBe(false);
    clock.advance(5);
    expect(out.map((it) => it.bytes.length)).toEqual([1, 1, 1]);
    expect(times()).toEqual([0, 1, 2]);
    expect(isOver).toBe(true);
  });

  test('joins what arrives close together, and no more', () => {
    const { line, clock, out } = lineWith(still, 1, 'joined');
    line.enter(ascii('ab'));
    clock.advance(joinedMs / 2);
    line.enter(ascii('cd'));
    clock.advance(joinedMs);
    line.enter(ascii('e'));
    clock.advance(joinedMs);
    expect(out.map((it) => Buffer.from(it.bytes).toString())).toEqual(['abcd', 'e']);
  });

  test('joins nothing across the end, which comes last', () => {
    const { line, clock, text } = lineWith(still, 1, 'joined');
    let before = '';
    line.enter(ascii('ab'));
    line.enter(ascii('cd'));
    line.enterEnd(() => (before = text()));
    clock.advance(joinedMs);
    expect(before).toBe('abcd');
  });
});
