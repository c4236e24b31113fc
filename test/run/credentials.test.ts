// A password that a target takes from the environment is used on every CONNECT, and stands in nothing that a run leaves behind.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { targetOf } from '../../src/bench/target/target.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { runConformance, runScenario, type CompletedRun } from '../../src/run/complete-run.ts';
import { testWorld } from '../parts/brokers/world.ts';
import { need } from '../support/needs.ts';
import { searchFolder, type Found, type Secret } from '../support/secret-search.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-credentials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

async function leaks({ run, events }: CompletedRun, reportDir: string, secret: Secret): Promise<Found> {
  await writeReports(run, events, reportDir);
  const files = readdirSync(reportDir, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  expect(files.length).toBeGreaterThan(5);
  return searchFolder(reportDir, secret);
}

describe('a broker that lets nobody in without a login', { timeout: 60_000, ...need('mosquitto') }, () => {
  test('is judged by its URL, and drives the devices of a scenario', async () => {
    using world = testWorld();
    await using broker = await targetOf('mosquitto').driver.start('theirs', world.context);
    const { login } = broker.variants;
    if (login === undefined) throw new Error('there is no such listener');
    vi.stubEnv('SITE_USER', login.userName);
    vi.stubEnv('SITE_PASSWORD', login.password);
    const guarded = `url: mqtt://127.0.0.1:${login.endpoint.port}\n`;
    const file = join(folder, 'site.yaml');
    writeFileSync(
      file,
      `title: the broker of a site\nremote:\n  ${guarded}  credentials: { userNameFrom: SITE_USER, passwordFrom: SITE_PASSWORD }\n`,
    );
    const signal = new AbortController().signal;
    const reportDir = join(folder, 'conform');
    const conformed = await runConformance({
      targets: [file],
      select: 'connect/accepted,publish/*',
      reportDir,
      signal,
    });
    expect(conformed.run.targets[0]?.checks.filter((it) => it.verdict === 'pass').map((it) => it.id)).toContain(
      'publish/acknowledged',
    );
    expect(await leaks(conformed, reportDir, login)).toEqual([]);

    const scenario = join(folder, 'scenario.yaml');
    writeFileSync(
      scenario,
      `name: with-a-login
question: Do devices say who they are?
brokers:
  hub:
    title: the broker of a site
    remote:
      ${guarded}      credentials: { userNameFrom: SITE_USER, passwordFrom: SITE_PASSWORD }
devices:
  display: { kind: subscriber, broker: hub, filters: { 'site/#': 1 } }
  level:
    kind: sensor
    broker: hub
    topic: site/level
    interval: 200ms
    signal: { unit: m, start: 2, step: 0.1, min: 0, max: 4 }
duration: 1s
settle: 1s
expectations:
  - delivered: { from: level, to: display }
`,
    );
    const played = await runScenario({ scenario, trust: true, reportDir: join(folder, 'scenario'), signal });
    expect(played.run.verdict).toBe('pass');
    expect(await leaks(played, join(folder, 'scenario'), login)).toEqual([]);
  });
});
