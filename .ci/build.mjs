// Makes dist/, what the published package holds: plain tsc output, no bundler. npm runs it as `prepare`.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectEnv, root } from './install.mjs';

const dist = join(root, 'dist');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

rmSync(dist, { recursive: true, force: true });
// Types are checked by `npm test`; a mistake in them must not keep a fresh clone from being installed.
const tsc = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], {
  cwd: root,
  env: projectEnv(),
  stdio: 'inherit',
});
// The one program that is no TypeScript.
const python = join('parts', 'foreign', 'paho-python.py');
cpSync(join(root, 'src', python), join(dist, python));
const bin = join(dist, 'cli', 'bin.js');
if (existsSync(bin)) chmodSync(bin, 0o755);
process.exitCode = tsc.status ?? 2;
