// What an engineer writes is the fault that is played, and what makes no sense is refused with its place.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { errorText } from '../../src/error.ts';
import type { PacketAction, PacketFault, PacketMatch } from '../../src/faults/packet-fault.ts';
import { parseFaultFile, readFaultFile } from '../../src/scenario/fault-file.ts';
import { faultJsonSchema } from '../../src/scenario/fault-schema.ts';
import { FileErrors } from '../../src/bench/files/file-errors.ts';

const shipped = fileURLToPath(new URL('../../scenarios/faults/', import.meta.url));
const files = readdirSync(shipped);

test('the example of docs/faults.md', () => {
  const text = `
faults:
  - id: lose-first-pubrec
    when: { type: PUBREC, direction: toClient, nth: 1 }
    do: drop
    times: 1
  - id: slow-alarms
    when: { type: PUBLISH, topic: 'plant/+/alarm', qos: 1, after: 10s }
    do: hold
    for: 2s
`;
  expect(parseFaultFile('f.yaml', text)).toEqual<readonly PacketFault[]>([
    {
      id: 'lose-first-pubrec',
      when: { type: 'PUBREC', direction: 'toClient', nth: 1, nthTo: 1 },
      action: { do: 'drop' },
      times: 1,
    },
    {
      id: 'slow-alarms',
      when: { type: 'PUBLISH', topic: 'plant/+/alarm', qos: 1, afterMs: 10_000 },
      action: { do: 'hold', holdMs: 2000 },
    },
  ]);
});

const faultOf = (rest: string): PacketFault | undefined => parseFaultFile('f.yaml', `faults: [{ id: f, ${rest} }]`)[0];

test.each<[string, PacketAction]>([
  ['do: drop', { do: 'drop' }],
  ['do: hold, for: 300ms', { do: 'hold', holdMs: 300 }],
  ['do: duplicate', { do: 'duplicate', delayMs: 0 }],
  ['do: duplicate, delay: 1s, set: { dup: true }', { do: 'duplicate', delayMs: 1000, set: { dup: true } }],
  [
    'do: rewrite, set: { packetId: { add: 1 }, payload: x }',
    { do: 'rewrite', set: { packetId: { add: 1 }, payload: { text: 'x' } } },
  ],
  ['do: rewrite, set: { payload: { cutTo: 3 B } }', { do: 'rewrite', set: { payload: { cutToB: 3 } } }],
  ['do: rewrite, set: { keepAlive: 2min, will: remove }', { do: 'rewrite', set: { keepAliveS: 120, will: 'remove' } }],
  ['do: reorder', { do: 'swap', withinMs: 5000, past: 1 }],
  ['do: reorder, within: 1s, past: 2', { do: 'swap', withinMs: 1000, past: 2 }],
  ['do: rst', { do: 'rst', side: 'both' }],
  ['do: fin, side: client', { do: 'fin', side: 'client' }],
  ['do: half-open', { do: 'half-open' }],
  ['do: half-open, dead: toClient', { do: 'half-open', dead: 'toClient' }],
  ['do: black-hole', { do: 'black-hole' }],
  ['do: black-hole, for: 3s', { do: 'black-hole', forMs: 3000 }],
  ['do: corrupt, bits: 3', { do: 'corrupt', bits: 3 }],
  ['do: corrupt, bytes: [0, -1], xor: 1', { do: 'corrupt', bytes: [0, -1], xor: 1 }],
  ['do: truncate, keep: 4 B', { do: 'truncate', keepB: 4 }],
])('%s', (text, action) => {
  expect(faultOf(text)).toEqual({ id: 'f', when: {}, action });
});

test.each<[string, PacketMatch]>([
  ['{ type: [PUBACK, PUBREC], packetId: 7 }', { type: ['PUBACK', 'PUBREC'], packetId: 7 }],
  ['{ nth: { from: 3 } }', { nth: 3 }],
  ['{ nth: { from: 3, to: 5 } }', { nth: 3, nthTo: 5 }],
  ['{ connection: 2 }', { connectionNth: 2 }],
  ['{ clientId: pump-1 }', { clientId: 'pump-1' }],
  ["{ clientId: 'pump-*' }", { clientIdGlob: 'pump-*' }],
  ['{ after: PUBREC }', { after: 'PUBREC' }],
  ['{ after: 500ms }', { afterMs: 500 }],
  ['{ type: CONNACK, returnCode: 0 }', { type: 'CONNACK', returnCode: 0 }],
  ["{ retain: true, dup: false, payload: '' }", { retain: true, dup: false, payload: '' }],
])('when: %s', (text, when) => {
  expect(faultOf(`when: ${text}, do: drop`)).toEqual({ id: 'f', when, action: { do: 'drop' } });
});

function complaints(text: string): readonly string[] {
  try {
    parseFaultFile('f.yaml', text);
  } catch (error) {
    if (!(error instanceof FileErrors)) throw error;
    return error.errors.map((it) => errorText(it).replaceAll('\n  ', ' | '));
  }
  return [];
}

const complaintsAbout = (rest: string): readonly string[] => complaints(`faults: [{ id: f, ${rest} }]`);

