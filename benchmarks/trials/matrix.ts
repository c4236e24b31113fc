// `npm run trials -- matrix`: judges every broker whose target is tested, as far as this machine can start it, in one run; writes docs/matrix/.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { examine } from '../../src/bench/doctor.ts';
import type { JudgedTarget } from '../../src/judge/judged.ts';
import { pageText } from '../../src/report/html/page.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { bySection } from '../../src/report/sections.ts';
import { countsText, verdictWords } from '../../src/report/verdict-words.ts';
import { foldVerdicts } from '../../src/judge/verdict.ts';
import { runConformance } from '../../src/run/complete-run.ts';
import { commitOfTrial } from '../trial-record.ts';

const folder = 'docs/matrix';

/** The page about a broker's findings. */
const findingsOf = (target: string): string => (target === 'embedded' ? 'aedes' : target);

const machine = await examine(AbortSignal.timeout(60_000));
/** One way of each broker; `aedes` is what `embedded` is. */
const ways = machine.targets.filter((it) => it.way !== 'container' && it.id !== 'aedes');
const own = ways.filter((it) => it.status === 'tested');
const untested = ways.filter((it) => it.status === 'untested').map((it) => it.id);
const targets = own.filter((it) => it.present).map((it) => it.id);
const absent = own.filter((it) => !it.present).map((it) => it.id);

/** Stays: whoever defends a fail needs its packets. */
const kept = 'fieldbench-report';
await mkdir(kept, { recursive: true });
const reportDir = await mkdtemp(join(kept, 'matrix-'));
const scratch = await mkdtemp(join(tmpdir(), 'fieldbench-matrix-'));
try {
  const began = performance.now();
  // One after the other: two side by side on two cores were seen to cost verdicts, as what is late looks broken.
  const { run, events, failure } = await runConformance({ targets, reportDir, signal: new AbortController().signal });
  const tookS = (performance.now() - began) / 1000;
  if (failure !== undefined) throw failure;
  const judged = run.targets.toSorted((a, b) => a.name.localeCompare(b.name));
  await mkdir(folder, { recursive: true });
  const page = join(scratch, 'report.html');
  await writeFile(page, pageText(materialOf(run, events)));
  await takePicture(page);
  await writeFile(join(folder, 'verdicts.json'), `${JSON.stringify(verdictsOf(judged), null, 1)}\n`);
  await writeFile(join(folder, 'README.md'), `${pageOf(judged, run.warnings, tookS).join('\n')}\n`);
  console.log(
    `${judged.length} brokers in ${tookS.toFixed(0)} s; absent: ${absent.join(', ') || 'none'}; journal in ${reportDir}`,
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/** Target -> version, and the statements of each verdict: what a test holds against the findings. */
function verdictsOf(all: readonly JudgedTarget[]): unknown {
  return Object.fromEntries(
    all.map(({ name, version, statements }) => {
      const byVerdict = Map.groupBy(statements, (it) => it.verdict);
      const verdicts = Object.fromEntries([...byVerdict].map(([verdict, its]) => [verdict, its.map(({ id }) => id)]));
      return [name, { version, verdicts }];
    }),
  );
}

async function takePicture(page: string): Promise<void> {
  const executablePath = machine.optional.find((it) => it.id === 'chromium' && it.present)?.detail;
  if (executablePath === undefined) throw new Error('the picture of the matrix needs Chromium');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({
      bypassCSP: true,
      viewport: { width: 1600, height: 1400 },
      deviceScaleFactor: 1.5,
    });
    const view = await context.newPage();
    await view.goto(pathToFileURL(page).href);
    // What stands above is laid out late and would move the table away under the camera.
    await view.addStyleTag({
      content:
        'main > :not(:has(table.matrix)), body > :not(main) { display: none !important } main { max-width: none !important } .matrix-box { overflow: visible !important; width: max-content }',
    });
    await view.locator('table.matrix').screenshot({ path: join(folder, 'matrix.png') });
  } finally {
    await browser.close();
  }
}

function pageOf(all: readonly JudgedTarget[], warnings: readonly string[], tookS: number): readonly string[] {
  const sections = [...new Set(all.flatMap((it) => bySection(it.statements).map(({ title }) => title)))].toSorted(
    (a, b) => a.localeCompare(b, 'en', { numeric: true }),
  );
  return [
    '# The matrix',
    '',
    `Every broker with a tested target, judged against MQTT 3.1.1 in one run, one after the other. A cell holds the gravest verdict of its section; [the findings](../findings/README.md) defend the fails.`,
    '',
    '![The matrix of sections and brokers](matrix.png)',
    '',
    `- date: ${new Date().toISOString().slice(0, 10)}`,
    `- commit: ${commitOfTrial}`,
    '- command: `npm run trials -- matrix`',
    `- took: ${tookS.toFixed(0)} s for ${all.length} brokers`,
    ...(absent.length === 0 ? [] : [`- not there: ${absent.join(', ')}`]),
    `- with a target that nobody has judged: ${untested.join(', ')}`,
    `- fails that no page defends yet: ${undefended(all).join(', ') || 'none'}`,
    ...warnings.map((it) => `- warning: ${it}`),
    '',
    '| broker | version | statements | declared limits | findings |',
    '| --- | --- | --- | --- | --- |',
    ...all.map(brokerRow),
    '',
    `| section | ${all.map((it) => it.name).join(' | ')} |`,
    `| --- | ${all.map(() => '---').join(' | ')} |`,
    ...sections.map((title) => `| ${title} | ${all.map((it) => cellOf(it, title)).join(' | ')} |`),
  ];
}

/** Broker and statement of each fail without a section of its own in the findings. */
function undefended(all: readonly JudgedTarget[]): readonly string[] {
  return all.flatMap(({ name, statements }) => {
    const page = readFileSync(`docs/findings/${findingsOf(name)}.md`, 'utf8');
    const defended = new Set([...page.matchAll(/^###? (MQTT[\w.-]+)/gm)].map((it) => it[1]));
    const failed = statements.filter((it) => it.verdict === 'fail' && !defended.has(it.id));
    return failed.map((it) => `${name} ${it.id}`);
  });
}

function brokerRow({ name, version, statements, limits }: JudgedTarget): string {
  const page = findingsOf(name);
  const failed = statements.filter((it) => it.verdict === 'fail').length;
  const limited = limits.map((it) => `[${it.says}](${it.source})`).join('; ');
  const findings = failed === 0 ? '' : `[${failed} fail](../findings/${page}.md)`;
  return `| ${name} | ${version} | ${countsText(statements)} | ${limited} | ${findings} |`;
}

function cellOf(target: JudgedTarget, title: string): string {
  const items = bySection(target.statements).find((it) => it.title === title)?.items ?? [];
  if (items.length === 0) return '';
  const { sign, word } = verdictWords[foldVerdicts(items.map((it) => it.verdict))];
  return `${sign} ${word}`;
}
