// The smaller expectations on written histories: kept, broken, and never brought about.
import { describe, expect, test } from 'vitest';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import type { Expectation, Outcome } from '../../../src/scenario/expectation.ts';
import { Counted } from '../../../src/scenario/expectations/counted.ts';
import { Latency } from '../../../src/scenario/expectations/latency.ts';
import { BillPerMonth } from '../../../src/scenario/expectations/bill-per-month.ts';
import { BytesPerMonth } from '../../../src/scenario/expectations/bytes-per-month.ts';
import { NoWill } from '../../../src/scenario/expectations/no-will.ts';
import { Online } from '../../../src/scenario/expectations/online.ts';
import { Recovers } from '../../../src/scenario/expectations/recovers.ts';
import { RetainedFresh } from '../../../src/scenario/expectations/retained-fresh.ts';
import { SessionResumed } from '../../../src/scenario/expectations/session-resumed.ts';
import { HistoryOf, type Conn } from '../../judge/history-of.ts';
import { connack, connect, disconnect, puback, publish, suback, subscribe } from '../../judge/packets.ts';

function outcomeOf(expectation: Expectation, write: (history: HistoryOf) => unknown): Outcome {
  const history = new HistoryOf();
  write(history);
  for (const event of history.events) expectation.step(event);
  return expectation.end();
}

const said = (topic: string, text: string, more: { id?: number; retain?: boolean } = {}) =>
  publish(more.id === undefined ? 0 : 1, more.id, { topic, payload: Buffer.from(text), retain: more.retain ?? false });
const join = (history: HistoryOf, name: string, sessionPresent = false, link?: string): Conn =>
  history
    .conn(name, { server: 'broker', ...(link !== undefined && { link }) })
    .client(connect({ clientId: name, cleanSession: false }))
    .server(connack(0, sessionPresent));
const mark = (history: HistoryOf, step: string): HistoryOf =>
  history.record({ kind: 'mark', name: 'timeline', data: { step } });

const played =
  (lateMs: number, isDelivered = true) =>
  (history: HistoryOf) => {
    const room = join(history, 'room')
      .client(subscribe(1, { '#': 1 }))
      .server(suback(1, 1));
    const level = join(history, 'level');
    const hash = payloadHash(Buffer.from('x'));
    history.record({
      kind: 'intent',
      part: 'level',
      topic: 'a',
      qos: 0,
      retain: false,
      ordinal: 1,
      payloadHash: hash,
    });
    history.wait(lateMs);
    level.client(said('a', 'x'));
    if (isDelivered) room.server(said('a', 'x'));
  };
const latencyRule = () => new Latency({ from: 'level', to: 'room', p50Ms: 100, p99Ms: 200 });

const blind = (history: HistoryOf) => {
  played(0, false)(history);
  const room = history.events.find((it) => it.kind === 'opened' && it.client === 'room');
  if (room?.kind === 'opened') {
    history.record({ kind: 'gap', connection: room.connection, why: 'a tap lost bytes' });
  }
};

describe('latency', () => {
  test('in time', () => expect(outcomeOf(latencyRule(), played(50)).verdict).toBe('pass'));
  test('too late', () => expect(outcomeOf(latencyRule(), played(150)).verdict).toBe('fail'));
  test('a message that never comes is later than any', () =>
    expect(outcomeOf(latencyRule(), played(0, false))).toMatchObject({
      verdict: 'fail',
      actual: 'p50 never, p99 never of 1 messages, of which 1 did not arrive',
    }));
  test('one that nobody can place is not known to be late', () => {
    expect(outcomeOf(latencyRule(), blind).verdict).toBe('inconclusive');
  });
  test('of another QoS nothing was meant', () => {
    const atQos2 = new Latency({ from: 'level', to: 'room', qos: 2, p99Ms: 1 });
    expect(outcomeOf(atQos2, played(150)).verdict).toBe('notExercised');
  });
  test('nothing meant', () => expect(outcomeOf(latencyRule(), () => {}).verdict).toBe('notExercised'));
});

