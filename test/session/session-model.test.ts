// Two parties over a channel that is cut at arbitrary points: the promises of the three QoS levels must hold anyway.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { unfinishedCount } from '../../src/session/client-session.ts';
import { Model } from './model-exchange.ts';
import type { Action, Qos } from './model-exchange.ts';

const qos = fc.constantFrom<Qos>(0, 1, 2);
const filter = fc.constantFrom('a', 'b/+', '#');
const packets = fc.integer({ min: 1, max: 4 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), qos }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('serverPublish' as const), qos }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('subscribe' as const, 'unsubscribe' as const), filter }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('toServer' as const, 'toClient' as const), packets }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

/** The first coming of each message. */
const firsts = (tokens: readonly number[]): number[] => [...new Set(tokens)];
const ascending = (tokens: readonly number[]): number[] => tokens.toSorted((a, b) => a - b);

test('persistent session: QoS 2 exactly once, QoS 1 at least once, QoS 0 at most once, all in order, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 80, size: 'max' }), (window, actions) => {
      const model = new Model(window, false);
      for (const it of actions) model.play(it);
      model.settle();
      const { broker, meant, sentDown, delivered } = model;
      expect(broker.complaints).toEqual([]);
      expect(broker.taken[2]).toEqual(meant[2]);
      expect(firsts(broker.taken[1])).toEqual(meant[1]);
      expect(broker.taken[0]).toEqual(ascending(firsts(broker.taken[0])));
      expect(delivered[2]).toEqual(sentDown[2]);
      expect(firsts(delivered[1])).toEqual(sentDown[1]);
      expect(delivered[0]).toEqual(ascending(firsts(delivered[0])));
      expect(broker.filters).toEqual(model.wanted);
      expect(unfinishedCount(model.session)).toBe(0);
      expect(model.dropped.size + model.published.size).toBe(meant[0].length + meant[1].length + meant[2].length);
    }),
    { numRuns: 200 },
  );
});

test('clean session: every message is either acknowledged or reported as dropped, and nothing of one session enters the next', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 80, size: 'max' }), (window, actions) => {
      const model = new Model(window, true);
      for (const it of actions) model.play(it);
      model.settle();
      const { broker, meant, published, dropped } = model;
      expect(broker.complaints).toEqual([]);
      for (const level of [1, 2] as const) {
        expect(broker.taken[level]).toEqual(ascending(firsts(broker.taken[level]))); // once, in order
        expect(meant[level].filter((it) => published.has(it) === dropped.has(it))).toEqual([]);
        expect(meant[level].filter((it) => published.has(it) && !broker.taken[level].includes(it))).toEqual([]);
      }
      expect(broker.filters).toEqual(model.wanted);
    }),
    { numRuns: 150 },
  );
});
