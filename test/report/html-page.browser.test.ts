// report.html in a real browser, from a disk, with everything hostile that a wire can carry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReports } from '../../src/report/write-reports.ts';
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
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-report-'));
    browser = await chromium.launch({ executablePath: whereIs('chromium'), args: flags.split(' ') });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page of a run in which `text` is everywhere, with its own policy switched off: escaping must suffice. */
  async function open(text: string, width = 1280): Promise<{ page: Page; events: string[] }> {
    const { run, events: history } = sample(text);
    await writeReports(run, history, folder);
    const page = await browser.newPage({ bypassCSP: true, viewport: { width, height: 900 } });
    const events: string[] = [];
    const own = pathToFileURL(join(folder, 'report.html')).href;
    page.on('dialog', (dialog) => {
      events.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== own) events.push(`request ${request.url()}`);
    });
    page.on('pageerror', (error) => events.push(`error ${error.message}`));
    await page.goto(own);
    return { page, events };
  }

  test.each(hostileTexts)('%j does nothing', async (text) => {
    const { page, events } = await open(text);
    const found = await page.evaluate(whatActs);
    expect(found).toEqual({ ran: false, active: 0, handlers: [] });
    expect(events).toEqual([]);
    await page.close();
  });

  test.each([360, 1280])('fits %i pixels, long words included', async (width) => {
    const { page } = await open('long'.repeat(20), width);
    const wide = await page.evaluate(widthWhenOpen);
    expect(wide).toBeLessThanOrEqual(width);
    await page.close();
  });

  test('can be walked with the keyboard', async () => {
    const { page } = await open('site/pump');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('href')")).toBe('#failures');
    const opened = page.locator('details.problem').first();
    await opened.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await opened.getAttribute('open')).toBeNull();
    await page.close();
  });

  test('its own policy lets its style through and nothing else', async () => {
    const { run, events } = sample();
    await writeReports(run, events, folder);
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
    expect(refused).toEqual([]);
    await page.close();
  });
});