const away = (awayMs: number, during?: string) => (history: HistoryOf) => {
  const first = join(history, 'one');
  join(history, 'two');
  mark(history, 'everybody is online');
  if (during !== undefined) history.record({ kind: 'mark', name: 'phase', data: { phase: during } });
  first.ended('link', 'rst');
  history.wait(awayMs);
  join(history, 'one');
  history.wait(1000 - awayMs);
  mark(history, 'publishing ends');
};
const onlineRule = (more: { of?: readonly string[]; during?: string } = {}) => new Online({ sharePct: 80, ...more });

describe('online', () => {
  test('long enough', () => expect(outcomeOf(onlineRule(), away(300)).verdict).toBe('pass'));
  test('not long enough', () => expect(outcomeOf(onlineRule(), away(700)).verdict).toBe('fail'));
  test('of one device', () => {
    expect(outcomeOf(onlineRule({ of: ['one'] }), away(300)).verdict).toBe('fail');
    expect(outcomeOf(onlineRule({ of: ['two'] }), away(700)).verdict).toBe('pass');
  });
  test('in one phase', () => {
    expect(outcomeOf(onlineRule({ during: 'storm' }), away(700, 'storm')).verdict).toBe('fail');
    expect(outcomeOf(onlineRule({ during: 'calm' }), away(700, 'storm')).verdict).toBe('notExercised');
  });
});

const back = (afterMs: number) => (history: HistoryOf) => {
  history.part('broker', 'ready');
  const conn = join(history, 'one');
  history.part('broker', 'killed');
  conn.ended('server', 'rst');
  history.wait(10_000).part('broker', 'ready').wait(afterMs);
  join(history, 'one');
  history.record({ kind: 'mark', name: 'settled' });
};
const recoversRule = () => new Recovers({ after: 'broker', withinMs: 2000, sharePct: 95 });

const links = (history: HistoryOf): void => {
  const change = (link: string, state: 'up' | 'cut') => history.record({ kind: 'link', link, state, figures: {} });
  const conn = join(history, 'one', false, 'line/one');
  change('line/one', 'cut');
  change('line/two', 'cut');
  conn.ended('link', 'rst');
  change('line/one', 'up').wait(5000);
  change('line/two', 'up');
  join(history, 'one', false, 'line/one');
};

describe('recovers', () => {
  test('in time, counted from the moment when the broker is back', () =>
    expect(outcomeOf(recoversRule(), back(1000)).verdict).toBe('pass'));
  test('late', () => expect(outcomeOf(recoversRule(), back(3000)).verdict).toBe('fail'));
  test('what is told of an incident is how many were online when it was over', () => {
    const outcome = outcomeOf(recoversRule(), (history) => {
      history.part('broker', 'ready');
      join(history, 'one').ended('server', 'rst');
      history.part('broker', 'killed').wait(100).part('broker', 'ready').wait(5000).part('broker', 'killed').wait(100);
      history.part('broker', 'ready');
      join(history, 'one');
    });
    expect(outcome).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/: 0 of 1 devices are online/) as string,
    });
  });
  test('never away', () =>
    expect(outcomeOf(recoversRule(), (it) => join(it.part('broker', 'ready'), 'one')).verdict).toBe('notExercised'));
  test('after a link, when the last of its links is up', () => {
    expect(outcomeOf(new Recovers({ after: 'line', withinMs: 100, sharePct: 95 }), links).verdict).toBe('pass');
  });
});

const returns = (isPresent: boolean, isServed: boolean) => (history: HistoryOf) => {
  join(history, 'room')
    .client(subscribe(1, { a: 1 }))
    .server(suback(1, 1))
    .ended('link', 'rst');
  const room = join(history, 'room', isPresent);
  join(history, 'level')
    .client(said('a', 'x', { id: 1 }))
    .server(puback(1));
  if (isServed) room.server(said('a', 'x', { id: 1 }));
};
const sessionResumedRule = () => new SessionResumed({ device: 'room' });

describe('session resumed', () => {
  test('present and served', () => expect(outcomeOf(sessionResumedRule(), returns(true, true)).verdict).toBe('pass'));
  test('absent', () => expect(outcomeOf(sessionResumedRule(), returns(false, true)).verdict).toBe('fail'));
  test('present, its subscriptions lost', () =>
    expect(outcomeOf(sessionResumedRule(), returns(true, false))).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/none of 1 messages/) as string,
    }));
  test('never came back', () =>
    expect(outcomeOf(sessionResumedRule(), (it) => join(it, 'room')).verdict).toBe('notExercised'));
});

