// What happened, as people see it: plots, faults in words, a moment by keyboard, offences and the topology.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pageText } from '../../../src/report/html/page.ts';
import { materialOf } from '../../../src/report/reporter.ts';
import { need, whereIs } from '../../support/needs.ts';
import { hostileTexts } from '../hostile.ts';
import { playedScenario } from '../played-scenario.ts';

describe('what happened, in report.html', need('chromium'), () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let address: string;
  let refused: string[] = [];

  const openPage = async (on: Page, text?: string): Promise<void> => {
    const { run, events } = playedScenario(text);
    await writeFile(join(folder, 'report.html'), pageText(materialOf(run, events)));
    refused = [];
    await on.goto('about:blank');
    await on.goto(address);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-series-'));
    address = pathToFileURL(join(folder, 'report.html')).href;
    browser = await chromium.launch({
      executablePath: whereIs('chromium'),
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    page = await browser.newPage();
    page.on('console', (message) => refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(error.message));
  });
  beforeEach(() => openPage(page));
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test('every series is there, the fault shaded behind each, and said in words', async () => {
    const titles = await page.locator('#plots figcaption b').allTextContents();
    expect(titles).toEqual(['Faults and phases', 'Devices online', 'Messages', 'Latency', 'Reconnects', 'MQTT bytes']);
    const shaded = "document.querySelectorAll('#plots .plot:not(.strip) > svg:has(.shade.link)').length";
    expect(await page.evaluate(shaded)).toBe(5);
    expect(await page.locator('.windows li').allTextContents()).toEqual([
      expect.stringContaining('link radio cut, 1.3 s to 2.3 s'),
    ]);
  });

  test('the fault takes the keyboard and says what it is', async () => {
    await page.locator('.bar-of').focus();
    expect(await page.locator('#moment').textContent()).toBe('1: link radio cut, 1.3 s to 2.3 s');
    await page.locator('.bar-of').hover();
    expect(await page.locator('#moment').textContent()).toContain('link radio cut');
  });

  test('arrow keys walk the time axis, and the figures of the moment stand in words', async () => {
    const moment = page.locator('#moment');
    await moment.focus();
    await page.keyboard.press('End');
    const last = await moment.getAttribute('aria-valuemax');
    expect(await moment.getAttribute('aria-valuenow')).toBe(last);
    await page.keyboard.press('Home');
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight');
    expect(await moment.getAttribute('aria-valuenow')).toBe('10');
    expect(await moment.textContent()).toMatch(/^from 1 s · online 2 · intended 1 · delivered 0 · p50 30\d ms/);
    expect(await moment.getAttribute('aria-valuetext')).toBe(await moment.textContent());
    expect(await page.locator('.cursor').first().getAttribute('x1')).not.toBe('-1');
  });

  test('the pointer does the same', async () => {
    const plot = page.locator('#plots .plot > svg').last();
    const width = (await plot.boundingBox())?.width ?? 0;
    await plot.hover({ position: { x: width - 2, y: 40 } });
    const moment = page.locator('#moment');
    expect(await moment.getAttribute('aria-valuenow')).toBe(await moment.getAttribute('aria-valuemax'));
  });

  test('an expectation that was not met opens to its path and the lanes of every party', async () => {
    const offence = page.locator('#expectations .offence');
    await offence.locator('> summary').click();
    const path = await offence.locator('.path li').allTextContents();
    expect(path).toEqual([
      expect.stringContaining("pump means to publish q1 't' #2"),
      expect.stringContaining("pump's end of radio/pump (c2)"),
    ]);
    const lanes = await offence.locator('svg.sequence .lane').allTextContents();
    expect(lanes).toEqual([expect.stringContaining('pump'), 'radio/pump', 'broker']);
    expect(await offence.locator('svg.sequence').textContent()).toContain('lost');
    expect(await offence.locator('tr.offending').count()).toBe(1);
  });

  test('the topology shows the link as it was at the first offence', async () => {
    expect(await page.locator('#topology h2').textContent()).toContain('at the moment of the first offence');
    const label = await page.locator('svg.topology').getAttribute('aria-label');
    expect(label).toContain('pump to broker, radio: cut, 2 messages');
    expect(await page.locator('svg.topology .broken').count()).toBe(1);
    expect(await page.locator('svg.topology .part.right .name').allTextContents()).toEqual(['display']);
  });

  test.each([360, 1280])('fits %i pixels, all of it open', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate("for (const it of document.querySelectorAll('main details')) it.open = true");
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const plot = await page.locator('#plots .plot svg').first().boundingBox();
    expect(plot?.width).toBeLessThanOrEqual(width);
    expect(refused).toEqual([]);
  });

  test('a dark page has light lines', async () => {
    const ink = `getComputedStyle(document.querySelector('.line.dashed')).stroke`;
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await page.evaluate(ink);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate(ink)).not.toBe(light);
    await page.emulateMedia({ colorScheme: null });
  });

  test('on paper the plots are whole, and offences are not left out', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('#moment').isVisible()).toBe(false);
    expect(await page.locator('#plots .plot:visible').count()).toBe(6);
    expect(await page.locator('#expectations svg.sequence').isVisible()).toBe(true);
    await page.emulateMedia({ media: null });
  });

  test('without scripts the plots, their words and the table are there', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(address);
    expect(await plain.locator('#plots .plot:visible').count()).toBe(6);
    expect(await plain.locator('#moment').isVisible()).toBe(false);
    await plain.locator('.figures-of summary').click();
    expect(await plain.locator('#figures tbody tr').first().isVisible()).toBe(true);
    await plain.locator('.offence > summary').click();
    expect(await plain.locator('.offence .path').isVisible()).toBe(true);
    await context.close();
  });

  test('hostile names and topics are only text', async () => {
    await openPage(page, hostileTexts.join(''));
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.locator('.bar-of').first().focus();
    expect(await page.locator('#moment').textContent()).toContain('link radio cut');
    expect(await page.evaluate("'ran' in window")).toBe(false);
    expect(await page.locator('svg.topology .part').count()).toBe(3);
    expect(refused).toEqual([]);
  });
});
