// No false fail: what the standard leaves open may be done in any allowed way, and no verdict moves.
import { expect, test } from 'vitest';
import { variants } from '../../src/conformance/variants.ts';
import { need } from '../support/needs.ts';
import { playVariants } from './flips.ts';

test('no verdict on Mosquitto depends on a habit', { ...need('long', 'mosquitto'), timeout: 240_000 }, async () => {
  const { flips, acted } = await playVariants(variants, 'mosquitto');
  const moved = flips.map((it) => `${it.variant.id}: ${it.statement} ${it.onBase} -> ${it.onVariant}`);
  expect(moved).toEqual([]);
  const idle = [...acted].filter(([, times]) => times === 0).map(([{ id }]) => id);
  expect(idle, 'variants that never acted prove nothing').toEqual([]);
});
