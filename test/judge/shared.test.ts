// What the routing rules of one server share: made once per server, and each event taken in once.
import { expect, test } from 'vitest';
import type { RoutingRule, Rule, RuleEvent, Shared } from '../../src/judge/rule.ts';
import { newBroker } from '../../src/judge/rules/routing/digest.ts';
import { HistoryOf, findingsOf } from './history-of.ts';
import { connect } from './packets.ts';

interface Log {
  readonly by: string;
}

const newLog = (): Log[] => [];

function sharing(id: string, seen: Log[][]): RoutingRule<Log[]> {
  return {
    id,
    title: id,
    judges: 'server',
    scope: 'routing',
    statements: [],
    start(_, shared: Shared) {
      const log = shared.of(newLog);
      log.push({ by: id });
      seen.push(log);
      return log;
    },
    step: () => undefined,
    end: () => undefined,
  };
}

test('the rules of one server get the same thing, those of another server their own', () => {
  const h = new HistoryOf();
  h.conn('a', { server: 'one' }).client(connect());
  h.conn('b', { server: 'two' }).client(connect());
  const seen: Log[][] = [];
  const rules: readonly Rule[] = [sharing('x', seen), sharing('y', seen)];
  findingsOf(rules, h.events);
  expect(new Set(seen).size).toBe(2);
  expect(seen.map((log) => log.map((it) => it.by))).toEqual(Array.from({ length: 4 }, () => ['x', 'y']));
});

test('an event that several rules ask about is taken in once', () => {
  const broker = newBroker();
  const other: RuleEvent = {
    kind: 'other',
    seq: 1,
    tMs: 1,
    event: { kind: 'part', part: 'x', role: 'broker', state: 'killed', seq: 1, tMs: 1 },
  };
  const first = broker.take(other);
  const traffic = broker.traffic;
  expect(broker.take(other)).toBe(first);
  expect(broker.traffic).toBe(traffic);
});

test('what could not be taken in is no silence for the next rule', () => {
  const broker = newBroker();
  // A packet event without its packet: nothing a journal can hold, and nothing the bookkeeping survives.
  const broken = { kind: 'packet', seq: 7, tMs: 1 } as RuleEvent;
  expect(() => broker.take(broken)).toThrow(TypeError);
  expect(() => broker.take(broken)).toThrow('event 7 could not be taken in');
});
