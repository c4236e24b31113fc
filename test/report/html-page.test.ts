// report.html as text: complete, self-contained, and of the same shape whatever the wire says.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageText } from '../../src/report/html/page.ts';
import { script } from '../../src/report/html/script.ts';
import { html } from '../../src/report/html/template.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { anyText } from './hostile.ts';
import { sample } from './sample.ts';
import { elements, parseXml, skeleton, textOf } from './strict-xml.ts';
import type { Element } from './strict-xml.ts';

const pageFor = (text?: string): string => {
  const { run, events } = sample(text);
  return pageText(materialOf(run, events));
};
/** The page as markup; our own script is no XML, and the policy holds its hash. */
const parsed = (text?: string): Element => parseXml(pageFor(text).replace(script, () => ''));

/** What a diagram cuts short has a title with all of it, and what is wrong with a packet's form is one field more. */
const shapeOf = (of: Element): string => skeleton(of).replaceAll(/<title><\/>|<div><dt><\/><dd><\/><\/>/g, '');

describe('report.html', () => {
  const page = parsed();

  test('says the verdict, the seed and the command first', () => {
    const [header] = elements(page, 'header');
    expect(header && textOf(header)).toMatch(
      /fail[^]*broke 1 of 3 judged statements[^]*seed 7[^]*fieldbench run scenarios/,
    );
  });

  test('shows each failure with expected, actual, packets, marked bytes and repeat', () => {
    const first = elements(page, 'details').find((it) => it.attributes.get('class') === 'problem fail');
    const text = first === undefined ? '' : textOf(first);
    for (const part of ['MQTT-4.3.2-2', 'Expected', 'Actual', 'PUBACK id 8', 'this one', 'Repeat'])
      expect(text).toContain(part);
    expect(first && elements(first, 'mark').map(textOf)).toEqual(['[00 08]']);
  });

  test('counts as covered only what was judged', () => {
    const coverage = elements(page, 'section').find((it) => it.attributes.get('id') === 'coverage');
    expect(coverage && textOf(coverage)).toContain('3 of 125');
  });

  test('offers and counts no verdict that a statement cannot have: a limit skips it', () => {
    const table = elements(page, 'table').find((it) => it.attributes.get('class') === 'coverage');
    const heads = 'target, covered, skipped, not exercised, inconclusive, not yet, not observable, broker';
    expect(table && elements(table, 'th').map(textOf).join(', ')).toBe(heads);
    const shown = elements(page, 'button').map((it) => it.attributes.get('data-show'));
    expect(shown.filter((it) => it !== undefined)).toEqual(['fail', 'inconclusive', 'warn', 'skipped']);
  });

  test('a figure outside its limit says so in words', () => {
    expect(elements(page, 'b').map(textOf)).toContain('outside');
  });

  test('refers to nothing outside itself and holds no script but its own', () => {
    const scripts = elements(page, 'script');
    expect(scripts.map((it) => it.attributes.get('id'))).toEqual(['index', undefined, 'island']);
    expect(scripts.map(textOf)[1]).toBe('');
    const references = ['a', 'use', 'link', 'img']
      .flatMap((tag) => elements(page, tag))
      .flatMap((it) => [it.attributes.get('href'), it.attributes.get('src')]);
    // One link that a reader may follow: the page on which the vendor declares a limit.
    expect(references.filter((it) => it !== undefined && !it.startsWith('#'))).toEqual(['https://vendor/site/pump']);
  });

  test('gets no element or attribute from the wire', () => {
    const shape = shapeOf(page);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(shapeOf(parsed(text)) === shape).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

test('a template escapes everything but templates', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${'"'}">${[inner, 1, undefined]}</p>`.toString()).toBe(
    '<p title="&#34;"><b>&#60;i&#62;</b>1</p>',
  );
});
