// Says what is wrong with the figures of a profile. The unit in each name tells what may stand there.
import { FieldbenchError } from '../error.ts';
import type { LinkProfile, Outage } from './link-profile.ts';

/** One figure that no link can have. */
export interface ProfileProblem {
  /** Where it stands in the profile, e.g. `up`, `rateBitPerS`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
}

/** Smallest packet that every IPv4 link has to carry (RFC 791, section 3.1), and the largest there is. */
const leastMtuB = 68;
const greatestMtuB = 65_535;

/** What a figure may be. */
interface Range {
  readonly holds: (value: number) => boolean;
  readonly expected: string;
}

const wholeFrom = (least: number): Range => ({
  holds: (value) => Number.isSafeInteger(value) && value >= least,
  expected: `a whole number, ${least} or more`,
});
const positive: Range = { holds: (value) => Number.isFinite(value) && value > 0, expected: 'a number above 0' };
const notNegative: Range = { holds: (value) => Number.isFinite(value) && value >= 0, expected: 'a number, 0 or more' };
const share: Range = { holds: (value) => value >= 0 && value <= 100, expected: 'a share from 0 to 100 %' };

/** Times that something is drawn with, that repeat, or that something is kept for: with 0 nothing would ever be over. */
const neverZero = new Set(
  'meanGoodS meanBadS meanUpS meanDownS meanClearS meanOutS everyS tcpIdleS udpIdleS'.split(' '),
);
const mayBeZeroB = new Set(['overheadB', 'minB']);

/** What a figure of this name may be. */
function rangeOf(name: string): Range {
  if (name === 'every' || /^\d+$/.test(name)) return wholeFrom(1);
  if (name.endsWith('Pct')) return share;
  if (name.endsWith('BitPerS') || neverZero.has(name)) return positive;
  if (name.endsWith('B')) return wholeFrom(mayBeZeroB.has(name) ? 0 : 1);
  return notNegative;
}

/** Everything that is wrong with the figures of a profile; empty when a link can be like that. */
export function profileProblems(profile: LinkProfile): readonly ProfileProblem[] {
  const { failover, ...own } = profile;
  return [
    ...figuresIn(own).flatMap(({ path, value }) => outOfRange(path, value)),
    ...packetProblems(profile),
    ...queueProblems(profile, 'up'),
    ...queueProblems(profile, 'down'),
    ...profile.outages.flatMap((it, at) => outageProblems(it, ['outages', String(at)])),
    ...(failover === undefined ? [] : failoverProblems(failover)),
  ];
}

/**
 * The profile as given, when a link can be like that.
 * @throws FieldbenchError `FB_LINK_FIGURES` that names every figure that is wrong.
 */
export function checkedProfile(profile: LinkProfile): LinkProfile {
  const problems = profileProblems(profile);
  const [first] = problems;
  if (first === undefined) return profile;
  throw new FieldbenchError({
    code: 'FB_LINK_FIGURES',
    message: `link profile "${profile.name}": ${problems.map((it) => it.message).join('; ')}`,
    expected: first.expected,
    actual: first.actual,
  });
}

/** Every number of a profile, with its place. */
export function figuresIn(value: unknown, path: readonly string[] = []): readonly ProfileFigure[] {
  if (typeof value === 'number') return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) => figuresIn(it, [...path, key]));
}

/** A number of a profile. */
export interface ProfileFigure {
  readonly path: readonly string[];
  readonly value: number;
}

function problem(path: readonly string[], actual: number | string, expected: string): ProfileProblem {
  return { path, message: `${path.join('.')} cannot be ${actual}`, expected, actual: String(actual) };
}

function outOfRange(path: readonly string[], value: number): readonly ProfileProblem[] {
  const range = rangeOf(path.at(-1) ?? '');
  return range.holds(value) ? [] : [problem(path, value, range.expected)];
}

function packetProblems({ carries, mtuB, message }: LinkProfile): readonly ProfileProblem[] {
  if (carries === 'messages') {
    return message === undefined ? [problem(['message'], 'left out', 'the longest message each way')] : [];
  }
  if (mtuB >= leastMtuB && mtuB <= greatestMtuB) return [];
  return [problem(['mtuB'], mtuB, `${leastMtuB} to ${greatestMtuB} bytes, as IPv4 has it`)];
}

/** A queue into which no packet fits would let nothing pass. */
function queueProblems(profile: LinkProfile, side: 'up' | 'down'): readonly ProfileProblem[] {
  const { carries, mtuB } = profile;
  const { queue } = profile[side];
  if (queue === undefined) return [];
  if (queue.maxB === undefined && queue.maxMs === undefined) {
    return [problem([side, 'queue'], 'without a bound', 'a size, a time or both')];
  }
  if (carries === 'messages' || queue.maxB === undefined || queue.maxB >= mtuB) return [];
  return [problem([side, 'queue', 'maxB'], queue.maxB, `at least one packet, ${mtuB} bytes`)];
}

function outageProblems(outage: Outage, path: readonly string[]): readonly ProfileProblem[] {
  if (outage.kind === 'schedule' && outage.everyS !== undefined && outage.everyS < outage.lastsS) {
    return [problem([...path, 'everyS'], outage.everyS, `no less than it lasts, ${outage.lastsS} s`)];
  }
  if (outage.kind === 'handover' && outage.everyS <= outage.gapMs / 1000) {
    return [problem([...path, 'everyS'], outage.everyS, `more than its gap, ${outage.gapMs} ms`)];
  }
  return [];
}

function failoverProblems({ to, ...figures }: NonNullable<LinkProfile['failover']>): readonly ProfileProblem[] {
  const path = ['failover'];
  const { failover, ...second } = to;
  return [
    ...figuresIn(figures, path).flatMap((it) => outOfRange(it.path, it.value)),
    ...(to.carries === 'messages' ? [problem([...path, 'to'], to.name, 'a link that carries streams')] : []),
    ...(failover === undefined ? [] : [problem([...path, 'to'], to.name, 'a link without a failover of its own')]),
    ...profileProblems(second).map((it) => ({ ...it, path: [...path, 'to', ...it.path] })),
  ];
}
