// A baseline and waivers show in every report: what is new first and red, what is known or waived there and not red.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { TestResult } from 'allure-js-commons';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allure } from '../../src/report/allure.ts';
import { pageText } from '../../src/report/html/page.ts';
import { junitText } from '../../src/report/junit.ts';
import { materialOf, type Material } from '../../src/report/reporter.ts';
import { resultsOf } from '../../src/report/results-json.ts';
import { resultsJsonSchema } from '../../src/report/results-schema.ts';
import { summaryText } from '../../src/report/summary-md.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { verdictSentence } from '../../src/report/verdict-words.ts';
import { gatedSample } from './gated-sample.ts';
import { anyText, hostileTexts } from './hostile.ts';
import { sample } from './sample.ts';
import { elements, parseXml } from './strict-xml.ts';

const materialFor = (text?: string): Material => {
  const { run, events } = gatedSample(text);
  return materialOf(run, events);
};
/** The same where limits fail the run, and the baseline has some. */
const strictMaterial = (known: readonly string[]): Material => {
  const { baseline } = gatedSample().run.run.gate ?? {};
  if (baseline === undefined) throw new Error('the sample has a baseline');
  const targets = baseline.targets.map((it) => ({ ...it, verdicts: { ...it.verdicts, limit: known } }));
  const { run, events } = gatedSample('a word', { failOn: ['fail', 'limit'], baseline: { ...baseline, targets } });
  return materialOf(run, events);
};
const tags = (text: string): readonly string[] => summaryText(materialFor(text)).match(/<[^>]*>/g) ?? [];
const sentence =
  '2 new since the baseline, 1 with an expired waiver, 1 no longer judged, 1 better, 1 known, 1 waived: exit code 1';

