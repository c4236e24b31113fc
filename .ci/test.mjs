// `npm test`: every rule of the code and the tests that this machine allows in minutes, in one command and one closing line.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, projectEnv, root } from './install.mjs';

const node = install();
const rules = [
  ['typecheck', 'typescript/bin/tsc', '--noEmit'],
  ['lint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt/bin/oxfmt', '--check'],
  ['dead code', 'knip/bin/knip.js', '--no-config-hints'],
];

// Side by side: each works on one core for most of its time.
const kept = await Promise.all(rules.map(holds));
const broken = rules.filter((_, at) => !kept[at]).map(([name]) => name);
const tests = runTests(process.argv.slice(2));

if (broken.length > 0) console.log(`Rules broken: ${broken.join(', ')} (details above the tests)`);
const failed = tests.failed + broken.length;
const passed = tests.passed + rules.length - broken.length;
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`);

/** Runs one tool; its output matters only when it found something. */
function holds([name, program, ...args]) {
  const began = Date.now();
  const path = join(root, 'node_modules', program);
  const options = { cwd: root, env: projectEnv(), maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(node, [path, ...args], options, (error, stdout, stderr) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      if (error === null) console.log(`ok      ${name} (${seconds} s)`);
      else console.log(`FAILED  ${name} (${seconds} s)\n${stdout}${stderr}${stdout || stderr ? '' : error.message}`);
      resolve(error === null);
    });
  });
}

/** Runs the tests; the reporter in test/support says what was left out and hands the counts over in a file. */
function runTests(args) {
  rmSync(join(root, 'allure-results'), { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
  const file = join(folder, 'counts.json');
  try {
    const vitest = run('vitest/vitest.mjs', ['run', ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...projectEnv(), FIELDBENCH_COUNTS: file },
    });
    const unknown = { passed: 0, failed: 1, skipped: 0 }; // No test was counted: nothing is known to have passed.
    const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : unknown;
    const wentWrong = vitest.status !== 0 && counts.failed === 0;
    return wentWrong ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program, args, options) {
  const env = projectEnv();
  return spawnSync(node, [join(root, 'node_modules', program), ...args], { cwd: root, env, ...options });
}
