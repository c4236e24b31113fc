// `npm run trials -- brokers-and-links`: the quickstart on every broker over every link backend; writes docs/trials/brokers-and-links.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/run/complete-run.ts';
import type { JudgedCheck, JudgedTarget } from '../../src/judge/judged.ts';

const targets = ['embedded', 'mosquitto', 'container:mosquitto'];
const backends = ['embedded', 'toxiproxy'];
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

const figure = (check: JudgedCheck | undefined, name: string): string => {
  const value = check?.measured.find((it) => it.name === name)?.value;
  return value === undefined ? '-' : Math.round(value).toLocaleString('en-US');
};

const statementsOf = (target: JudgedTarget | undefined): string => {
  const failed = (target?.statements ?? [])
    .filter((it) => it.verdict === 'fail')
    .map((it) => it.id.replace('MQTT-', ''));
  return `${target?.statements.length ?? 0} judged${failed.length === 0 ? '' : `, broken: ${failed.join(', ')}`}`;
};

const rows: string[] = [];
for (const target of targets) {
  for (const backend of backends) {
    const reportDir = mkdtempSync(join(tmpdir(), 'fieldbench-trial-'));
    const { signal } = new AbortController();
    const { run, failure } = await runScenario({ scenario: 'quickstart', target, backend, reportDir, signal });
    rmSync(reportDir, { recursive: true });
    if (failure !== undefined) throw failure;
    const hub = run.targets.find((it) => it.name === 'hub');
    const check = (id: string): JudgedCheck | undefined => hub?.checks.find((it) => it.id === id);
    const delivered = check('delivered:pressure->control-room');
    const kept = (hub?.checks ?? []).filter((it) => it.verdict === 'pass').length;
    rows.push(
      `| ${target} ${hub?.version ?? ''} | ${backend} | ${run.verdict} | ${kept} of ${hub?.checks.length ?? 0} | ${statementsOf(hub)} | ${figure(delivered, 'intended')} | ${figure(delivered, 'not delivered')} | ${figure(delivered, 'duplicated')} | ${figure(delivered, 'latency p50')} | ${figure(check('will:pressure->control-room'), 'will delay')} | ${figure(check('reconnected:pressure'), 'time to come back')} |`,
    );
    console.log(rows.at(-1));
  }
}

const dirty = git('status', '--porcelain', '--', 'src', 'scenarios') === '' ? '' : ' with changes not committed';
writeFileSync(
  'docs/trials/brokers-and-links.md',
  `# Trial: brokers and links

The shipped quickstart, unchanged, on three brokers over two link backends: a satellite link that slows down, breaks and comes back; then the broker is killed and started again.

- date: ${new Date().toISOString().slice(0, 10)}
- commit: ${git('rev-parse', '--short', 'HEAD')}${dirty}
- command: \`npm run trials -- brokers-and-links\`

| broker | link | verdict | expectations kept | statements of the broker | readings meant | not delivered | doubled | latency p50, ms | will delay, ms | back after, ms |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`,
);