describe('what makes no sense is refused', () => {
  test.each([
    ['do: corrupt, bits: 1, set: { qos: 1 }', '"set" does not go with corrupt, but with rewrite and duplicate'],
    ['do: drop, for: 2s', '"for" does not go with drop, but with hold and black-hole'],
    ['do: rst, dead: toClient', '"dead" does not go with rst, but with half-open'],
    ['do: hold', 'faults.0.for: expected a length of time'],
    ['do: rewrite', 'faults.0.set: '],
    ['do: rewrite, set: {}', 'sets nothing'],
    ['do: corrupt', 'either "bytes" (which) or "bits" (how many, anywhere) is expected'],
    ['do: corrupt, bits: 1, bytes: [0]', 'either "bytes" (which) or "bits"'],
    ['do: corrupt, bits: 1, xor: 4', '"xor" goes with "bytes"'],
    ['do: corrupt, bits: 65', 'more than 64 bits of one packet'],
    ['do: truncate, keep: 0 B', 'expected a whole number of bytes'],
    ['do: explode', 'expected one of drop, hold, duplicate'],
    ['when: { type: CONNECT, topic: a }, do: drop', 'faults.0.when.topic: CONNECT has no topic'],
    ['when: { type: [PUBACK, PUBREC], qos: 1 }, do: drop', 'PUBACK and PUBREC have no QoS'],
    ['when: { type: PINGREQ, packetId: 1 }, do: drop', 'PINGREQ has no packet identifier'],
    ['when: { type: CONNACK, direction: toServer }, do: drop', 'no CONNACK travels toServer'],
    ['when: { topic: a#b }, do: drop', 'no topic filter'],
    ['when: { qos: 0, packetId: 4 }, do: drop', 'a PUBLISH at QoS 0 has no packet identifier'],
    ['when: { nth: { from: 5, to: 3 } }, do: drop', 'it ends with number 3 before it begins with number 5'],
    ['when: { type: PUBREC }, do: rewrite, set: { topic: a }', 'faults.0.set.topic: PUBREC has no topic'],
    ['when: { type: PUBLISH }, do: rewrite, set: { topic: a/+ }', 'no topic: a topic name without wildcards'],
    [
      'when: { type: CONNACK }, do: rewrite, set: { keepAlive: 5s }',
      'faults.0.set.keepAlive: CONNACK has no keep alive',
    ],
    ['when: { after: PUBRECK }, do: drop', 'expected a packet type such as PUBREC, or a length of time such as 10s'],
    ['when: { type: PUBLSH }, do: drop', 'expected one of CONNECT, CONNACK, PUBLISH'],
    ['do: drop, times: 0', 'expected 1 or more'],
  ])('%s: %s', (text, complaint) => {
    expect(complaintsAbout(text)).toEqual([expect.stringContaining(complaint)]);
  });

  test('a misspelt key gets a hint', () => {
    expect(complaintsAbout('when: { typ: PUBREC }, do: drop')).toEqual([
      'f.yaml:1:27 faults.0.when: unknown key "typ" [FB_FAULT_SCHEMA] | hint: did you mean "type"?',
    ]);
  });

  test('all of it at once, each with its place', () => {
    const text = [
      'faults:',
      '  - id: a',
      '    when: { type: CONNECT, topic: t }',
      '    do: drop',
      '  - id: a',
      '    when: { type: PINGRESP, direction: toServer }',
      '    do: drop',
    ].join('\n');
    expect(complaints(text)).toEqual([
      'f.yaml:3:28 faults.0.when.topic: CONNECT has no topic [FB_FAULT_SCHEMA] | hint: it is a field of PUBLISH',
      'f.yaml:5:5 faults.1.id: another fault is called "a" [FB_FAULT_SCHEMA] | hint: give each an id of its own',
      'f.yaml:6:29 faults.1.when.direction: no PINGRESP travels toServer [FB_FAULT_SCHEMA] | hint: leave "direction" out',
    ]);
    expect(complaints(text.replace('do: drop', 'do: hold').replace('id: a', 'id: A'))).toHaveLength(2);
  });

  test('no YAML, no faults, no file', async () => {
    expect(complaints('faults: [')[0]).toContain('[FB_FAULT_FILE]');
    expect(complaints('faults: []')[0]).toContain('expected at least one fault');
    expect(complaints('fault: []')).toHaveLength(2);
    await expect(readFaultFile('nowhere.yaml')).rejects.toMatchObject({ code: 'FB_FAULT_FILE' });
  });
});

test('docs/schemas/faults.schema.json is current (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(faultJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/schemas/faults.schema.json');
});

test.each(files)('%s is shipped: it can be read and fits the published schema', async (file) => {
  expect((await readFaultFile(`${shipped}${file}`)).length).toBeGreaterThan(0);
  const validate = new Ajv2020().compile(faultJsonSchema() as object);
  expect(validate(parse(readFileSync(`${shipped}${file}`, 'utf8'))) || validate.errors).toBe(true);
});

test('the published schema refuses what goes with another fault', () => {
  const validate = new Ajv2020().compile(faultJsonSchema() as object);
  expect(validate({ faults: [{ id: 'f', do: 'drop' }] })).toBe(true);
  expect(validate({ faults: [{ id: 'f', do: 'drop', for: '2s' }] })).toBe(false);
});
