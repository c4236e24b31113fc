// junit.xml: well formed whatever the wire says, and no broken statement left out.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { junitText } from '../../src/report/junit.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { anyText } from './hostile.ts';
import { sample } from './sample.ts';
import { elements, parseXml, skeleton, textOf } from './strict-xml.ts';

const junitFor = (text?: string): string => {
  const { run, events } = sample(text);
  return junitText(materialOf(run, events));
};

describe('junit.xml', () => {
  const document = parseXml(junitFor());
  const cases = new Map(elements(document, 'testcase').map((it) => [it.attributes.get('name')?.split(':')[0], it]));

  test('one suite per target with counts that are true', () => {
    const [suite] = elements(document, 'testsuite');
    expect(Object.fromEntries(suite?.attributes ?? [])).toMatchObject({
      name: 'broker',
      tests: '8',
      failures: '2',
      errors: '1',
      skipped: '2',
    });
    expect(['failure', 'error', 'skipped'].map((tag) => elements(document, tag).length)).toEqual([2, 1, 2]);
  });

  test('a statement that a rule found broken during a passing check fails on its own', () => {
    const broken = cases.get('MQTT-4.3.2-2');
    expect(broken && elements(broken, 'failure').map(textOf).join('')).toContain('PUBACK id 8');
    expect(cases.get('publish/order')?.children).toEqual([]);
  });

  test('a failure tells expected, came, packets, bytes and the command that repeats it', () => {
    const failure = elements(document, 'failure').map(textOf).join('\n');
    for (const part of ['expected: ', 'came: ', '> ', '40 02 [00 08]', 'repeat: ']) expect(failure).toContain(part);
  });

  test('is well formed and keeps its shape', () => {
    const shape = skeleton(document);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(skeleton(parseXml(junitFor(text)))).toBe(shape);
      }),
      { numRuns: 100 },
    );
  });
});
