// A run that was cut short blames nobody for what it did not show.
import { expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory-history.ts';
import type { RunEnded } from '../../src/history/event.ts';
import { judgeExpectations } from '../../src/scenario/judge-expectations.ts';
import { parseScenario } from '../../src/scenario/read-scenario.ts';

const { scenario } = parseScenario(
  'lost.yaml',
  `name: lost
question: Does it arrive?
brokers: { hub: { target: embedded } }
devices:
  display: { kind: subscriber, broker: hub, filters: { '#': 1 } }
  level:
    { kind: sensor, broker: hub, topic: level, interval: 1s, signal: { unit: m, start: 1, step: 1, min: 0, max: 2 } }
duration: 1s
expectations: [{ delivered: { from: level, to: display } }]
`,
);

test.for([
  ['completed', 'fail'],
  ['interrupted', 'inconclusive'],
  ['failed', 'inconclusive'],
  ['killed', 'inconclusive'],
] as const)('a message that did not arrive in a run that was %s: %s', ([how, verdict]) => {
  const history = memoryHistory();
  const hash = '0123456789abcdef';
  history.record({
    kind: 'intent',
    part: 'level',
    topic: 'level/value',
    qos: 1,
    retain: false,
    ordinal: 1,
    payloadHash: hash,
  });
  if (how !== 'killed') history.record({ kind: 'end', how: how satisfies RunEnded['how'] });
  expect(judgeExpectations(scenario, history.events, 'fieldbench run lost')).toMatchObject([{ verdict }]);
});
