// `npm run trials -- wire`: every property of the codec over 100,000 cases or more; writes docs/trials/wire.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { PROPERTIES } from '../../test/wire/properties.ts';

const NUM_RUNS = 100_000;
const [seedText] = process.argv.slice(2);
const seed = seedText === undefined ? Math.trunc(Math.random() * 0x7fffffff) : Number(seedText);
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

const rows: string[] = [];
const failures: string[] = [];
for (const { name, failure } of PROPERTIES) {
  const begin = process.hrtime.bigint();
  const found = failure({ numRuns: NUM_RUNS, seed });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const row = `| ${name} | ${NUM_RUNS.toLocaleString('en-US')} | ${seconds.toFixed(1)} | ${found === undefined ? 'holds' : 'FAILS'} |`;
  console.log(row);
  rows.push(row);
  if (found !== undefined) failures.push(`\n## ${name}\n\n\`\`\`\n${found}\n\`\`\`\n`);
}

const dirty =
  git('status', '--porcelain', '--', 'src/wire', 'src/spec', 'test/wire') === '' ? '' : ' with changes not committed';
const text = `# Trial: wire

Random packets and streams through the codec for MQTT 3.1 and 3.1.1: valid ones, valid ones with mutated bytes, packets spoilt on purpose, and noise.

- date: ${new Date().toISOString().slice(0, 10)}
- commit: ${git('rev-parse', '--short', 'HEAD')}${dirty}
- command: \`npm run trials -- wire ${seed}\`
- seed: ${seed}
- Node: ${process.version}

| property | cases | seconds | result |
| --- | ---: | ---: | --- |
${rows.join('\n')}
${failures.join('')}`;
writeFileSync('docs/trials/wire.md', text);
process.exitCode = failures.length === 0 ? 0 : 1;
