// A declared limit takes from checks what needs it, and nothing else: what is left still passes on a good broker and fails on a broken one.
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { qosLevelsBeside } from '../../src/conformance/driven-target.ts';
import { mutants } from '../../src/conformance/mutants.ts';
import type { JudgedRun } from '../../src/judge/judged.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { need } from '../support/needs.ts';
import { playMutants } from './kills.ts';

/** Check that goes through the QoS levels of its target -> mutant that it has to find out at QoS 0 and 1. */
const proofs = {
  'publish/acknowledged': 'puback-missing',
  'publish/qos-matrix': 'delivery-below-grant',
  'publish/dup-not-propagated': 'first-copy-with-dup',
  'publish/order': 'swapped-pairs-in',
  'publish/order-of-many': 'unordered-by-default',
  'publish/overlapping-subscriptions': 'overlap-at-qos-0',
  'retained/kept-for-new-subscribers': 'retained-stale',
  'retained/live-copy-unmarked': 'live-as-replay',
  'topics/name-first': 'topic-not-utf8-delivered',
  'will/published-when-lost': 'will-lost',
  'connect/offline-queue': 'queue-loses-first',
  'subscribe/answered': 'suback-code-added',
  'subscribe/many-filters': 'subscribe-last-filter-lost',
  'acl/denied-publish': 'denied-silent-qos1',
  'session/lasts-with-connection': 'session-ends-while-connected',
  'session/redelivery-order': 'redelivery-oldest-last',
  'unsubscribe/finishes-what-was-begun': 'unsubscribe-abandons-unacknowledged',
  'interoperation/baseline': 'private-level-demanded',
} as const satisfies Record<string, string>;

/** Mosquitto, said to be like NATS: it lacks QoS 2. */
const limited = `nats@${fileURLToPath(new URL('../../scenarios/targets/mosquitto.yaml', import.meta.url))}`;

test('what a target lacks is no QoS that it offers', () => {
  expect(qosLevelsBeside(new Map())).toEqual([0, 1, 2]);
  expect(qosLevelsBeside(new Map([['qos2', 'declared limit']]))).toEqual([0, 1]);
});

test('a check that needs QoS 2 is named for what it is about', () => {
  const named = checks.filter((it) => it.needs.includes('qos2')).map((it) => it.id);
  expect(named.filter((id) => id in proofs)).toEqual([]);
  expect(named).toEqual([
    'publish/qos2-taken',
    'publish/qos2-exactly-once',
    'session/qos2-publish-redelivered',
    'session/pubrel-redelivered',
    'session/inbound-qos2-remembered',
    'fixed-header/pubrec-51',
    'fixed-header/pubrel-60',
    'fixed-header/pubrel-63',
    'fixed-header/pubrel-6a',
    'fixed-header/pubcomp-71',
    'publish/pubrel-order',
    'security/refused-exchange',
    'security/acl-publish-qos2',
  ]);
});

describe('Mosquitto that is said to lack QoS 2', need('mosquitto'), () => {
  let run: JudgedRun | undefined;
  const ids = new Set<string>(Object.values(proofs));
  const verdict = (target: string, check: string): Verdict | undefined =>
    run?.targets.find((it) => it.name === target)?.checks.find((it) => it.id === check)?.verdict;

  beforeAll(async () => {
    const chosen = mutants.filter((it) => ids.has(it.id));
    ({ run } = await playMutants(chosen, limited, { select: Object.keys(proofs).join(',') }));
  }, 120_000);

  test.for(Object.entries(proofs))('%s passes, and finds out %s', ([check, mutant]) => {
    expect(verdict(limited, check), 'on the base').toBe('pass');
    expect(verdict(`${limited}+${mutant}`, check), 'on the mutant').toBe('fail');
  });

  test('what is about QoS 2 alone is not credited', () => {
    const passed = run?.targets[0]?.statements.filter((it) => it.verdict === 'pass').map((it) => it.id);
    expect(passed).toContain('MQTT-4.3.2-1');
    expect(passed).not.toContain('MQTT-4.3.3-1');
  });
});
