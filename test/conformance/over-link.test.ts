// Over a slow link a broker is judged as it is without one: it passes what it passed, and a broken one is found out.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { mutants } from '../../src/conformance/mutants.ts';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import { evenProfile, plainProfile } from '../../src/faults/link-profile.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { JudgedRun } from '../../src/judge/judged.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { runConformance, type CompletedRun } from '../../src/run/complete-run.ts';
import { judgeRun } from '../../src/run/judge-run.ts';
import { need } from '../support/needs.ts';
import { playMutants } from './kills.ts';

/** A long way, on which neighbours may be late by different times. */
const profile = { ...evenProfile({ delayMs: 150, jitterMs: 50 }), name: 'long-way' };

/** One of each kind: wills, time, take-over, exchanges, closes, what is kept, frames, sessions, refusals. */
const representative = [
  'will/published-when-lost',
  'will/discarded-by-disconnect',
  'keep-alive/enforced',
  'keep-alive/kept',
  'connect/take-over',
  'connect/accepted',
  'connect/level-refused',
  'connect/reserved-flag',
  'publish/qos2-exactly-once',
  'publish/256-kib',
  'violation/reserved-type-15',
  'subscribe/requested-qos-03',
  'retained/cleared-by-empty',
  'session/qos1-redelivered',
  'websocket/packets-across-frames',
  'websocket/connect-in-text',
  'acl/denied-publish',
  'security/wrong-password',
  'security/refused-take-over',
  'security/acl-subscribe',
  'security/tls-own-certificate',
  'security/client-certificate-expired',
];

async function judged(target: string, hasLink: boolean): Promise<CompletedRun> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-over-link-'));
  try {
    const { signal } = new AbortController();
    const link = hasLink ? { link: { word: profile.name, profile } } : {};
    return await runConformance({ targets: [target], select: representative.join(','), reportDir, signal, ...link });
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}

/** Pass and warn are one: a measured time may lie on either side of its limit. */
const folded = (verdict: Verdict): Verdict => (verdict === 'warn' ? 'pass' : verdict);

/** Statements that these checks are about; what else shows by the way depends on what happens to come first. */
const statements: ReadonlySet<string> = new Set(selectChecks(representative.join(',')).flatMap((it) => it.statements));

function verdictsOf({ targets: [target] }: JudgedRun, of: 'checks' | 'statements'): Readonly<Record<string, Verdict>> {
  const all = (target?.[of] ?? []).filter(({ id }) => of === 'checks' || statements.has(id));
  return Object.fromEntries(all.map((it) => [it.id, folded(it.verdict)]));
}

const ofKind = <K extends HistoryEvent['kind']>(events: readonly HistoryEvent[], kind: K) =>
  events.filter((it): it is Extract<HistoryEvent, { kind: K }> => it.kind === kind);

function isJudgedAlike(target: string): void {
  let plain: CompletedRun;
  let linked: CompletedRun;
  beforeAll(async () => {
    [plain, linked] = await Promise.all([judged(target, false), judged(target, true)]);
  }, 60_000);

  test('every check and statement has the verdict that it has without the link', () => {
    expect(verdictsOf(linked.run, 'checks')).toEqual(verdictsOf(plain.run, 'checks'));
    expect(verdictsOf(linked.run, 'statements')).toEqual(verdictsOf(plain.run, 'statements'));
    expect(Object.keys(verdictsOf(linked.run, 'checks')).toSorted()).toEqual(representative.toSorted());
  });

  test('each connection had a link of its own, seen at both ends where it can be read', () => {
    const opened = Map.groupBy(ofKind(linked.events, 'opened'), (it) => it.connection);
    const links = [...opened.values()].map(([it]) => it?.link);
    expect(new Set(links).size).toBe(opened.size);
    for (const seen of opened.values()) {
      const isUnreadable = /^websocket\/|-certificate/.test(seen[0]?.check ?? '') && seen[0]?.seenAt === 'wire';
      expect(seen.map((it) => it.seenAt)).toEqual(isUnreadable ? ['wire'] : ['clientEnd', 'serverEnd']);
    }
  });

  test('it took as long as the way is long', () => {
    const toServer = ofKind(linked.events, 'packet').filter((it) => it.direction === 'toServer');
    const [left = 0, came = 0] = ['clientEnd', 'serverEnd'].map((end) => toServer.find((it) => it.seenAt === end)?.tMs);
    expect(came - left).toBeGreaterThanOrEqual(100);
  });

  test('the journal alone gives the same verdicts, and names the link in every command that repeats', () => {
    const again = judgeRun(linked.events);
    expect(verdictsOf(again, 'statements')).toEqual(verdictsOf(linked.run, 'statements'));
    expect(again.run.link?.word).toBe('long-way');
    expect(again.run.link?.patience.join('\n')).toMatch(/worst round trip 400 ms/);
    const commands = [again.run.command, ...(again.targets[0]?.checks ?? []).map((it) => it.repeat)];
    for (const it of commands) expect(it).toMatch(/ --link long-way .*--seed 1$/);
  });
}

// Side by side: all of them are waiting most of their time.
describe('Aedes over a link', { ...need('long'), concurrent: true }, () => {
  isJudgedAlike('embedded');
});
describe('Mosquitto over a link', { ...need('long', 'mosquitto'), concurrent: true }, () => {
  isJudgedAlike('mosquitto');
});

test('a link that carries messages is refused before anything starts', async () => {
  const link = { word: 'buoy', profile: { ...plainProfile, name: 'buoy', carries: 'messages' } } as const;
  const { signal } = new AbortController();
  const started = runConformance({ targets: ['embedded'], reportDir: join(tmpdir(), 'never-made'), signal, link });
  await expect(started).rejects.toMatchObject({
    code: 'FB_LINK_CAPABILITY',
    message: expect.stringMatching(/"buoy".* carries messages/) as string,
  });
});

/** Those whose fault a slow link could hide: what comes late, before an end, or behind an acknowledgement under way. */
const killable = new Set([
  'will-after-disconnect',
  'pingresp-overtakes-connack',
  'retained-one-only',
  'pingresp-second-missing',
  'take-over-leaves-socket',
  'reserved-types-tolerated',
]);

test('a broken broker is found out over a link', { timeout: 60_000, concurrent: true }, async () => {
  const chosen = mutants.filter((it) => killable.has(it.id));
  const { kills } = await playMutants(chosen, 'embedded', { link: profile });
  expect(kills.map(({ mutant, onBase, onMutant }) => [mutant.id, folded(onBase), onMutant])).toEqual(
    chosen.map((it) => [it.id, 'pass', 'fail']),
  );
});