const found = (text: string | undefined) => (history: HistoryOf) => {
  const level = join(history, 'level');
  level.client(said('a', 'old', { id: 1, retain: true })).server(puback(1));
  level.client(said('a', 'new', { id: 2, retain: true })).server(puback(2));
  const room = join(history, 'room')
    .client(subscribe(1, { a: 1 }))
    .server(suback(1, 1));
  if (text !== undefined) room.server(said('a', text, { id: 1, retain: true }));
};
const retainedFreshRule = () => new RetainedFresh({ from: 'level', to: 'room' });

/** Its first connection finds nothing and breaks after so long; its next one finds this. */
const again =
  (text: string | undefined, afterMs = 0) =>
  (history: HistoryOf) => {
    const level = join(history, 'level');
    level.client(said('a', 'old', { id: 1, retain: true })).server(puback(1));
    level.client(said('a', 'new', { id: 2, retain: true })).server(puback(2));
    join(history, 'room')
      .client(subscribe(1, { a: 1 }))
      .server(suback(1, 1))
      .wait(afterMs)
      .ended('link', 'rst');
    const room = join(history, 'room', true)
      .client(subscribe(2, { a: 1 }))
      .server(suback(2, 1));
    if (text !== undefined) room.server(said('a', text, { id: 1, retain: true }));
  };

const resent = (text: string) => (history: HistoryOf) => {
  join(history, 'level')
    .client(said('a', 'older', { id: 1, retain: true }))
    .ended('link', 'rst');
  const level = join(history, 'level', true);
  for (const [id, it] of ['older', 'newest'].entries()) {
    level.client(said('a', it, { id: id + 1, retain: true })).server(puback(id + 1));
  }
  join(history, 'room')
    .client(subscribe(1, { a: 1 }))
    .server(suback(1, 1))
    .server(said('a', text, { id: 1, retain: true }));
};

describe('retained fresh', () => {
  test('the newest', () => expect(outcomeOf(retainedFreshRule(), found('new')).verdict).toBe('pass'));
  test('an older one', () => expect(outcomeOf(retainedFreshRule(), found('old')).verdict).toBe('fail'));
  test('none', () => expect(outcomeOf(retainedFreshRule(), found(undefined)).verdict).toBe('fail'));
  test('what a connection that broke did not find, its next one does', () => {
    expect(outcomeOf(retainedFreshRule(), again('new')).verdict).toBe('pass');
    expect(outcomeOf(retainedFreshRule(), again('old')).verdict).toBe('fail');
    expect(outcomeOf(retainedFreshRule(), again(undefined)).verdict).toBe('fail');
  });
  test('a connection that lived on behind SUBACK had to find it', () =>
    expect(outcomeOf(retainedFreshRule(), again('new', 1500)).verdict).toBe('fail'));
  test('a value that was sent again on another connection is not under way for ever', () => {
    expect(outcomeOf(retainedFreshRule(), resent('newest')).verdict).toBe('pass');
    expect(outcomeOf(retainedFreshRule(), resent('older')).verdict).toBe('fail');
  });
  test('nothing retained', () =>
    expect(outcomeOf(retainedFreshRule(), (it) => join(it, 'level')).verdict).toBe('notExercised'));
});

