// The shipped link profiles: all can be read, and no figure of theirs is without its source or the word "assumed".
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { figuresIn, type ProfileFigure } from '../../src/faults/checked-profile.ts';
import { placeOfFigure, type LinkFigure } from '../../src/scenario/link-figure.ts';
import { parseLinkFile, readLinkFile } from '../../src/scenario/link-file.ts';
import { linkJsonSchema } from '../../src/scenario/link-schema.ts';
import { shippedLinks } from '../../src/scenario/shipped-links.ts';

const names = await shippedLinks();
const files = await Promise.all(names.map((name) => readLinkFile(name)));

/** A citation ends with what kind of source it is; everything else is the bench's own and begins with that word. */
const sourced = /^.{12,} \((?:measured|official|vendor|published)\)$|^assumed(?:[,;] .+)?$/;

const unsourced = (figures: readonly LinkFigure[]): readonly string[] =>
  figures.filter((it) => !sourced.test(it.evidence ?? '')).map((it) => it.path);

test('there are those that the field has', () => {
  expect(names).toEqual(
    expect.arrayContaining(
      'geo-vsat bgan certus-100 iridium-sbd starlink 4g lte-m nb-iot 2g uhf-9600 lora-backhaul microwave lossy-wifi lan'.split(
        ' ',
      ),
    ),
  );
});

describe.for(files.map((it) => [it.profile.name, it] as const))('%s', ([name, { file, profile, figures }]) => {
  test('every figure has its source', () => {
    expect(unsourced(figures)).toEqual([]);
    expect(figures.length).toBeGreaterThan(3);
  });

  test('no figure of the profile comes from anywhere but its file', () => {
    const written = new Set(figures.map((it) => it.path));
    // A second interface has its own file; what is 0 does nothing, and of two sizes of message one is the larger.
    const isElsewhere = ({ path: [first, second] }: ProfileFigure): boolean =>
      (first === 'failover' && second === 'to') || (first === 'mtuB' && profile.carries === 'messages');
    const figured = figuresIn(profile).filter((it) => it.value !== 0 && !isElsewhere(it));
    expect(figured.filter((it) => !written.has(placeOfFigure(it.path, written).join('.')))).toEqual([]);
  });

  test('it names a tariff, fits the published schema, and its title fits a line', () => {
    expect(profile.tariff).toMatch(/^[a-z0-9-]+$/);
    expect(profile.title.length).toBeLessThan(70);
    const validate = new Ajv2020().compile(linkJsonSchema() as object);
    expect(validate(parse(readFileSync(file, 'utf8'))) || validate.errors).toBe(true);
    expect(profile.name).toBe(name);
  });
});

test('a figure without a source would be found', () => {
  const text = readFileSync(files.find((it) => it.profile.name === 'lan')?.file ?? '', 'utf8');
  expect(unsourced(parseLinkFile('lan.yaml', text).figures)).toEqual([]);
  expect(unsourced(parseLinkFile('lan.yaml', text.replace('  queue: assumed\n', '')).figures)).toEqual(['queue.time']);
  expect(unsourced(parseLinkFile('lan.yaml', text.replace('queue: assumed', 'queue: yes')).figures)).toEqual([
    'queue.time',
  ]);
});

test('messages, and only those, refuse TCP; NB-IoT runs with a warning that quotes its source', () => {
  const of = (carries: string) => files.filter((it) => it.profile.carries === carries).map((it) => it.profile.name);
  expect(of('messages')).toEqual(['iridium-sbd', 'isatdata-pro', 'lora-backhaul']);
  const cautions = files.flatMap(({ profile: { name, caution } }) => (caution === undefined ? [] : [[name, caution]]));
  expect(cautions.map(([name]) => name)).toEqual(['nb-iot', 'nb-iot-deep']);
  for (const [, caution] of cautions) expect(caution).toMatch(/^".+TCP.+" \(Soracom, .*GSMA TS\.34\)$/);
});

test('docs/schemas/link.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(linkJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/schemas/link.schema.json');
});
