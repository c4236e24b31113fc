// `npm run trials -- NAME`: the long proofs (soaks, repeats, statistics); each writes docs/trials/NAME.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, projectEnv, root } from './install.mjs';

const folder = join('benchmarks', 'trials');
const [name, ...rest] = process.argv.slice(2);
const names = trialNames();

if (name !== undefined && names.includes(name)) {
  const trial = spawnSync(install(), [join(folder, `${name}.ts`), ...rest], {
    cwd: root,
    env: projectEnv(),
    stdio: 'inherit',
  });
  process.exitCode = trial.status ?? 2;
} else {
  if (name !== undefined) console.error(`There is no trial "${name}".`);
  console.error(`Usage: npm run trials -- NAME\nTrials: ${names.join(', ') || 'none yet'}`);
  process.exitCode = 2;
}

function trialNames() {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((it) => it.endsWith('.ts'));
  return files.map((it) => it.slice(0, -'.ts'.length)).sort();
}
