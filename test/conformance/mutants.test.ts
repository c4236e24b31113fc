// The proof that every check can fail: each mutant must flip its statement from pass on the base to fail.
import { beforeAll, describe, expect, test } from 'vitest';
import { mutants } from '../../src/conformance/mutants.ts';
import type { Kill } from '../../src/conformance/drive-mutants.ts';
import type { Mutant } from '../../src/conformance/mutant.ts';
import type { StatementId } from '../../src/spec/statement.ts';
import { need } from '../support/needs.ts';
import { playMutants } from './kills.ts';

/**
 * Statements that Aedes itself breaks, or whose situation it never brings about: it sends no CONNACK that refuses, and
 * nothing again with DUP 1. Their mutants prove something on Mosquitto only.
 */
const brokenByAedes: ReadonlySet<StatementId> = new Set([
  'MQTT-1.5.3-1',
  'MQTT-1.5.3-2',
  'MQTT-2.3.1-4',
  'MQTT-3.1.2-2',
  'MQTT-3.1.2-11',
  'MQTT-3.1.2-14',
  'MQTT-3.1.2-18',
  'MQTT-3.1.2-20',
  'MQTT-3.1.2-22',
  'MQTT-3.1.3-4',
  'MQTT-3.1.3-8',
  'MQTT-3.1.3-9',
  'MQTT-3.1.3-10',
  'MQTT-3.1.3-11',
  'MQTT-3.1.4-1',
  'MQTT-3.2.2-2',
  'MQTT-3.2.2-4',
  'MQTT-3.2.2-5',
  'MQTT-3.2.2-6',
  'MQTT-3.3.1-1',
  'MQTT-3.3.1-3',
  'MQTT-3.3.2-2',
  'MQTT-3.3.5-1',
  'MQTT-3.8.3-1',
  'MQTT-3.8.4-4',
  'MQTT-3.8.4-5',
  'MQTT-3.10.4-3',
  'MQTT-3.10.3-1',
  'MQTT-3.10.3-2',
  'MQTT-4.1.0-1',
  'MQTT-4.3.2-1',
  'MQTT-4.3.3-1',
  'MQTT-4.4.0-1',
  'MQTT-4.6.0-1',
  'MQTT-4.6.0-4',
  'MQTT-4.6.0-6',
  'MQTT-4.7.1-1',
  'MQTT-4.7.1-2',
  'MQTT-4.7.1-3',
  'MQTT-4.7.2-1',
  'MQTT-4.7.3-2',
] as const);

function everyMutantIsKilled(word: string, chosen: readonly Mutant[]): void {
  let kills: readonly Kill[] = [];
  beforeAll(async () => {
    ({ kills } = await playMutants(chosen, word));
  }, 180_000);
  test.for(chosen)('$statement $id: $summary', (mutant) => {
    const kill = kills.find((it) => it.mutant === mutant);
    expect(kill?.onBase, 'on the base').toBeOneOf(['pass', 'warn']);
    expect(kill?.onMutant, 'on the mutant').toBe('fail');
  });
}

describe('mutants before Aedes', () => {
  everyMutantIsKilled(
    'embedded',
    mutants.filter((it) => !brokenByAedes.has(it.statement)),
  );
});

describe('mutants before Mosquitto, of statements that Aedes breaks', need('long', 'mosquitto'), () => {
  everyMutantIsKilled(
    'mosquitto',
    mutants.filter((it) => brokenByAedes.has(it.statement)),
  );
});
