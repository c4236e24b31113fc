// No false fail: what the standard leaves open may be done in any allowed way, and no verdict moves.
import { expect, test } from 'vitest';
import type { Variant } from '../../src/conformance/variant.ts';
import { variants } from '../../src/conformance/variants.ts';
import { need } from '../support/needs.ts';
import { playVariants } from './flips.ts';

async function expectNoFlip(played: readonly Variant[], word: string, select?: string): Promise<void> {
  const { flips, acted } = await playVariants(played, word, select);
  const moved = flips.map((it) => `${it.variant.id}: ${it.statement} ${it.onBase} -> ${it.onVariant}`);
  expect(moved).toEqual([]);
  const idle = [...acted].filter(([, times]) => times === 0).map(([{ id }]) => id);
  expect(idle, 'variants that never acted prove nothing').toEqual([]);
}

test(
  'no verdict on what Aedes publishes depends on where a stream is cut',
  { ...need('long'), timeout: 120_000 },
  async () => {
    await expectNoFlip(
      variants.filter((it) => it.segments === 'random'),
      'embedded',
      'publish/*,retained/*',
    );
  },
);

test('no verdict on Mosquitto depends on a habit', { ...need('long', 'mosquitto'), timeout: 240_000 }, async () => {
  await expectNoFlip(variants, 'mosquitto');
});