const noWillWill = { topic: 'a', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
const leaves = (isPolite: boolean, says: number, comes: number) => (history: HistoryOf) => {
  const room = join(history, 'room');
  const level = history
    .conn('level')
    .client(connect({ clientId: 'level', will: noWillWill }))
    .server(connack());
  for (let n = 0; n < says; n++) level.client(said('a', 'gone'));
  if (isPolite) level.client(disconnect);
  level.ended('client', isPolite ? 'fin' : 'rst');
  for (let n = 0; n < comes; n++) room.server(said('a', 'gone'));
};
const noWillRule = () => new NoWill({ of: 'level', to: 'room' });

describe('no will', () => {
  test('none comes', () => expect(outcomeOf(noWillRule(), leaves(true, 0, 0)).verdict).toBe('pass'));
  test('it comes all the same', () => expect(outcomeOf(noWillRule(), leaves(true, 0, 1)).verdict).toBe('fail'));
  test('what the device says itself is no will', () => {
    expect(outcomeOf(noWillRule(), leaves(true, 1, 1)).verdict).toBe('pass');
    expect(outcomeOf(noWillRule(), leaves(true, 1, 2)).verdict).toBe('fail');
  });
  test('never left politely', () => expect(outcomeOf(noWillRule(), leaves(false, 0, 1)).verdict).toBe('notExercised'));
});

const carried =
  (more: Readonly<Record<string, string | number>> = {}) =>
  (history: HistoryOf) => {
    const data = { link: 'sat/level', tookMs: 30_000, upIpB: 700, downIpB: 300, ...more };
    history.record({ kind: 'mark', name: 'link-usage', data });
  };
const billed = { tariff: 'bgan', monthCost: 6, currency: 'USD', assumed: 'layer = ip' };
const aMonthBill = (currency = 'USD') => new BillPerMonth({ of: 'level', atMost: 5, currency });

describe('a month', () => {
  test('of bytes is 86,400 times half a minute', () => {
    expect(outcomeOf(new BytesPerMonth({ of: 'level', atMostB: 86.4e6 }), carried()).verdict).toBe('pass');
    const outcome = outcomeOf(new BytesPerMonth({ of: 'level', atMostB: 86.3e6 }), carried());
    expect(outcome).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/^86\.4 MB a month, extrapolated to 30 days, .* 30\.0 s/) as string,
    });
  });
  test('of money is what the link reckoned, with what its tariff assumes', () => {
    expect(outcomeOf(aMonthBill(), carried({ ...billed, monthCost: 5 })).verdict).toBe('pass');
    expect(outcomeOf(aMonthBill(), carried(billed))).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/assumed: layer = ip$/) as string,
    });
  });
  test('in another currency is not compared', () =>
    expect(outcomeOf(aMonthBill('EUR'), carried(billed)).verdict).toBe('inconclusive'));
  test('without a tariff there is no bill, without a link no bytes', () => {
    expect(outcomeOf(aMonthBill(), carried()).verdict).toBe('notExercised');
    expect(outcomeOf(new BytesPerMonth({ of: 'other', atMostB: 1 }), carried()).verdict).toBe('notExercised');
  });
});

const countedValues =
  (...counts: readonly (number | string)[]) =>
  (history: HistoryOf) => {
    const room = join(history, 'room');
    for (const it of counts) room.server(said('n', typeof it === 'number' ? JSON.stringify({ value: it }) : it));
  };
const countedRule = (more: { repeatedAtMost?: number; reorderedAtMost?: number } = {}) =>
  new Counted({ topic: 'n', to: 'room', missingAtMost: 0, ...more });

const deliver = (room: Conn, id: number, value: number) =>
  room.server(publish(2, id, { topic: 'n', payload: Buffer.from(JSON.stringify({ value })) }));

describe('counted', () => {
  test('a QoS 2 delivery that a lost session left open hides none of the next session', () => {
    const { verdict } = outcomeOf(countedRule(), (history) => {
      deliver(join(history, 'room'), 1, 4).ended('link', 'rst');
      const room = join(history, 'room');
      deliver(room, 1, 5);
      deliver(room, 2, 6);
    });
    expect(verdict).toBe('pass');
  });
  test.for<[readonly (number | string)[], string]>([
    [[4, 5, 6], 'pass'],
    [[4, 6], 'fail'],
    [[4, 6, 5], 'pass'],
    [[4, 4, 5], 'pass'],
    [[4, 5, 0, 1], 'pass'],
    [['7', '8'], 'pass'],
    [['no number'], 'notExercised'],
  ])('%j: %s', ([counts, verdict]) => expect(outcomeOf(countedRule(), countedValues(...counts)).verdict).toBe(verdict));
  test('repeats and disorder are judged where there is a limit', () => {
    expect(outcomeOf(countedRule({ repeatedAtMost: 0 }), countedValues(4, 4, 5)).verdict).toBe('fail');
    expect(outcomeOf(countedRule({ reorderedAtMost: 0 }), countedValues(4, 6, 5)).verdict).toBe('fail');
  });
});