describe('results.json', () => {
  const results = resultsOf(materialFor());
  const standing = new Map(results.decision?.items.map((it) => [it.id, it.standing]));

  test('says how everything stands, under keys of target and id', () => {
    expect(Object.fromEntries(standing)).toEqual({
      'MQTT-4.3.2-2': 'new',
      'delivered:a word': 'new',
      'MQTT-3.8.4-1': 'known',
      'MQTT-3.12.4-1': 'waived',
      'MQTT-3.3.1-5': 'expired',
      'MQTT-4.6.0-6': 'better',
      reconnected: 'unjudged',
    });
    expect(results.decision).toMatchObject({ today: '2027-03-31', failOn: ['fail'], baseline: { absent: 1 } });
    expect(results.decision?.waivers?.idle.map((it) => it.id)).toEqual(['x/y']);
    expect(results.exitCode).toBe(1);
  });

  test('a waived finding keeps its verdict and names its waiver', () => {
    const finding = results.targets[0]?.findings.find((it) => it.statements.includes('MQTT-3.12.4-1'));
    expect(finding).toMatchObject({ verdict: 'fail', standing: 'waived', waivedBy: { expires: '2027-12-31' } });
    expect(results.targets[0]?.statements.find((it) => it.id === 'MQTT-3.12.4-1')).toMatchObject({
      verdict: 'fail',
      standing: 'waived',
    });
  });

  test('keeps its schema, whatever the file of waivers says', () => {
    const validate = new Ajv({ allErrors: true }).compile(JSON.parse(resultsJsonSchema()) as object);
    fc.assert(
      fc.property(anyText, (text) => {
        validate(JSON.parse(JSON.stringify(resultsOf(materialFor(text)))));
        expect(validate.errors).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe('the terminal', () => {
  const lines = terminalReport(gatedSample().run, { colour: false });
  const from = (title: string) => lines.slice(lines.findIndex((it) => it.startsWith(title)) + 1);

  test('says what was decided right below the verdict', () => {
    const told = lines.join('\n').replaceAll(/\n +/g, ' ');
    expect(told).toContain(`decided  ${sentence} baseline a word: run a word of`);
    expect(told).toContain('broker was a word, and is 2.0 a word 1 of its verdicts are on things that were no part');
  });

  test('shows packets of what counts, and a line of what is forgiven', () => {
    const failures = from('Failures').slice(
      0,
      from('Failures').findIndex((it) => it.startsWith('Remarks')),
    );
    expect(failures.filter((it) => it.startsWith('✗')).join('\n')).not.toMatch(/3\.8\.4-1|3\.12\.4-1/);
    expect(from('Known from the baseline (1)')[0]).toContain('fail  MQTT-3.8.4-1');
    expect(from('Waived (1)').slice(0, 2).join(' ')).toMatch(
      /MQTT-3\.12\.4-1.*waived until 2027-12-31: a word, https:/,
    );
    expect(from('Waiver expired (1)').slice(0, 2).join(' ')).toMatch(
      /MQTT-3\.3\.1-5.*its waiver expired on 2027-01-31/,
    );
    expect(from('Better than the baseline (1)')[0]).toContain('fail before, pass now  MQTT-4.6.0-6');
  });

  test('without a gate says nothing of it', () => {
    expect(terminalReport(sample().run, { colour: false }).join('\n')).not.toMatch(/decided|baseline|waive/i);
  });
});

test('the sentence says that limits fail the run where one does, and not where the baseline has it', () => {
  const words = '1 declared limit (which fails a strict run)';
  expect(verdictSentence(strictMaterial([]).run)).toContain(words);
  expect(verdictSentence(strictMaterial(['limit/qos2']).run)).toContain('1 declared limit.');
  expect(verdictSentence(materialFor().run)).toContain('1 declared limit.');
});

describe('summary.md', () => {
  const summary = summaryText(materialFor());

  test('its heading is what the colour of the job is, and what is new stands open', () => {
    expect(summary.split('\n')[0]).toBe(`## ✗ ${sentence.replaceAll(':', '&#58;')}`);
    expect(summary.indexOf('### New since the baseline (2)')).toBeLessThan(summary.indexOf('### Failures'));
    expect(summary).toContain('### Waiver expired (1)');
    for (const title of ['Known from the baseline (1)', 'Waived (1)', 'Better than the baseline (1)', 'Remarks (1)'])
      expect(summary).toContain(`<details><summary>${title}</summary>\n\n`);
    expect(summary.match(/<details>/g)).toHaveLength(summary.match(/<\/details>/g)?.length ?? 0);
  });

  test('a run of nothing but known failures is headed as good', () => {
    const { baseline } = gatedSample().run.run.gate ?? {};
    const [target] = baseline?.targets ?? [];
    if (baseline === undefined || target === undefined) throw new Error('the sample has a baseline');
    const fail = ['MQTT-4.3.2-2', 'delivered:a word', 'MQTT-3.8.4-1', 'MQTT-3.12.4-1', 'MQTT-3.3.1-5'];
    const verdicts = { fail, inconclusive: ['reconnected'] };
    const { run, events } = gatedSample('a word', {
      waivers: { file: 'w', entries: [] },
      baseline: { ...baseline, targets: [{ ...target, verdicts }] },
    });
    expect(run.exitCode).toBe(0);
    const [heading] = summaryText(materialOf(run, events)).split('\n');
    expect(heading).toBe('## ✓ nothing new since the baseline, 6 known&#58; exit code 0');
  });

  test('keeps its tags, whatever the file of waivers says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tags(text)).toEqual(tags('x'));
      }),
      { numRuns: 50 },
    );
  });
});

describe('junit.xml', () => {
  const document = parseXml(junitText(materialFor()));
  const named = (tag: string, of = document) =>
    elements(of, 'testcase')
      .filter((it) => elements(it, tag).length > 0)
      .map((it) => it.attributes.get('name')?.split(': ')[0]);

  test('fails what counts against the run, and skips what is known or waived with the reason', () => {
    expect(named('failure')).toEqual(['delivered:a word', 'MQTT-4.3.2-2', 'MQTT-3.3.1-5']);
    expect(named('skipped')).toEqual(expect.arrayContaining(['MQTT-3.8.4-1', 'MQTT-3.12.4-1']));
    const [suite] = elements(document, 'testsuite');
    expect(suite?.attributes.get('failures')).toBe('3');
    const messages = elements(document, 'skipped').map((it) => it.attributes.get('message'));
    expect(messages).toContain('fail: known failure (known from the baseline)');
    expect(messages).toContain('fail: waived failure (waived until 2027-12-31: a word, https://example.org/1)');
  });

  test('a declared limit is a failure where limits fail the run, unless it is known', () => {
    expect(named('skipped')).toContain('limit/qos2');
    expect(named('failure', parseXml(junitText(strictMaterial([]))))).toContain('limit/qos2');
    expect(named('skipped', parseXml(junitText(strictMaterial(['limit/qos2']))))).toContain('limit/qos2');
  });

  test('a warning that is to fail is a failure', () => {
    const { run, events } = gatedSample('a word', { failOn: ['fail', 'warn'] });
    const failures = elements(parseXml(junitText(materialOf(run, events))), 'failure');
    expect(failures).toHaveLength(4);
  });
});

describe('allure', () => {
  let folder: string;
  let results: readonly TestResult[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-allure-'));
    results = await written(materialFor());
  });
  async function written(material: Material): Promise<readonly TestResult[]> {
    await allure.write(material, folder);
    const names = (await readdir(folder)).filter((it) => it.endsWith('-result.json'));
    return Promise.all(names.map(async (it) => JSON.parse(await readFile(join(folder, it), 'utf8')) as TestResult));
  }
  afterAll(() => rm(folder, { recursive: true }));
  const of = (id: string) => results.find((it) => it.fullName === `broker/${id}`);

  test('a waived failure stays failed, muted, with a link to why', () => {
    expect(of('MQTT-3.12.4-1')).toMatchObject({
      status: 'failed',
      statusDetails: { known: true, muted: true },
      links: [{ type: 'issue', url: 'https://example.org/1' }],
    });
    expect(of('MQTT-3.12.4-1')?.labels).toContainEqual({ name: 'tag', value: 'waived' });
  });

  test('a declared limit fails where limits fail the run', async () => {
    expect(of('limit/qos2')).toMatchObject({ status: 'skipped' });
    const strict = await written(strictMaterial([]));
    expect(strict.find((it) => it.fullName === 'broker/limit/qos2')).toMatchObject({ status: 'failed' });
  });

  test.each(['javascript:window.ran=true//', ' java\nscript:alert(1)', 'data:text/html,<b>', '../up', ...hostileTexts])(
    'a waiver that leads to %j is told without a link',
    async (link) => {
      const waiver = { target: '*', id: 'MQTT-3.12.4-1', reason: 'hostile', link, expires: '2027-12-31' };
      const { run, events } = gatedSample('a word', { waivers: { file: 'w', entries: [waiver] } });
      const waived = (await written(materialOf(run, events))).find((it) => it.fullName === 'broker/MQTT-3.12.4-1');
      expect(waived).toMatchObject({ statusDetails: { muted: true, message: expect.stringContaining('hostile') } });
      expect(waived?.links).toEqual([]);
    },
  );

  test('a known one is marked as known, a new one is not', () => {
    expect(of('MQTT-3.8.4-1')?.statusDetails).toMatchObject({ known: true });
    expect(of('MQTT-4.3.2-2')?.statusDetails).not.toHaveProperty('known');
  });
});

test('report.html has the decision, and a word on every failure that it concerns', () => {
  const page = pageText(materialFor());
  expect(page).toContain('<section id="decision">');
  expect(page).toContain(sentence);
  expect(page).toContain('waived until 2027-12-31: a word, https://example.org/1');
  expect(pageText(materialOf(sample().run, sample().events))).not.toContain('id="decision"');
});
