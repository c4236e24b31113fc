// `npm run trials -- variants`: every allowed variant before Mosquitto and Aedes; writes docs/trials/variants.md.
import { playVariants, type VariantRun } from '../../test/conformance/flips.ts';
import { variants } from '../../src/conformance/variants.ts';
import { writeTrial } from '../trial-record.ts';

const bases = ['mosquitto', 'embedded'] as const;
const runs: VariantRun[] = [];
for (const word of bases) runs.push(await playVariants(variants, word));

const rows = variants.map((variant) => {
  const cells = runs.map(({ flips, acted }) => {
    const mine = flips.filter((it) => it.variant === variant);
    const moved = mine.map((it) => `${it.statement.replace('MQTT-', '')} ${it.onBase} → ${it.onVariant}`);
    return `${acted.get(variant) ?? 0} | ${moved.join(', ') || 'none'}`;
  });
  return `| ${variant.id} | ${variant.summary} | ${cells.join(' | ')} |`;
});
const flipped = runs.flatMap((it) => it.flips);

writeTrial({
  name: 'variants',
  about:
    'Brokers that are right in another way: a real broker behind conduct that the standard leaves open. Every check is driven on the base and on each variant in one run; no verdict may differ (pass and warn are one). "Acted" counts how often the variant did something else than its base.',
  figures: {
    bases: runs.map((it) => it.base).join('; '),
    took: runs.map((it) => `${(it.durationMs / 1000).toFixed(1)} s`).join(', '),
    result: `${flipped.length} verdicts moved`,
  },
  body: [
    `| variant | | ${bases.map((it) => `acted (${it}) | moved (${it})`).join(' | ')} |`,
    `| --- | --- | ${bases.map(() => '--- | ---').join(' | ')} |`,
    ...rows,
  ].join('\n'),
});
for (const it of flipped) console.log(`${it.variant.id}: ${it.statement} ${it.onBase} -> ${it.onVariant}`);
console.log(`${flipped.length} verdicts moved by ${variants.length} variants`);
process.exitCode = flipped.length === 0 ? 0 : 1;
