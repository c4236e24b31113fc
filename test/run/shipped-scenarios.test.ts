// The shipped scenarios: each can be read and says what it does; played, it holds what it promises, and what breaks most of its promises is told.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Results } from '../../src/report/results-schema.ts';
import { KnownFailures, type KnownFailureList } from '../../src/run/known-failures.ts';
import { prepareScenario } from '../../src/run/prepared-scenario.ts';
import { scenarioPath, shippedScenarios } from '../../src/run/shipped.ts';
import { describePlan } from '../../src/scenario/describe.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { Workplace } from '../cli/command-line.ts';
import { need } from '../support/needs.ts';
import { shipped, type Shipped, type Wrong } from './shipped/table.ts';

const workplace = new Workplace();
afterAll(() => workplace[Symbol.asyncDispose]());

type Judged = Results['targets'][number];

/** Runs so far: each has a folder of its own. */
let runs = 0;

test('every shipped scenario stands in the table', async () => {
  expect((await shippedScenarios()).filter((it) => it !== 'quickstart')).toEqual(
    shipped.map((it) => it.name).toSorted(),
  );
});

test('every shipped scenario has a row on its page, with its question', async () => {
  const page = readFileSync(new URL('../../docs/scenarios-shipped.md', import.meta.url), 'utf8');
  for (const { name } of shipped) {
    const { scenario } = await readScenario(scenarioPath(name));
    expect(page).toContain(`\n| \`${name}\` | ${scenario.question} | `);
  }
});

describe.for(shipped.map((it) => [it.name, it] as const))('%s', ([name, { known, wrong }]) => {
  const text = readFileSync(scenarioPath(name), 'utf8');

  test('its header says what it answers and where its figures come from', () => {
    const [header = ''] = /^(#.*\n)+/.exec(text) ?? [];
    expect(header).toMatch(/^# Question: .+$/m);
    expect(header).toMatch(/^# Figures: .+$/m);
  });

  test('what it will do can be said in words, and every name in the table is one of its expectations', async () => {
    const { plan, expectations, file } = await prepareScenario({ scenario: name });
    expect(plan.question).toMatch(/\?$/);
    expect(describePlan(plan, expectations).join('\n')).not.toMatch(/undefined|NaN|\[object/);
    expect(file.parameters.filter((it) => it.about === undefined).map((it) => it.name)).toEqual([]);
    const ids = new Set(expectations.map((it) => it.id));
    const named = [
      ...Object.keys(known.embedded),
      ...Object.keys(known.mosquitto),
      ...wrong.flatMap((it) => it.breaks),
    ];
    expect(named.filter((it) => !it.startsWith('MQTT-') && !ids.has(it))).toEqual([]);
  });
});

describe('played where there is little time', { concurrent: true }, () => {
  test.for(shipped.filter((it) => it.short !== undefined))('$name', { timeout: 90_000 }, async (it) => {
    expect(await surprisesOn('embedded', it, it.short)).toEqual([]);
  });
});

describe('played on the embedded broker', { ...need('long'), concurrent: true }, () => {
  test.for(shipped)('$name', { timeout: 180_000 }, async (it) => {
    expect(await surprisesOn('embedded', it)).toEqual([]);
  });
});

describe('played on Mosquitto', { ...need('long', 'mosquitto'), concurrent: true }, () => {
  test.for(shipped)('$name', { timeout: 180_000 }, async (it) => {
    expect(await surprisesOn('mosquitto', it)).toEqual([]);
  });
});

describe('a promise that is not kept is told', { ...need('long', 'mosquitto'), concurrent: true }, () => {
  const all = shipped.flatMap(({ name, wrong }) => wrong.map((it) => ({ name, ...it })));
  test.for(all)('$name: $breaks', { timeout: 180_000 }, async (it) => {
    expect(await verdictsOf(it)).toEqual(it.breaks.map((id) => [id, 'fail']));
  });
});

async function surprisesOn(
  target: 'embedded' | 'mosquitto',
  { name, known }: Shipped,
  set?: Shipped['short'],
): Promise<readonly string[]> {
  return surprises(await played(name, target, set), known[target]);
}

/** On a broker on which the expectations hold as they are shipped. */
async function verdictsOf({ name, breaks, set, instead = [] }: Wrong & Pick<Shipped, 'name'>): Promise<unknown> {
  let scenario = name;
  if (instead.length > 0) {
    scenario = workplace.path(`${name}-${(runs += 1)}.yaml`);
    writeFileSync(scenario, rewritten(readFileSync(scenarioPath(name), 'utf8'), instead));
  }
  const { targets } = await played(scenario, 'mosquitto', set);
  const checks = targets.flatMap((it) => it.checks);
  return breaks.map((id) => [id, checks.find((it) => it.id === id)?.verdict]);
}

function rewritten(text: string, instead: NonNullable<Wrong['instead']>): string {
  return instead.reduce((sofar, [written, other]) => {
    expect(sofar).toContain(written);
    return sofar.replace(written, other);
  }, text);
}

/** In a process of its own: what a neighbour judges and writes takes no time from the devices of this one. */
async function played(scenario: string, target: string, set: Wrong['set'] = {}): Promise<Results> {
  const reportDir = workplace.path(`run-${(runs += 1)}`);
  const parameters = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const ended = await workplace.run(['run', scenario, '--target', target, '--report', reportDir, ...parameters]);
  if (ended.code !== 0 && ended.code !== 1) throw new Error(`it ended with ${ended.code}:\n${ended.stderr}`);
  return JSON.parse(readFileSync(join(reportDir, 'results.json'), 'utf8')) as Results;
}

/** What fails unexpectedly, what does not fail that is known to, and expectations about nothing. */
function surprises({ targets }: Results, list: KnownFailureList): readonly string[] {
  const verdicts = targets.flatMap((it) => [
    ...it.checks.map((check) => ({ ...check, of: it.role, says: `${check.verdict} ${check.id}: ${check.actual}` })),
    ...it.statements.map((one) => ({
      ...one,
      of: it.role,
      says: `${one.verdict} ${one.id} of ${it.name}: ${whatCame(it, one)}`,
    })),
  ]);
  // What is known is known of brokers: nothing excuses a device.
  const failed = new Set(
    verdicts.filter((it) => it.verdict === 'fail' && it.of === 'target').map((it): string => it.id),
  );
  const { statements: known } = new KnownFailures(list, []);
  const isFine = ({ id, verdict, of }: (typeof verdicts)[number]): boolean =>
    ['pass', 'warn', 'limit'].includes(verdict) || (verdict === 'fail' && of === 'target' && known.has(id));
  return [
    ...verdicts.filter((it) => !isFine(it) && ('kind' in it || it.verdict !== 'notExercised')).map((it) => it.says),
    ...[...known].filter(([id, it]) => !it.sometimes && !failed.has(id)).map(([id]) => `${id} did not fail`),
  ];
}

function whatCame({ findings }: Judged, { id, verdict }: Judged['statements'][number]): string {
  return findings.find((it) => it.statements.includes(id) && it.verdict === verdict)?.actual ?? '';
}
