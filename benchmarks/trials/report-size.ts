// `npm run trials -- report-size [RUN_DIR]`: how soon a large report.html can be read and used; writes docs/trials/report-size.md.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { probeAll } from '../../src/bench/probes.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { readJournal } from '../../src/history/read-journal.ts';
import type { JudgedRun } from '../../src/judge/judged.ts';
import { pageText } from '../../src/report/html/page.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { runConformance } from '../../src/run/complete-run.ts';
import { judgeRun } from '../../src/run/judge-run.ts';
import { repeatedRun } from '../repeated-run.ts';
import { writeTrial } from '../trial-record.ts';

const TARGETS = 13;
const LOADS = 15;
const LIMIT_MS = 1000;

/**
 * Runs in the page from its beginning: notes when the matrix stands on the screen and its script has run. Text, as the
 * types of a page are not ours.
 */
const noteWhenUsable = `{
  const look = () => {
    const cell = document.querySelector('#cells td a');
    const isThere = document.documentElement?.classList.contains('js') && cell?.tabIndex === 0 && cell.getClientRects().length === 1;
    requestAnimationFrame(isThere ? () => setTimeout(() => { window.usableMs = performance.now(); }) : look);
  };
  look();
}`;
const noted = `({
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  usable: window.usableMs,
  complete: performance.getEntriesByType('navigation')[0].loadEventStart,
})`;
const openCheck = `new Promise((done) => {
  const began = performance.now();
  const when = (selector, then) => {
    const it = document.querySelector(selector);
    if (it === null) requestAnimationFrame(() => when(selector, then));
    else then(it);
  };
  document.querySelector('#cells td a').click();
  when('.drawer.open details.check summary', (check) => {
    check.click();
    when('.drawer.open svg.sequence', () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))));
  });
})`;

interface Load {
  readonly paintMs: number;
  readonly usableMs: number;
  readonly completeMs: number;
  readonly drawerMs: number;
}

const found = await probeAll(AbortSignal.timeout(10_000));
const folder = await mkdtemp(join(tmpdir(), 'fieldbench-report-size-'));

async function recorded(): Promise<readonly HistoryEvent[]> {
  const [given] = process.argv.slice(2);
  const reportDir = given ?? join(folder, 'run');
  if (given === undefined) {
    const targets = ['embedded', ...(found.get('mosquitto')?.present ? ['mosquitto'] : [])];
    await runConformance({ targets, reportDir, signal: new AbortController().signal });
  }
  return Array.fromAsync(readJournal(join(reportDir, 'journal.ndjson')));
}

async function loadOnce(browser: Browser, address: string): Promise<Load> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    await page.addInitScript(noteWhenUsable);
    await page.goto(`${address}#matrix`);
    await page.waitForFunction('window.usableMs');
    const { paint, usable, complete } = (await page.evaluate(noted)) as Record<'paint' | 'usable' | 'complete', number>;
    const drawerMs = (await page.evaluate(openCheck)) as number;
    return { paintMs: paint, usableMs: usable, completeMs: complete, drawerMs };
  } finally {
    await page.close();
  }
}

const ordered = (loads: readonly Load[], value: (it: Load) => number): readonly number[] =>
  loads.map(value).toSorted((a, b) => a - b);
const row = (name: string, values: readonly number[]): string => {
  const [least = NaN, middle = NaN, most = NaN] = [values[0], values[Math.floor(values.length / 2)], values.at(-1)];
  return `| ${name} | ${least.toFixed(0)} | ${middle.toFixed(0)} | ${most.toFixed(0)} |`;
};

function sizes(run: JudgedRun, events: readonly HistoryEvent[], bytes: number): Readonly<Record<string, string>> {
  const statements = new Set(run.targets.flatMap((it) => it.statements.map(({ id }) => id)));
  const checks = run.targets.reduce((sum, it) => sum + it.checks.length, 0);
  return {
    targets: String(run.targets.length),
    'statements judged, of all targets together': String(statements.size),
    'checks on targets': String(checks),
    'packets in the journal': String(events.filter((it) => it.kind === 'packet').length),
    'report.html': `${(bytes / 1e6).toFixed(2)} MB`,
  };
}

try {
  const once = await recorded();
  const events = repeatedRun(once, TARGETS);
  const real = once.flatMap((it) => (it.kind === 'target' ? [`${it.target} ${it.version}`] : []));
  const run = judgeRun(events);
  const file = join(folder, 'report.html');
  await writeFile(file, pageText(materialOf(run, events)));
  const chromiumPath = found.get('chromium')?.detail;
  if (chromiumPath === undefined) throw new Error('this trial needs Chromium');
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const loads: Load[] = [];
  try {
    for (let n = 0; n < LOADS; n++) loads.push(await loadOnce(browser, pathToFileURL(file).href));
  } finally {
    await browser.close();
  }
  const usable = ordered(loads, (it) => it.usableMs);
  const worst = usable.at(-1) ?? Number.POSITIVE_INFINITY;
  const median = usable[Math.floor(usable.length / 2)] ?? Number.POSITIVE_INFINITY;
  console.log(usable.map((it) => it.toFixed(0)).join(' '));
  writeTrial({
    name: 'report-size',
    about: `A \`report.html\` of ${TARGETS} targets is opened from a disk in Chromium, ${LOADS} times, each time in a new page. The median from the beginning of the navigation to a matrix that is painted and answers (its script has run; conversations and drawers are read behind it) has to be below ${LIMIT_MS} ms. Of the ${TARGETS} targets, ${real.length} were really judged (${real.join(', ')}); the others are their recorded conversations once more, under other names, judged like them. Their texts and packets are the same but for names, so that a real report of as many targets is somewhat larger.`,
    figures: {
      ...sizes(run, events, (await stat(file)).size),
      Chromium: browser.version(),
      processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
      'load of the machine over the last minute': loadavg()[0]?.toFixed(1) ?? '',
      result:
        median < LIMIT_MS
          ? `${median.toFixed(0)} ms, kept (slowest ${worst.toFixed(0)} ms)`
          : `${median.toFixed(0)} ms, missed`,
    },
    body: [
      '| ms | least | median | most |',
      '| --- | ---: | ---: | ---: |',
      row(
        'first paint, from the beginning of the navigation',
        ordered(loads, (it) => it.paintMs),
      ),
      row('matrix painted and usable, from the beginning of the navigation', usable),
      row(
        'all of the file read, from the beginning of the navigation',
        ordered(loads, (it) => it.completeMs),
      ),
      row(
        'a click on a cell and on a check, to its sequence diagram and packets',
        ordered(loads, (it) => it.drawerMs),
      ),
    ].join('\n'),
  });
  process.exitCode = median < LIMIT_MS ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
