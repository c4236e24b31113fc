// A timeline must mean what its file says, in both ways of writing, and every mistake in it must be found at once.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorText, placeText, type FieldbenchError } from '../../src/error.ts';
import {
  parseTimeline,
  pointAt,
  TimelineErrors,
  timelineStates,
  type LinkTimeline,
} from '../../src/faults/link-timeline.ts';

function read(...lines: readonly string[]): LinkTimeline {
  return parseTimeline(lines.join('\n'), 'day.csv');
}

function errorsOf(...lines: readonly string[]): readonly FieldbenchError[] {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof TimelineErrors) return error.errors;
    throw error;
  }
  throw new Error('no error came');
}

/** Anything else that is thrown goes through. */
function outcome(...lines: readonly string[]): 'read' | 'refused' {
  try {
    return read(...lines).points.length > 0 ? 'read' : 'refused';
  } catch (error) {
    if (error instanceof TimelineErrors) return 'refused';
    throw error;
  }
}

/** `file:line:column message` of each. */
function problems(...lines: readonly string[]): readonly string[] {
  return errorsOf(...lines).map((it) => `${it.at ? placeText(it.at) : ''} ${it.message}`);
}

describe('a CSV file', () => {
  test('is piecewise constant: what a row leaves empty stays as it was', () => {
    const { points } = read(
      'tS,rttMs,jitterMs,lossPct,downBitPerS,upBitPerS,state,profile',
      '0,600,20,0.5,4e6,1e6,,',
      '10,,,,,,drop,',
      '12.5,700,,,,64000,up,',
    );
    const figures = { delayMs: 300, jitterMs: 20, lossPct: 0.5, downBitPerS: 4e6, upBitPerS: 1e6 };
    expect(points).toEqual([
      { fromMs: 0, untilMs: 10_000, state: 'up', ...figures },
      { fromMs: 10_000, untilMs: 12_500, state: 'drop', ...figures },
      { fromMs: 12_500, untilMs: Infinity, state: 'up', ...figures, delayMs: 350, upBitPerS: 64_000 },
    ]);
  });

  test('may have any of the columns in any order, blanks, quotes, CRLF, empty lines and a byte order mark', () => {
    const text = '\u{feff}"state" , tS\r\n\r\n freeze, 1\r\n"up","2"\r\n,3\r\n';
    expect(parseTimeline(text, 'day.csv').points).toEqual([
      { fromMs: 0, untilMs: 1000, state: 'up' },
      { fromMs: 1000, untilMs: 2000, state: 'freeze' },
      { fromMs: 2000, untilMs: 3000, state: 'up' },
      { fromMs: 3000, untilMs: Infinity, state: 'up' },
    ]);
  });

  test('of two rows at one time both hold, the later over the earlier', () => {
    expect(read('tS,rttMs,lossPct', '5,100,', '5,,2', '5,200,').points).toEqual([
      { fromMs: 0, untilMs: 5000, state: 'up' },
      { fromMs: 5000, untilMs: Infinity, state: 'up', delayMs: 100, lossPct: 2 },
    ]);
  });

  test('a profile begins anew with its own figures, and keeps the state', () => {
    const timeline = read(
      'tS,profile,rttMs,lossPct,state',
      '1,,80,3,freeze',
      '2,geo-vsat,,1,',
      '3,lte-4g,,,',
      '4,geo-vsat,,,',
    );
    expect(timeline.points.slice(1)).toEqual([
      { fromMs: 1000, untilMs: 2000, state: 'freeze', delayMs: 40, lossPct: 3 },
      { fromMs: 2000, untilMs: 3000, state: 'freeze', profile: 'geo-vsat', lossPct: 1 },
      { fromMs: 3000, untilMs: 4000, state: 'freeze', profile: 'lte-4g' },
      { fromMs: 4000, untilMs: Infinity, state: 'freeze', profile: 'geo-vsat' },
    ]);
    expect([...timeline.profiles]).toEqual([
      ['geo-vsat', { file: 'day.csv', line: 3, column: 3 }],
      ['lte-4g', { file: 'day.csv', line: 4, column: 3 }],
    ]);
  });
});

test('NDJSON says the same as CSV', () => {
  const ndjson = read(
    '{"tS": 0, "rttMs": 600, "state": "up"}',
    '{"tS": 10, "lossPct": 2, "rttMs": null, "state": ""}',
    '',
    '{"state": "rst", "tS": 20, "profile": "lte-4g"}',
  );
  const csv = read('tS,rttMs,lossPct,state,profile', '0,600,,up,', '10,,2,,', '20,,,rst,lte-4g');
  expect(ndjson.points).toEqual(csv.points);
});

