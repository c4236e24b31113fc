// Judging what was measured: a right link passes, each kind of wrong link is flagged, and a busy machine is no proof of either.
import { expect, test } from 'vitest';
import { comparedBytes } from '../../../src/bench/calibration/byte-rows.ts';
import { isValid } from '../../../src/bench/calibration/calibrate.ts';
import { addedDelay, delayControlOf, delayRowOf } from '../../../src/bench/calibration/delay-rows.ts';
import { badSpellsMs, lossControlOf, lossRowOf, spellRowOf } from '../../../src/bench/calibration/loss-rows.ts';
import { bulkPieceB } from '../../../src/bench/calibration/message.ts';
import { probesOf, type LinkProbe } from '../../../src/bench/calibration/probes-on-link.ts';
import { rateControlOf, rateRowOf, steadyBitPerS } from '../../../src/bench/calibration/rate-rows.ts';
import { notMeasured } from '../../../src/bench/calibration/row.ts';
import type { Arrival, Chunk } from '../../../src/bench/calibration/traffic.ts';

/** Latencies around a middle, with a tail of 1 %. */
const around = (middleMs: number, tailMs: number): readonly number[] =>
  Array.from({ length: 1000 }, (_, i) => (i < 985 ? middleMs + (i % 10) / 100 : middleMs + tailMs));

test('what a link adds is counted beyond the bare connection', () => {
  const found = addedDelay(around(300.6, 2), around(0.3, 1), 300);
  expect(found.n).toBe(1000);
  expect(found.p50Ms).toBeCloseTo(0.3, 5);
  expect(found.p99Ms).toBeCloseTo(2.25, 5);
  expect(delayRowOf('embedded', 300, found).verdict).toBe('ok');
});

test('a link that is 2 ms slower than asked is off, and flagged as the control', () => {
  const found = addedDelay(around(302.6, 2), around(0.3, 1), 300);
  expect(delayRowOf('embedded', 300, found).verdict).toBe('off');
  expect(delayControlOf(300, found)).toMatchObject({ verdict: 'ok', isControl: true });
});

test('one whose slowest messages are late is off; of another backend nothing is promised', () => {
  const found = addedDelay(around(300.6, 9), around(0.3, 1), 300);
  expect(delayRowOf('embedded', 300, found).verdict).toBe('off');
  expect(delayRowOf('toxiproxy', 300, found).verdict).toBe('told');
});

test('a control that was not slower is not flagged, however late its slowest messages are', () => {
  expect(delayControlOf(300, addedDelay(around(300.6, 90), around(0.3, 1), 300)).verdict).toBe('off');
});

/** Full segments at a steady rate in the network layer, after a first rush. */
function chunksAt(bitPerS: number, pieces: number): readonly Chunk[] {
  const segments = pieces * (bulkPieceB / 1448);
  return Array.from({ length: segments }, (_, i) => ({
    sizeB: 1448,
    arrivedMs: i < 2 ? 0 : ((i - 1) * 1500 * 8000) / bitPerS,
  }));
}

test('the rate is counted in the network layer, behind the first rush', () => {
  expect(steadyBitPerS(chunksAt(128_000, 4))).toBeCloseTo(128_000, 3);
  expect(steadyBitPerS([])).toBeNaN();
  expect(rateRowOf(128_000, chunksAt(128_000 * 1.02, 4)).verdict).toBe('ok');
  expect(rateRowOf(128_000, chunksAt(128_000 * 0.96, 4)).verdict).toBe('off');
});

test('a rate that is 10 % too high is flagged; one that is right, or is none at all, is not', () => {
  expect(rateControlOf(128_000, chunksAt(128_000 * 1.1, 4)).verdict).toBe('ok');
  expect(rateControlOf(128_000, chunksAt(128_000, 4)).verdict).toBe('off');
  expect(rateControlOf(128_000, chunksAt(10_000_000, 4)).verdict).toBe('off');
  expect(rateControlOf(128_000, [{ sizeB: bulkPieceB, arrivedMs: 1 }]).verdict).toBe('off');
});

