// results.json and the schema that is published for it.
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { materialOf } from '../../src/report/reporter.ts';
import { resultsOf } from '../../src/report/results-json.ts';
import { resultsJsonSchema } from '../../src/report/results-schema.ts';
import { anyText } from './hostile.ts';
import { sample } from './sample.ts';

const resultsFor = (text?: string) => {
  const { run, events } = sample(text);
  return resultsOf(materialOf(run, events));
};

describe('results.json', () => {
  const validate = new Ajv({ allErrors: true }).compile(JSON.parse(resultsJsonSchema()) as object);

  test('the published schema is the one in the code; `vitest -u` writes it', async () => {
    await expect(resultsJsonSchema()).toMatchFileSnapshot('../../docs/schemas/results.schema.json');
  });

  test('keeps its schema, whatever the wire says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        validate(JSON.parse(JSON.stringify(resultsFor(text))));
        expect(validate.errors).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test('the schema refuses what is no result', () => {
    expect(validate({ ...resultsFor(), verdict: 'passed' })).toBe(false);
    expect(validate({ ...resultsFor(), extra: 1 })).toBe(false);
  });

  test('evidence stands on its own: words, times and the wrong bytes', () => {
    const [target] = resultsFor().targets;
    const finding = target?.findings.find((it) => it.by === 'publish-answers');
    expect(finding?.evidence.bytes).toMatchObject({ offset: 2, length: 2, hex: '00 08' });
    expect(finding?.evidence.lines.find((it) => it.offending)).toMatchObject({
      text: 'PUBACK id 8',
      direction: 'toClient',
      seenAt: 'clientEnd',
      bytesHex: '40 02 00 08',
    });
  });

  test('what could not be measured is null, never a number', () => {
    const check = resultsFor().targets[0]?.checks.find((it) => it.id.startsWith('will:'));
    expect(check?.measured).toEqual([{ name: 'will delay', unit: 'ms', value: null }]);
  });
});
