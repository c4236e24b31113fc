// Each expectation on written histories: kept, broken, and never brought about.
import { describe, expect, test } from 'vitest';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import type { Expectation, Outcome } from '../../../src/scenario/expectation.ts';
import { Delivered } from '../../../src/scenario/expectations/delivered.ts';
import { Reconnected } from '../../../src/scenario/expectations/reconnected.ts';
import { WillWithin } from '../../../src/scenario/expectations/will.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { connack, connect, puback, publish } from '../../judge/packets.ts';

function outcomeOf(expectation: Expectation, history: HistoryOf): Outcome {
  for (const event of history.events) expectation.step(event);
  return expectation.end();
}

const figure = (outcome: Outcome, name: string): number | undefined =>
  outcome.measured.find((it) => it.name === name)?.value;

const link = 'radio/sensor';
const message = (text: string, packetId: number, dup = false) =>
  publish(1, packetId, { topic: 'a', payload: Buffer.from(text), dup });
const intend = (history: HistoryOf, text: string): HistoryOf =>
  history.record({
    kind: 'intent',
    part: 'sensor',
    topic: 'a',
    qos: 1,
    retain: false,
    ordinal: 1,
    payloadHash: payloadHash(Buffer.from(text)),
  });
const accounted = (history: HistoryOf, lostAtMost = 0): Outcome =>
  outcomeOf(new Delivered({ from: 'sensor', to: 'hub', lostAtMost }), history);

describe('delivered', () => {
  test('every message arrived', () => {
    const history = new HistoryOf();
    const [sensor, hub] = [history.conn('sensor', { link }), history.conn('hub')];
    intend(history, 'x').wait(100);
    sensor.client(message('x', 1)).server(puback(1));
    hub.server(message('x', 1));
    const outcome = accounted(history);
    expect(outcome.verdict).toBe('pass');
    expect(figure(outcome, 'latency p50')).toBeGreaterThanOrEqual(100);
  });

  test('copies beyond the first are counted and not blamed', () => {
    const history = new HistoryOf();
    const [sensor, hub] = [history.conn('sensor', { link }), history.conn('hub')];
    intend(history, 'x');
    sensor
      .client(message('x', 1))
      .client(message('x', 1, true))
      .server(puback(1));
    hub.server(message('x', 1)).server(message('x', 2));
    const outcome = accounted(history);
    expect(outcome.verdict).toBe('pass');
    expect(figure(outcome, 'duplicated')).toBe(1);
  });

  test.for([
    ['never left the device', (it: HistoryOf) => intend(it, 'x')],
    [
      'reached the broker',
      (it: HistoryOf) => (intend(it, 'x'), it.conn('sensor', { link }).client(message('x', 1)), it),
    ],
    [
      'was acknowledged by the broker and never delivered',
      (it: HistoryOf) => (intend(it, 'x'), it.conn('sensor', { link }).client(message('x', 1)).server(puback(1)), it),
    ],
  ] as const)('a message that %s is missing, and is said to be last seen there', ([where, write]) => {
    const history = new HistoryOf();
    history.conn('hub');
    const outcome = accounted(write(history));
    expect(outcome.verdict).toBe('fail');
    expect(outcome.actual).toContain(where);
  });

  test('as many may be missing as the scenario allows', () => {
    expect(accounted(intend(new HistoryOf(), 'x'), 1).verdict).toBe('pass');
  });

  test('a device that meant nothing shows nothing', () => {
    expect(accounted(new HistoryOf()).verdict).toBe('notExercised');
  });
});