describe('what is wrong', () => {
  test('is told all at once, in order, each with its place', () => {
    const lines = ['rttMs,tS,statt,lossPct', '-1,0,up,100.5', '0x10,9,up,1', '5,8,,', ',,,', '1,2', '5,nine,,Infinity'];
    expect(problems(...lines)).toEqual([
      'day.csv:1:10 unknown column "statt"',
      'day.csv:2:1 this cannot be rttMs',
      'day.csv:2:9 this cannot be lossPct',
      'day.csv:3:1 this cannot be rttMs',
      'day.csv:4:3 time goes back',
      'day.csv:5:1 a row without tS',
      'day.csv:6:3 a row that does not fit the header',
      'day.csv:6:3 time goes back',
      'day.csv:7:3 this cannot be tS',
      'day.csv:7:9 this cannot be lossPct',
    ]);
    expect(errorsOf(...lines).every((it) => it.code === 'FB_TIMELINE')).toBe(true);
  });

  test('comes with what was expected, what came, and a hint', () => {
    const [error] = errorsOf('tS,state', '1,freese');
    expect(error && errorText(error)).toBe(
      [
        'day.csv:2:3 a link has no such state [FB_TIMELINE]',
        '  expected: up, drop, freeze, half-open-up, half-open-down, rst',
        '  came: freese',
        '  hint: did you mean "freeze"?',
      ].join('\n'),
    );
    expect(errorsOf('tS,rttMS', '1,5')[0]?.hint).toBe('did you mean "rttMs"?');
  });

  test('in NDJSON too', () => {
    expect(
      problems(
        '{"tS": 1, "rttMs": "fast", "profile": 7}',
        '{"tS": 2, "rtt": 5}',
        '{"tS": 3, oops}',
        '[1, 2]',
        '{"state": {"up": 1}, "tS": 4}',
        '{"tS": 0}',
        '{"tS": 5',
      ),
    ).toEqual([
      'day.csv:1:11 this cannot be rttMs',
      'day.csv:1:28 this cannot be profile',
      'day.csv:2:11 unknown key "rtt"',
      'day.csv:3:11 a line that is no JSON',
      'day.csv:4:1 a line that is no object',
      'day.csv:5:2 a link has no such state',
      'day.csv:6:2 time goes back',
      'day.csv:7:9 a line that is no JSON',
    ]);
  });

  test.each([
    ['an empty file', ['', '  '], 'day.csv:1:1 a timeline without rows'],
    ['only a header', ['tS,rttMs'], 'day.csv:1:1 a timeline without rows'],
    ['no time', ['rttMs', '5'], 'day.csv:1:1 a header without tS'],
    ['a column twice', ['tS,rttMs,rttMs', '1,2,3'], 'day.csv:1:10 two columns rttMs'],
    ['a rate of nothing', ['tS,upBitPerS', '1,0'], 'day.csv:2:3 this cannot be upBitPerS'],
  ])('%s', (_, lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });
});

describe('any file', () => {
  const figure = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
  const row = fc.record({
    tS: fc.double({ min: 0, max: 1e5, noNaN: true }),
    rttMs: figure,
    lossPct: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    state: fc.option(fc.constantFrom(...timelineStates), { nil: undefined }),
  });
  const rows = fc.array(row, { minLength: 1, maxLength: 20 }).map((it) => it.toSorted((a, b) => a.tS - b.tS));

  test('has a point for every moment, without holes; the last row before it decides', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 2e5, noNaN: true }), (all, tS) => {
        const csv = all.map((it) => [it.tS, it.rttMs ?? '', it.lossPct ?? '', it.state ?? ''].join(','));
        const timeline = read('tS,rttMs,lossPct,state', ...csv);
        expect(read(...all.map((it) => JSON.stringify(it))).points).toEqual(timeline.points);
        const { points } = timeline;
        expect(points.map((it) => it.fromMs)).toEqual([0, ...points.slice(0, -1).map((it) => it.untilMs)]);
        expect(points.at(-1)?.untilMs).toBe(Infinity);
        const before = all.filter((it) => it.tS * 1000 <= tS * 1000);
        const point = pointAt(timeline, tS * 1000);
        expect(point.fromMs <= tS * 1000 && tS * 1000 < point.untilMs).toBe(true);
        expect(point.state).toBe(before.findLast((it) => it.state !== undefined)?.state ?? 'up');
        const rttMs = before.findLast((it) => it.rttMs !== undefined)?.rttMs;
        expect(point.delayMs).toBe(rttMs === undefined ? undefined : rttMs / 2);
        expect(point.lossPct).toBe(before.findLast((it) => it.lossPct !== undefined)?.lossPct);
      }),
    );
  });

  test('of any text is read, or refused in its own words', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('1', '"', ',', '{', '}', 'up', '1e999', '-0', '""', ' '));
    fc.assert(
      fc.property(fc.array(fc.array(cell).map((it) => it.join(''))), (lines) => {
        expect(outcome('tS,rttMs,state', ...lines)).toBeOneOf(['read', 'refused']);
      }),
    );
  });
});

test('moments before the start have the first point', () => {
  const timeline = read('tS,state', '0,freeze', '1,up');
  expect(pointAt(timeline, -1)).toEqual({ fromMs: 0, untilMs: 1000, state: 'freeze' });
  expect(pointAt(timeline, 999.9).untilMs).toBe(1000);
  expect(pointAt(timeline, 1000).state).toBe('up');
});
