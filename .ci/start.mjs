// `npm start`: the quickstart scenario on a machine that has nothing but Node.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { install, projectEnv, root } from './install.mjs';

const node = install();
const bench = spawn(node, ['src/cli/bin.ts', 'run', 'scenarios/quickstart.yaml', ...process.argv.slice(2)], {
  cwd: root,
  env: projectEnv(),
  stdio: 'inherit',
});

process.on('SIGTERM', () => bench.kill('SIGTERM'));
// On a terminal Ctrl-C has reached the bench already: a second one would cut its tidying short.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) bench.kill('SIGINT');
});

bench.on('error', (error) => {
  console.error(`fieldbench: could not be started: ${error.message}`);
  process.exitCode = 2;
});
bench.on('exit', (code, signal) => {
  const ended = code ?? 128 + constants.signals[signal];
  // A verdict of "failed" was printed; npm need not add an error of its own.
  process.exitCode = ended === 1 ? 0 : ended;
});