describe('will', () => {
  const will = { topic: 'a/status', payload: Buffer.from('offline'), qos: 1, retain: false } as const;

  const figures = { delayMs: 0, jitterMs: 0 };
  const cutFor = (beforeWillMs: number, isSent: boolean): Outcome => {
    const history = new HistoryOf();
    const hub = history.conn('hub');
    history.conn('sensor', { link }).client(connect({ will })).server(connack());
    history.record({ kind: 'link', link, state: 'cut', figures }).wait(beforeWillMs);
    if (isSent) hub.server(publish(1, 1, { topic: will.topic, payload: will.payload }));
    history.wait(10_000 - beforeWillMs).record({ kind: 'link', link, state: 'up', figures });
    return outcomeOf(new WillWithin({ of: 'sensor', to: 'hub', withinMs: 5000 }), history);
  };

  test('comes in time', () => expect(cutFor(3000, true).verdict).toBe('pass'));
  test('comes late', () => expect(cutFor(6000, true).verdict).toBe('fail'));
  test('never comes', () =>
    expect(cutFor(3000, false)).toMatchObject({ verdict: 'fail', actual: 'the will never arrived' }));

  test.each([
    { isBack: false, verdict: 'notExercised' },
    { isBack: true, verdict: 'fail' },
  ])('a break owes a will where the broker has one: $isBack', ({ isBack, verdict }) => {
    const history = new HistoryOf();
    const hub = history.conn('hub');
    history.conn('sensor', { link }).client(connect({ will })).server(connack()).ended('client', 'rst');
    hub.server(publish(1, 1, { topic: will.topic, payload: will.payload }));
    if (isBack) history.conn('sensor', { link }).client(connect({ will })).server(connack());
    history.record({ kind: 'link', link, state: 'cut', figures }).wait(10_000);
    history.record({ kind: 'link', link, state: 'up', figures });
    expect(outcomeOf(new WillWithin({ of: 'sensor', to: 'hub', withinMs: 5000 }), history).verdict).toBe(verdict);
  });

  /** It stands still for so long and goes on on its connection; at the end it says itself what its will would say. */
  const pausedFor = (ms: number, comesMs: number | undefined): Outcome => {
    const history = new HistoryOf();
    const hub = history.conn('hub');
    const sensor = history.conn('sensor', { link }).client(connect({ will })).server(connack());
    const pausedOrNot = (state: 'paused' | 'resumed') =>
      history.record({ kind: 'part', part: 'sensor', role: 'device', state });
    const said = { topic: will.topic, payload: will.payload } as const;
    pausedOrNot('paused').wait(comesMs ?? ms);
    if (comesMs !== undefined) hub.server(publish(1, 1, said)).wait(ms - comesMs);
    pausedOrNot('resumed');
    sensor.client({ type: 'PINGREQ' }).wait(20_000);
    sensor.client(publish(1, 7, said));
    hub.server(publish(2, 1, said));
    return outcomeOf(new WillWithin({ of: 'sensor', to: 'hub', withinMs: 5000 }), history);
  };
  test('none is owed where it was back in time, and its own last word is none', () => {
    expect(pausedFor(4000, undefined).verdict).toBe('notExercised');
    expect(pausedFor(8000, undefined)).toMatchObject({ verdict: 'fail', actual: 'the will never arrived' });
    expect(pausedFor(8000, 2000).verdict).toBe('pass');
    expect(pausedFor(8000, 6000).verdict).toBe('fail');
  });

  test('a link that was never broken shows nothing', () => {
    const history = new HistoryOf();
    history.conn('sensor', { link }).client(connect({ will })).server(connack());
    expect(outcomeOf(new WillWithin({ of: 'sensor', to: 'hub', withinMs: 5000 }), history).verdict).toBe(
      'notExercised',
    );
  });
});

const backAfter = (downMs: number, backMs: number | undefined): Outcome => {
  const history = new HistoryOf().part('broker', 'ready');
  const first = history.conn('sensor', { server: 'broker' }).client(connect()).server(connack());
  history.part('broker', 'killed');
  first.ended('server', 'rst');
  history
    .wait(downMs)
    .part('broker', 'ready')
    .wait(backMs ?? 20_000);
  if (backMs !== undefined) history.conn('sensor', { server: 'broker' }).client(connect()).server(connack());
  history.wait(1).part('other', 'ready');
  return outcomeOf(new Reconnected({ device: 'sensor', withinMs: 2000 }), history);
};

describe('reconnected', () => {
  test('a device that is back before the bench has found the broker ready is not late', () => {
    const history = new HistoryOf().part('broker', 'ready');
    history.conn('sensor', { server: 'broker' }).client(connect()).server(connack()).ended('server', 'rst');
    history.part('broker', 'killed').wait(10_000).part('broker', 'starting').wait(10_000);
    history.conn('sensor', { server: 'broker' }).client(connect()).server(connack());
    history.wait(100).part('broker', 'ready').record({ kind: 'mark', name: 'settled' });
    expect(outcomeOf(new Reconnected({ device: 'sensor', withinMs: 2000 }), history).verdict).toBe('pass');
  });

  test.each([
    { awayMs: 5000, verdict: 'fail' },
    { awayMs: 500, verdict: 'notExercised' },
  ])('a device that is stopped after $awayMs ms was too late, or not yet', ({ awayMs, verdict }) => {
    const history = new HistoryOf().part('broker', 'ready');
    history.conn('sensor', { server: 'broker' }).client(connect()).server(connack()).ended('server', 'rst');
    history.wait(awayMs).part('sensor', 'stopped').wait(5000).record({ kind: 'mark', name: 'settled' });
    expect(outcomeOf(new Reconnected({ device: 'sensor', withinMs: 2000 }), history).verdict).toBe(verdict);
  });

  test('a device that never comes back is told, though the bench stops its broker in the end', () => {
    const history = new HistoryOf().part('broker', 'ready');
    history.conn('sensor', { server: 'broker' }).client(connect()).server(connack()).ended('server', 'rst');
    history.wait(5000).record({ kind: 'mark', name: 'settled' }).part('broker', 'stopping').part('broker', 'stopped');
    expect(outcomeOf(new Reconnected({ device: 'sensor', withinMs: 2000 }), history)).toMatchObject({
      verdict: 'fail',
      actual: 'it never came back',
    });
  });

  test('counts from the moment when the broker serves again', () => {
    const outcome = backAfter(60_000, 1000);
    expect(outcome.verdict).toBe('pass');
    expect(figure(outcome, 'time to come back')).toBeLessThan(2000);
  });
  test('comes back late', () => expect(backAfter(10, 3000).verdict).toBe('fail'));
  test('never comes back', () =>
    expect(backAfter(10, undefined)).toMatchObject({ verdict: 'fail', actual: 'it never came back' }));

  test('a device that was never away shows nothing', () => {
    const history = new HistoryOf();
    history.conn('sensor').client(connect()).server(connack());
    expect(outcomeOf(new Reconnected({ device: 'sensor', withinMs: 2000 }), history).verdict).toBe('notExercised');
  });
});
