// summary.md: small, and no way for the wire to write Markdown or HTML.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { materialOf } from '../../src/report/reporter.ts';
import { summaryText } from '../../src/report/summary-md.ts';
import { anyText } from './hostile.ts';
import { playedScenario } from './played-scenario.ts';
import { sample } from './sample.ts';

const summaryFor = (text?: string): string => {
  const { run, events } = sample(text);
  return summaryText(materialOf(run, events));
};

test('summary.md says what happened over time in a line', () => {
  const { run, events } = playedScenario();
  expect(summaryText(materialOf(run, events))).toMatch(
    /devices online .*1 of 2 messages delivered; latency p50 \d+ ms/,
  );
});

/** What shapes a page: tags, lines, columns and headings, links and emphasis. */
function shapeOf(markdown: string): readonly string[] {
  return markdown.split('\n').map((line) =>
    line
      .replaceAll(/&#\d+;/g, '')
      .replaceAll(/<(\/?[a-z]+)>/g, '{$1}')
      .replaceAll(/[^#|{}<>[\]()*_`~!@\\]/gu, ''),
  );
}

describe('summary.md', () => {
  test('begins with the verdict and names what failed', () => {
    const summary = summaryFor();
    expect(summary).toMatch(/^## ✗ fail: /);
    expect(summary).toContain('<summary>✗ fail: MQTT-4&#46;3&#46;2-2');
    expect(summary).toContain('PUBACK id 8');
  });

  test('keeps its shape, whatever the wire says', () => {
    const shape = shapeOf(summaryFor('x'));
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = summaryFor(text).split('\n');
        expect(lines).toHaveLength(shape.length);
        expect(tagsOf(lines.join('\n'))).toEqual(tagsOf(summaryFor('x')));
        expect(outsidePre(lines)).toEqual(outsidePre(summaryFor('x').split('\n')));
      }),
      { numRuns: 100 },
    );
  });

  test('fits a job page with a thousand failures', () => {
    const { run, events } = sample('x'.repeat(200));
    const [target] = run.targets;
    const [check] = target?.checks.filter((it) => it.verdict === 'fail') ?? [];
    if (target === undefined || check === undefined) throw new Error('the sample has a failing check');
    const checks = Array.from({ length: 1000 }, (_, index) => ({
      ...check,
      id: `e${index}`,
      statements: ['MQTT-4.6.0-6'] as const,
    }));
    const summary = summaryText(materialOf({ ...run, targets: [{ ...target, checks }] }, events));
    expect(summary.length).toBeLessThan(1024 * 1024);
    expect(summary).toContain('more are in report.html');
  });
});

function tagsOf(text: string): readonly string[] {
  return text.match(/<[^>]*>/g) ?? [];
}

/** The marks of every line that Markdown reads; within <pre> only tags count. */
function outsidePre(lines: readonly string[]): readonly string[] {
  return shapeOf(lines.join('\n').replaceAll(/<pre>.*?<\/pre>/gs, '<pre></pre>'));
}