const arrival = (connection: number, n: number, sentMs: number, arrivedMs: number): Arrival => ({
  connection,
  n,
  sentMs,
  intendedMs: sentMs,
  arrivedMs,
});

test('only messages that were alone on their connection are probes', () => {
  const probes = probesOf([
    arrival(1, 0, 0, 200),
    // Late, and the two behind it waited for it: they say nothing.
    arrival(1, 1, 1000, 1800),
    arrival(1, 2, 1100, 1800),
    arrival(1, 3, 1200, 1800),
    arrival(1, 4, 2000, 2200),
    // Slow, but not as slow as what was sent again.
    arrival(2, 0, 500, 1000),
  ]);
  expect(probes).toEqual([
    { sentMs: 0, isLate: false },
    { sentMs: 500, isLate: false },
    { sentMs: 1000, isLate: true },
    { sentMs: 2000, isLate: false },
  ]);
});

const lossy = (n: number, late: number): readonly LinkProbe[] =>
  Array.from({ length: n }, (_, i) => ({ sentMs: i, isLate: i < late }));

test('as many losses as chance allows pass, and no others', () => {
  expect(lossRowOf(5, lossy(4000, 236)).verdict).toBe('ok');
  expect(lossRowOf(5, lossy(4000, 237)).verdict).toBe('off');
  expect(lossRowOf(0, lossy(4000, 1)).verdict).toBe('off');
});

test('half the loss is flagged; all of it, or none, is not', () => {
  expect(lossControlOf(5, lossy(4000, 100)).verdict).toBe('ok');
  expect(lossControlOf(5, lossy(4000, 200)).verdict).toBe('off');
  expect(lossControlOf(5, lossy(4000, 0)).verdict).toBe('off');
});

test('a spell lasts from half way before its first late probe to half way behind its last', () => {
  const late = new Set([0, 3, 4, 7, 9]);
  const probes = Array.from({ length: 10 }, (_, i) => ({ sentMs: 10 * i, isLate: late.has(i) }));
  // The first and the last were seen in part only.
  expect(badSpellsMs(probes)).toEqual([20, 10]);
});

const exponential = (meanMs: number): readonly number[] =>
  Array.from({ length: 60 }, (_, i) => -meanMs * Math.log(1 - (i + 0.5) / 60));

test('exponential spells pass; spells of one length, or half as long, do not', () => {
  expect(spellRowOf(exponential(100)).verdict).toBe('ok');
  expect(spellRowOf(exponential(50)).verdict).toBe('off');
  expect(spellRowOf(exponential(100).map(() => 100)).verdict).toBe('off');
  expect(spellRowOf([100]).verdict).toBe('off');
});

test('a meter may be 5 % off in either direction, and no more', () => {
  const seen = { up: { ipB: 1000 }, down: { ipB: 500 } };
  const judged = (upB: number, downB: number): string =>
    comparedBytes('bytes', '', { up: { ipB: upB }, down: { ipB: downB } }, seen).verdict;
  expect([judged(1049, 476), judged(1051, 500), judged(1000, 470)]).toEqual(['ok', 'off', 'off']);
});

test('a calibration is worth something only when every wrong link was flagged', () => {
  const flagged = delayControlOf(50, addedDelay(around(52, 1), around(0, 1), 50));
  const missed = delayControlOf(50, addedDelay(around(50, 1), around(0, 1), 50));
  const failed = { ...notMeasured('control/loss', '', 'the program ended'), isControl: true };
  expect(isValid([flagged])).toBe(true);
  expect(isValid([flagged, missed])).toBe(false);
  expect(isValid([flagged, failed])).toBe(false);
  expect(isValid([delayRowOf('embedded', 50, addedDelay(around(50, 1), around(0, 1), 50))])).toBe(false);
});
