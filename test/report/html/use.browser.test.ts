// How report.html is used: by keyboard, by its address, on paper, and where no script runs.
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
import { sample } from '../sample.ts';

const focused = `(() => {
  const it = document.activeElement;
  return it.getAttribute('href') ?? it.getAttribute('aria-label') ?? it.id;
})()`;

describe('using report.html', need('chromium'), () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-use-'));
    const file = join(folder, 'report.html');
    address = pathToFileURL(file).href;
    const { run, events } = sample();
    await writeFile(file, pageText(materialOf(run, events)));
    browser = await chromium.launch({
      executablePath: whereIs('chromium'),
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
    page = await browser.newPage();
  });
  beforeEach(async () => {
    await page.goto('about:blank');
    await page.goto(address);
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test('arrows walk the matrix, Enter opens a cell, Escape gives the keyboard back', async () => {
    await page.locator('#cells td a').first().focus();
    await page.keyboard.press('ArrowDown');
    const chosen = String(await page.evaluate(focused));
    expect(chosen).toBe('#cell-1-0');
    await page.keyboard.press('Enter');
    const drawer = page.locator('.drawer.open');
    await drawer.waitFor();
    expect(await page.evaluate(focused)).toBe('cell-1-0');
    expect(await page.evaluate("document.querySelector('main').inert")).toBe(true);
    await page.keyboard.press('Escape');
    expect(await drawer.count()).toBe(0);
    expect(await page.evaluate(focused)).toBe(chosen);
  });

  test('a row opens to its statements, and the matrix stays one stop of the tab key', async () => {
    await page.locator('#cells td a').first().focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    expect(await page.locator('#cells .of-row').allTextContents()).toEqual([expect.stringContaining('MQTT-3.1.2-24')]);
    expect(await page.locator('#cells [tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await page.locator('#cells .of-row').count()).toBe(0);
  });

  test('the button of a failure opens the whole check: diagram, fields and bytes', async () => {
    await page.locator('#failures .button').first().click();
    const check = page.locator('.drawer.open .check.pointed');
    await check.locator('svg.sequence').waitFor();
    expect(await check.locator('svg.sequence .lane').allTextContents()).toEqual([
      expect.stringContaining('pump'),
      'satellite',
      'broker',
    ]);
    expect(await check.locator('svg.sequence .here').textContent()).toContain('PUBACK id 8');
    expect(await check.locator('tr.offending mark').allTextContents()).toEqual(['[00 08]']);
    expect(await check.locator('tr.offending dl').textContent()).toBe('packet id8');
  });

  test('the address holds filters and place, and another reader sees the same', async () => {
    await page.locator('#filters [data-show="warn"]').click();
    await page.locator('#filters input').fill('keep alive');
    expect(await page.evaluate('location.hash')).toBe('#&show=warn&find=keep%20alive');
    const shown = await page.locator('.problem:visible').allTextContents();
    expect(shown).toEqual([expect.stringContaining('MQTT-3.1.2-24')]);
    await page.locator('#cells td a:visible').first().click();
    await page.locator('.drawer.open').waitFor();
    const link = `${address}${String(await page.evaluate('location.hash'))}`;
    await page.goto('about:blank');
    await page.goto(link);
    expect(await page.locator('.drawer.open h2').textContent()).toContain('3.1 CONNECT');
    expect(await page.locator('#filters [aria-pressed="true"]').textContent()).toContain('warn');
    await page.locator('.drawer.open .close').click();
    expect(await page.locator('.drawer.open').count()).toBe(0);
    expect(await page.locator('.problem:visible').count()).toBe(1);
  });

  test('a target is chosen, and all of them again', async () => {
    const chosen = page.locator('#filters select');
    await chosen.selectOption({ label: 'broker' });
    expect(await page.evaluate('location.hash')).toBe('#&target=broker');
    await chosen.selectOption({ label: 'all' });
    expect(await page.evaluate('location.hash')).not.toContain('target');
    expect(await chosen.inputValue()).toBe('');
    expect(await page.locator('#filters [data-clear]').isVisible()).toBe(false);
  });

  test('on paper every failure is whole, its diagram too, and no controls are', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const problems = page.locator('.problem');
    expect(await problems.locator('noscript').count()).toBe(0);
    expect(await problems.first().locator('svg.sequence').isVisible()).toBe(true);
    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await page.locator('.drawer:visible').count()).toBe(0);
    await page.emulateMedia({ media: null });
  });

  test('without scripts everything but the packets of passing checks is there to be read', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(address);
    expect(await plain.locator('#filters').isVisible()).toBe(false);
    expect(await plain.locator('.problem dl.versus').count()).toBe(await plain.locator('.problem').count());
    await plain.locator('#cells td a').first().click();
    expect(await plain.locator('.drawer:visible h2').textContent()).toContain('3.1 CONNECT');
    await plain.locator('.drawer:visible .close').click();
    expect(await plain.locator('.drawer:visible').count()).toBe(0);
    await context.close();
  });
});
