// report.html in a real browser, from a disk, with everything hostile that a wire can carry.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageText } from '../../src/report/html/page.ts';
import { junitText } from '../../src/report/junit.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { safeText } from '../../src/report/safe-text.ts';
import { need, whereIs } from '../support/needs.ts';
import { hostileTexts } from './hostile.ts';
import { sample } from './sample.ts';

const flags =
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync';

// What runs in the page is text here: the types of a page's world stay out of this project.
const whatActs = `({
  ran: 'ran' in window,
  scripts: [...document.querySelectorAll('script')].map((it) => it.id),
  active: document.querySelectorAll('iframe, img, object, embed, link, form, base').length,
  handlers: [...document.querySelectorAll('*')].flatMap((it) => it.getAttributeNames()).filter((it) => it.startsWith('on')),
})`;
const nothingActs = { ran: false, scripts: ['index', '', 'island'], active: 0, handlers: [] };
/** Every drawer and every check in it, every problem and table that the file holds as text. */
const openAll = `(async () => {
  dispatchEvent(new Event('beforeprint'));
  const settled = () => new Promise((done) => setTimeout(done));
  for (const anchor of [...document.querySelectorAll('[data-drawer]')].map((it) => it.dataset.drawer)) {
    location.hash = anchor;
    while (document.querySelector('.drawer.open')?.id !== anchor) await settled();
    for (const it of document.querySelectorAll('.drawer.open details')) it.open = true;
    while (document.querySelector('.drawer.open .check:not([data-filled])') !== null) await settled();
  }
  for (const it of document.querySelectorAll('details')) it.open = true;
  return document.body.textContent;
})()`;
const width = 'document.documentElement.scrollWidth';

describe('report.html in Chromium', need('chromium'), () => {
  let browser: Browser;
  /** Its policy is switched off: escaping alone must suffice. */
  let unguarded: Page;
  /** As people open it; whatever its policy refuses is an event. */
  let guarded: Page;
  let folder: string;
  let events: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-report-'));
    browser = await chromium.launch({ executablePath: whereIs('chromium'), args: flags.split(' ') });
    unguarded = watched(await browser.newPage({ bypassCSP: true }));
    guarded = watched(await browser.newPage());
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const address = (): string => pathToFileURL(join(folder, 'report.html')).href;

  function watched(page: Page): Page {
    page.on('dialog', (dialog) => {
      events.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== address()) events.push(`request ${request.url()}`);
    });
    page.on('pageerror', (error) => events.push(`error ${error.message}`));
    page.on('console', (message) => events.push(`console ${message.text()}`));
    return page;
  }

  /** Opens the page of a run in which `text` is everywhere. */
  async function open(page: Page, text: string, viewWidth = 1280): Promise<void> {
    const { run, events: history } = sample(text);
    await writeFile(join(folder, 'report.html'), pageText(materialOf(run, history)));
    events = [];
    await page.setViewportSize({ width: viewWidth, height: 900 });
    await page.goto('about:blank');
    await page.goto(address());
  }

  test.each([...hostileTexts.keys()])('hostile text %i does nothing and is there to be read', async (index) => {
    const text = hostileTexts[index] ?? '';
    await open(unguarded, text);
    expect(await unguarded.evaluate(openAll)).toContain(safeText(text, 'terminal'));
    expect(await unguarded.evaluate(whatActs)).toEqual(nothingActs);
    expect(events).toEqual([]);
  });

  test('all of them together give the policy nothing to refuse', async () => {
    await open(guarded, hostileTexts.join(''));
    await guarded.evaluate(openAll);
    expect(await guarded.evaluate(whatActs)).toEqual(nothingActs);
    expect(events).toEqual([]);
  });

  test('a text of 100 kB does not take the page apart', async () => {
    await open(guarded, '<b>'.repeat(33_000), 360);
    await guarded.evaluate(openAll);
    expect(await guarded.evaluate(whatActs)).toEqual(nothingActs);
    expect(await guarded.evaluate(width)).toBeLessThanOrEqual(360);
    expect(events).toEqual([]);
  });

  test('junit.xml with all of them is well formed to a browser too', async () => {
    const { run, events: history } = sample(hostileTexts.join(''));
    await open(unguarded, 'x');
    const xml = JSON.stringify(junitText(materialOf(run, history)));
    const root = `new DOMParser().parseFromString(${xml}, 'text/xml').documentElement.nodeName`;
    expect(await unguarded.evaluate(root)).toBe('testsuites');
  });

  test.each([360, 1280])('fits %i pixels, long words and open drawers included', async (viewWidth) => {
    await open(guarded, 'long'.repeat(20), viewWidth);
    await guarded.evaluate(openAll);
    expect(await guarded.evaluate(width)).toBeLessThanOrEqual(viewWidth);
    expect(await guarded.evaluate("document.querySelector('.drawer.open').scrollWidth")).toBeLessThanOrEqual(viewWidth);
  });

  test('its own policy lets its style and its script through', async () => {
    await open(guarded, 'site/pump');
    expect(await guarded.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
    expect(await guarded.evaluate("document.documentElement.classList.contains('js')")).toBe(true);
    expect(events).toEqual([]);
  });
});
