// What comes before a CONNECT, or behind a refused one: what a server may do with it, and what shows nothing.
import { describe, expect, test } from 'vitest';
import { outOfTurnChecks } from '../../../src/conformance/checks/out-of-turn.ts';
import { connack, connect, pingreq, pingresp, puback, publish, suback } from '../../judge/packets.ts';
import { judged, type Story } from './judged.ts';

const text = (topic: string, payload: string): ReturnType<typeof publish> =>
  publish(1, 1, { topic, payload: Buffer.from(payload) });
const sentinel = (topic: string): ReturnType<typeof publish> => text(topic, 'sentinel');
const forbidden = (topic: string): ReturnType<typeof publish> => text(topic, 'must not come');
const accepted: Story = (it) => it.client(connect()).server(connack());

const closesOnPing: Story = (it) => it.client(pingreq).ended('server');
const sentinelOnly: Story = (it) => it.server(sentinel('run/early'));

/** Verdicts on PUBLISH and PINGREQ. */
const first = (story: Story, observer: Story = sentinelOnly): readonly (string | undefined)[] => {
  const found = judged(outOfTurnChecks, 'connect/comes-first', [
    ['observer', observer],
    ['PUBLISH', story],
    ['SUBSCRIBE', closesOnPing],
    ['PINGREQ', story],
  ]);
  return [found[0]?.verdict, found[2]?.verdict];
};

const forwarded: Story = (it) => it.server(forbidden('run/early'), sentinel('run/early'));

describe('a packet before CONNECT', () => {
  test('is closed on', () => {
    expect(first(closesOnPing)).toEqual(['pass', 'pass']);
    expect(first((it) => it.client(pingreq).ended('server', 'rst'))).toEqual(['pass', 'pass']);
  });

  test('is refused before the close: a remark', () => {
    expect(first((it) => it.client(pingreq).server(connack(5)).ended('server'))).toEqual(['warn', 'warn']);
  });

  test('is not served, answered, forwarded or waited behind', () => {
    expect(first((it) => it.client(pingreq))).toEqual(['fail', 'fail']);
    expect(first((it) => it.client(pingreq).server(pingresp).ended('server'))).toEqual(['fail', 'fail']);
    expect(first((it) => it.client(pingreq).server(connack()).ended('server'))).toEqual(['fail', 'fail']);
    expect(first((it) => it.client(pingreq).server(connack(5)))).toEqual(['fail', 'fail']);
    expect(first((it) => it.client(pingreq).server(connack(5), puback(1)).ended('server'))).toEqual(['fail', 'fail']);
    expect(first(closesOnPing, forwarded)).toEqual(['fail', 'pass']);
  });

  test('shows nothing where the server is dead, or had closed before', () => {
    expect(first(closesOnPing, accepted)).toEqual(['inconclusive', 'inconclusive']);
    expect(first((it) => it.client(pingreq), accepted)).toEqual(['inconclusive', 'inconclusive']);
    expect(first((it) => it.ended('server'))).toEqual(['inconclusive', 'inconclusive']);
  });
});

const names = ['level', 'emptyid', 'flag'] as const;
const refusedLevel: Story = (it) => it.client(connect()).server(connack(1)).ended('server');
const topics = names.map((name) => `run/behind/${name}`);
const watching: Story = (it) => it.server(...topics.map(sentinel));

/** The verdict on the first of them. */
const behind = (story: Story, observer: Story = watching, late?: Story): string | undefined =>
  judged(outOfTurnChecks, 'connect/nothing-retained-after-refusal', [
    ['observer', observer],
    ['level', story],
    ['emptyid', refusedLevel],
    ['flag', refusedLevel],
    ...(late ? [['late', late] as const] : []),
  ])[0]?.verdict;

const keptOnly: Story = (it) => it.server(sentinel('run/kept'));

describe('what follows a refused CONNECT', () => {
  test('comes to nothing', () => {
    expect(behind(refusedLevel, watching, keptOnly)).toBe('pass');
    expect(behind((it) => it.client(connect()).ended('server', 'rst'), watching, keptOnly)).toBe('pass');
  });

  test('is neither acknowledged nor delivered, now or later', () => {
    expect(behind((it) => it.client(connect()).server(connack(1), puback(1)).ended('server'))).toBe('fail');
    expect(behind((it) => it.client(connect()).server(suback(2, 1)).ended('server'))).toBe('fail');
    expect(behind(refusedLevel, (it) => it.server(forbidden('run/behind/level'), ...topics.map(sentinel)))).toBe(
      'fail',
    );
    expect(behind(refusedLevel, watching, (it) => it.server(forbidden('run/behind/level'), sentinel('run/kept')))).toBe(
      'fail',
    );
  });

  test('is in order where the CONNECT was accepted, and does not arise where it was ignored', () => {
    expect(behind((it) => it.client(connect()).server(connack(), puback(1)))).toBe('notExercised');
    expect(behind((it) => it.client(connect()))).toBe('notExercised');
  });

  test('shows nothing without the sentinels', () => {
    expect(behind(refusedLevel, accepted)).toBe('inconclusive');
    expect(behind(refusedLevel, watching, accepted)).toBe('inconclusive');
    expect(behind((it) => it.ended('server'))).toBe('inconclusive');
  });
});
