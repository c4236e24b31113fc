// The accounts of random scenarios agree with a tally of their own: what each sender's and receiver's library said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import type { startClient } from '../../../src/parts/devices/client.ts';
import { runScenario } from '../../../src/run/complete-run.ts';
import { Account } from '../../../src/scenario/expectations/account.ts';
import type { Trail } from '../../../src/scenario/expectations/account/trail.ts';
import { parseScenario } from '../../../src/scenario/read-scenario.ts';
import type { Message } from '../../../src/session/session-output.ts';
import { need } from '../../support/needs.ts';
import { randomScenario, yamlOf } from './random-scenarios.ts';

/** What libraries said, told by nothing that the taps saw. What they said before the books closed is `early`. */
const tally = vi.hoisted(() => {
  type Became = { readonly what: 'published' | 'dropped'; readonly early: boolean };
  type Sent = { readonly client: string; readonly message: Message; readonly early: boolean; became?: Became };
  const state = {
    isEarly: false,
    sent: [] as Sent[],
    delivered: [] as { readonly client: string; readonly message: Message; readonly early: boolean }[],
  };
  return { state, reset: (): void => void Object.assign(state, { isEarly: true, sent: [], delivered: [] }) };
});

vi.mock(import('../../../src/parts/devices/client.ts'), async (original) => {
  const actual = await original();
  const { state } = tally;
  const counting: typeof startClient = (options, context) => {
    const client = options.name;
    const byToken = new Map<number, (typeof state.sent)[number]>();
    let publishing: (typeof state.sent)[number] | undefined;
    const started = actual.startClient(
      {
        ...options,
        onDelivery: (message) => {
          state.delivered.push({ client, message, early: state.isEarly });
          options.onDelivery?.(message);
        },
        onEvent: (event) => {
          if (event.kind === 'published' || event.kind === 'dropped') {
            // What is done at once is done before its token is known.
            const sent = byToken.get(event.token) ?? publishing;
            if (sent) sent.became = { what: event.kind, early: state.isEarly };
          }
          options.onEvent?.(event);
        },
      },
      context,
    );
    const publish = started.publish.bind(started);
    started.publish = (message) => {
      publishing = { client, message, early: state.isEarly };
      state.sent.push(publishing);
      const token = publish(message);
      byToken.set(token, publishing);
      publishing = undefined;
      return token;
    };
    return started;
  };
  return { ...actual, startClient: counting };
});

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-random-'));
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;

/** Plays a scenario, and gives every disagreement in words. */
async function disagreements(text: string): Promise<readonly string[]> {
  const name = join(folder, `run-${(runs += 1)}`);
  writeFileSync(`${name}.yaml`, text);
  tally.reset();
  const { events, failure } = await runScenario({
    scenario: `${name}.yaml`,
    reportDir: name,
    signal: new AbortController().signal,
    watch: (event) => {
      if (event.kind === 'mark' && event.name === 'settled') tally.state.isEarly = false;
    },
  });
  if (failure) throw failure;
  const { devices } = parseScenario(`${name}.yaml`, text).scenario;
  const of = (kind: string): readonly string[] => Object.keys(devices).filter((it) => devices[it]?.kind === kind);
  return of('sensor').flatMap((from) => of('subscriber').flatMap((to) => compared(events, from, to)));
}

function compared(events: readonly HistoryEvent[], from: string, to: string): readonly string[] {
  const account = new Account({ from, to, lostAtMost: 0, unplacedAtMost: 0 });
  for (const event of events) account.step(event);
  const { placed, contradictions } = account.balance();
  const sent = tally.state.sent.filter((it) => it.client === from && it.early);
  const problems = contradictions.map((it) => it.says);
  if (placed.length !== sent.length) problems.push(`${placed.length} accounted for, ${sent.length} published`);
  for (const { trail, place } of placed) {
    const mine = sent.find((it) => isSame(it.message, trail));
    if (!trail.meant.topic.endsWith('/value') || mine === undefined) continue;
    const is = `no. ${trail.meant.ordinal} is ${place.place} (${place.says})`;
    const came = tally.state.delivered.filter((it) => it.client === to && isSame(it.message, trail));
    const unread = trail.arrivals.filter((it) => isLastWords(events, it)).length;
    // A tap sees a packet before its receiver reads it, which may be when the books are closed.
    const early = came.filter((it) => it.early).length;
    if (early > trail.arrivals.length || came.length < trail.arrivals.length - unread) {
      problems.push(`${is}, and came ${early} times, ${came.length} in the end`);
    }
    const isDropped = mine.became?.what === 'dropped' && mine.became.early;
    if (isDropped !== (trail.dropped !== undefined)) problems.push(`${is}, and was ${isDropped ? '' : 'not '}dropped`);
    if (trail.meant.qos === 0) continue;
    const { finished } = trail;
    const isDone = mine.became?.what === 'published';
    if (isDone && mine.became?.early && !finished) problems.push(`${is}, and its sender knows that it is done`);
    if (finished && !isDone && !isLastWords(events, finished)) {
      problems.push(`${is}, and its sender does not know that it is done`);
    }
  }
  return problems.map((it) => `${from}->${to}: ${it}`);
}

const isSame = ({ topic, payload }: Message, { meant }: Trail): boolean =>
  topic === meant.topic && payloadHash(payload) === meant.payloadHash;

/** A reset discards what its receiver has not read: nothing that the client sent shows that it read on. */
function isLastWords(
  events: readonly HistoryEvent[],
  { connection, seq }: { readonly connection: string; readonly seq: number },
): boolean {
  const later = events.filter(
    (it) =>
      'connection' in it && it.connection === connection && it.seq > seq && 'seenAt' in it && it.seenAt !== 'serverEnd',
  );
  return (
    later.some((it) => it.kind === 'ended') && !later.some((it) => it.kind === 'packet' && it.direction === 'toServer')
  );
}

/** The smallest scenario that disagrees, as the YAML file that repeats it; nothing where all agree. */
async function smallestDisagreement(numRuns: number, withinMs: number): Promise<string> {
  let failing = '';
  const property = fc.asyncProperty(randomScenario, async (made) => {
    const text = yamlOf(made);
    const found = await disagreements(text);
    if (found.length > 0) failing = `${found.join('\n')}\n\n${text}`;
    return found.length === 0;
  });
  const limits = { interruptAfterTimeLimit: withinMs, markInterruptAsFailure: true };
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, { numRuns, seed: 6, ...limits });
  if (!failed) return '';
  return `seed ${seed}, path ${counterexamplePath}\n${failing === '' ? `not played: ${String(errorInstance)}` : failing}`;
}

test('five random scenarios', { timeout: 300_000 }, async () => {
  expect(await smallestDisagreement(5, 200_000)).toBe('');
});

test('fifty random scenarios', { ...need('long'), timeout: 900_000 }, async () => {
  expect(await smallestDisagreement(50, 700_000)).toBe('');
});
