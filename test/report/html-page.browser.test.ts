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
import { need, whereIs } from '../support/needs.ts';
import { hostileTexts } from './hostile.ts';
import { sample } from './sample.ts';

const flags =
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync';

// What runs in the page is text here: the types of a page's world stay out of this project.
const whatActs = `({
  ran: 'ran' in window,
  active: document.querySelectorAll('script, iframe, img, object, embed, link, form, base').length,
  handlers: [...document.querySelectorAll('*')].flatMap((it) => it.getAttributeNames()).filter((it) => it.startsWith('on')),
})`;
const widthWhenOpen = `(() => {
  for (const it of document.querySelectorAll('details')) it.open = true;
  return document.documentElement.scrollWidth;
})()`;

describe('report.html in Chromium', need('chromium'), () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let events: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-report-'));
    browser = await chromium.launch({ executablePath: whereIs('chromium'), args: flags.split(' ') });
    // The page's own policy is switched off: escaping alone must suffice.
    page = await browser.newPage({ bypassCSP: true });
    page.on('dialog', (dialog) => {
      events.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address()) events.push(`request ${request.url()}`);
    });
    page.on('pageerror', (error) => events.push(`error ${error.message}`));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const address = (): string => pathToFileURL(join(folder, 'report.html')).href;

  /** Opens the page of a run in which `text` is everywhere. */
  async function open(text: string, width = 1280): Promise<void> {
    const { run, events: history } = sample(text);
    await writeFile(join(folder, 'report.html'), pageText(materialOf(run, history)));
    events = [];
    await page.setViewportSize({ width, height: 900 });
    await page.goto(address());
  }

  test.each([...hostileTexts.keys()])('hostile text %i does nothing', async (index) => {
    await open(hostileTexts[index] ?? '');
    expect(await page.evaluate(whatActs)).toEqual({ ran: false, active: 0, handlers: [] });
    expect(events).toEqual([]);
  });

  test('junit.xml with all of them is well formed to a browser too', async () => {
    const { run, events: history } = sample(hostileTexts.join(''));
    await open('x');
    const xml = JSON.stringify(junitText(materialOf(run, history)));
    expect(await page.evaluate(`new DOMParser().parseFromString(${xml}, 'text/xml').documentElement.nodeName`)).toBe(
      'testsuites',
    );
  });

  test.each([360, 1280])('fits %i pixels, long words included', async (width) => {
    await open('long'.repeat(20), width);
    expect(await page.evaluate(widthWhenOpen)).toBeLessThanOrEqual(width);
  });

  test('can be walked with the keyboard', async () => {
    await open('site/pump');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('href')")).toBe('#failures');
    const first = page.locator('details.problem').first();
    await first.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await first.getAttribute('open')).toBeNull();
  });

  test('its own policy lets its style through and nothing else', async () => {
    await open('site/pump');
    const strict = await browser.newPage();
    const refused: string[] = [];
    strict.on('console', (message) => refused.push(message.text()));
    await strict.goto(address());
    expect(await strict.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
    expect(refused).toEqual([]);
    await strict.close();
  });
});
