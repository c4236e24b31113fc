// Holds the list of deviations, the code that reports them, the catalogue of statements and docs/wire.md together.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodePacket } from '../../src/wire/decode.ts';
import { DEVIATION_KINDS } from '../../src/wire/deviation-codes.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { ROWS } from './rows/all.ts';

interface Catalogued {
  readonly id: string;
  readonly appliesTo: readonly string[];
}

const catalogue = JSON.parse(readFileSync('src/spec/mqtt-3.1.1.json', 'utf8')) as {
  statements: Catalogued[];
  nonNumbered: Catalogued[];
};
const statements = new Map([...catalogue.statements, ...catalogue.nonNumbered].map((it) => [it.id, it]));

/** The pairs `code STATEMENT` (or `code -`) that the packet tables and the two special cases show. */
function shown(): Set<string> {
  const large = new StreamDecoder('client', { maxPacketB: 2 }).push(Buffer.from([0x30, 5]));
  const frames = [...ROWS.map((row) => decodePacket(row.bytes, row.sender)), ...large];
  frames.push(decodePacket(Buffer.from([0xc0, 0, 0]), 'client'));
  const pairs = new Set<string>();
  for (const deviation of frames.flatMap((frame) => frame.deviations)) {
    if (deviation.statement === undefined) pairs.add(`${deviation.code} -`);
    for (const id of [deviation.statement, ...(deviation.also ?? [])])
      if (id !== undefined) pairs.add(`${deviation.code} ${id}`);
  }
  return pairs;
}

describe('the list of deviations', () => {
  const listed = Object.entries(DEVIATION_KINDS).flatMap(([code, { statements: ids }]) =>
    ids.map((id) => `${code} ${id}`),
  );
  const pairs = shown();

  test('names every statement that a deviation names, and no other', () => {
    const named = [...pairs].filter((pair) => !pair.endsWith(' -'));
    expect(named.toSorted()).toEqual(listed.toSorted());
  });

  test.each(Object.keys(DEVIATION_KINDS))('%s is reported for some bytes', (code) => {
    expect([...pairs].some((pair) => pair.startsWith(`${code} `))).toBe(true);
  });

  test('names statements of the catalogue only', () => {
    const unknown = Object.values(DEVIATION_KINDS).flatMap((it) => it.statements.filter((id) => !statements.has(id)));
    expect(unknown).toEqual([]);
  });

  test('is the table of docs/wire.md', () => {
    const rows = Object.entries(DEVIATION_KINDS).map(([code, kind]) => {
      const ids = kind.statements.map((id) => `${id} (${statements.get(id)?.appliesTo.join(', ')})`);
      if (pairs.has(`${code} -`) && ids.length > 0) ids.push('none');
      return `| \`${code}\` | ${ids.join('<br>') || 'none'} | ${kind.meaning} |`;
    });
    expect(readFileSync('docs/wire.md', 'utf8')).toContain(`${rows.join('\n')}\n`);
  });
});
