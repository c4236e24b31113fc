// Says whether a parsed line is an event: a journal may come from anywhere and must not trip who reads it.
import type { HistoryEvent } from './event.ts';
import { baselineVerdicts, gateVerdicts } from './run-gate.ts';

type Test = (value: unknown) => boolean;

/** A test for every field of an event but those that all events share. */
type ShapeOf<E> = { readonly [K in keyof Omit<E, 'kind' | 'seq' | 'tMs'>]-?: Test };
type Shapes = { readonly [K in HistoryEvent['kind']]: ShapeOf<Extract<HistoryEvent, { kind: K }>> };

const text: Test = (it) => typeof it === 'string';
const finite: Test = (it) => Number.isFinite(it);
const truth: Test = (it) => typeof it === 'boolean';
const count: Test = (it) => Number.isSafeInteger(it) && (it as number) >= 0;
const maybe =
  (test: Test): Test =>
  (it) =>
    it === undefined || test(it);
const oneOf =
  (...values: readonly unknown[]): Test =>
  (it) =>
    values.includes(it);
const isObject = (it: unknown): it is Record<string, unknown> =>
  typeof it === 'object' && it !== null && !Array.isArray(it);
const each =
  (test: Test): Test =>
  (it) =>
    isObject(it) && Object.values(it).every(test);
const listOf =
  (test: Test): Test =>
  (it) =>
    Array.isArray(it) && it.every(test);

const range: Test = (it) => Array.isArray(it) && it.length === 2 && it.every(count);
const base64: Test = (it) => typeof it === 'string' && it.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(it);
const runLink: Test = (it) => isObject(it) && text(it['word']) && text(it['title']) && listOf(text)(it['patience']);
const hasTexts =
  (...names: readonly string[]): Test =>
  (it) =>
    isObject(it) && names.every((name) => text(it[name]));
const scenario: Test = (it) =>
  hasTexts('file', 'text')(it) &&
  isObject(it) &&
  maybe(each(text))(it['set']) &&
  maybe(listOf(hasTexts('file', 'text')))(it['included']);
const verdicts: Test = (it) =>
  isObject(it) && Object.keys(it).every(oneOf(...baselineVerdicts)) && each(listOf(text))(it);
const baselineTarget: Test = (it) => isObject(it) && hasTexts('name', 'version')(it) && verdicts(it['verdicts']);
const baseline: Test = (it) =>
  isObject(it) && hasTexts('file', 'runId', 'startedAt', 'fieldbench')(it) && listOf(baselineTarget)(it['targets']);
const waiver = hasTexts('target', 'id', 'reason', 'link', 'expires');
const waivers: Test = (it) => isObject(it) && text(it['file']) && listOf(waiver)(it['entries']);
const runGate: Test = (it) =>
  isObject(it) &&
  text(it['today']) &&
  listOf(oneOf(...gateVerdicts))(it['failOn']) &&
  maybe(baseline)(it['baseline']) &&
  maybe(waivers)(it['waivers']);
const limit: Test = (it) => isObject(it) && text(it['needs']) && text(it['says']) && text(it['source']);
const datum: Test = (it) => text(it) || finite(it) || truth(it);

/** The largest control packet there is, so that no event can claim more left out than that. */
const largestPacketB = 268_435_460;
const omitted: Test = (it) => count(it) && (it as number) <= largestPacketB;

const seenAt = oneOf('clientEnd', 'serverEnd', 'wire');
const direction = oneOf('toServer', 'toClient');

const shapes: Shapes = {
  run: {
    schema: oneOf(1),
    runId: text,
    fieldbench: text,
    mode: oneOf('scenario', 'conform', 'tap'),
    seed: finite,
    startedAt: text,
    clock: text,
    command: text,
    scenario: maybe(scenario),
    timeCompression: maybe(finite),
    link: maybe(runLink),
    gate: maybe(runGate),
    parameters: each(finite),
    provenance: each(text),
  },
  target: { target: text, version: text, how: text, repeat: text, limits: listOf(limit) },
  opened: {
    connection: text,
    seenAt,
    client: text,
    server: text,
    link: maybe(text),
    peer: maybe(text),
    target: maybe(text),
    check: maybe(text),
    excerpt: maybe(oneOf(true)),
  },
  ended: {
    connection: text,
    seenAt,
    by: oneOf('client', 'server', 'link', 'bench'),
    how: oneOf('fin', 'rst', 'error'),
    detail: maybe(text),
  },
  packet: {
    connection: text,
    direction,
    seenAt,
    offset: count,
    bytes: base64,
    masked: maybe(listOf(range)),
    omittedB: maybe(omitted),
    payloadHash: maybe(text),
    unframed: maybe(oneOf(true)),
  },
  taint: { connection: text, why: text, offset: maybe(count) },
  intent: {
    part: text,
    topic: text,
    qos: oneOf(0, 1, 2),
    retain: truth,
    ordinal: count,
    payloadHash: text,
  },
  link: {
    link: text,
    state: oneOf('up', 'cut', 'frozen', 'half-open-up', 'half-open-down'),
    figures: each(finite),
    cause: maybe(text),
  },
  fault: { link: text, fault: text, connection: maybe(text), did: text },
  part: {
    part: text,
    role: oneOf('broker', 'device', 'gateway', 'plc', 'link'),
    state: oneOf('starting', 'ready', 'stopping', 'stopped', 'killed', 'exited', 'failed', 'paused', 'resumed'),
    foreign: maybe(oneOf(true)),
    detail: maybe(text),
  },
  check: {
    check: text,
    target: text,
    phase: oneOf('begun', 'driven', 'aborted', 'skipped'),
    reason: maybe(text),
  },
  mark: { name: text, check: maybe(text), connection: maybe(text), offset: maybe(count), data: maybe(each(datum)) },
  gap: { connection: maybe(text), direction: maybe(direction), why: text },
  truncated: { connection: maybe(text), why: text },
  end: { how: oneOf('completed', 'interrupted', 'failed'), reason: maybe(text) },
};

const tests = new Map<unknown, readonly (readonly [string, Test])[]>(
  Object.entries(shapes).map(([kind, shape]) => [kind, Object.entries(shape)]),
);

/** What keeps `value` from being an event; absent when it is one. Fields that no version knows are let through. */
export function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'not an object';
  if (!count(value['seq']) || value['seq'] === 0) return 'seq is no ordinal';
  if (!finite(value['tMs'])) return 'tMs is no time';
  const fields = tests.get(value['kind']);
  if (!fields) return 'of a kind that is not known';
  const bad = fields.find(([name, test]) => !test(value[name]));
  return bad && `${bad[0]} is missing or not what it should be`;
}
