// The CI examples that people copy: linted as their services would, without asking them. Nothing here runs on them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { need, whereIs } from '../support/needs.ts';

const folder = fileURLToPath(new URL('../../examples/ci', import.meta.url));

interface Linter {
  readonly need: string;
  readonly file: string;
  readonly args: readonly string[];
  /** A word of the example, and what a slip of the keyboard makes of it. */
  readonly slip: readonly [string, string];
}

const linters: readonly Linter[] = [
  { need: 'actionlint', file: 'github-actions.yml', args: [], slip: ['runs-on:', 'run-on:'] },
  {
    need: 'check-jsonschema',
    file: 'gitlab-ci.yml',
    args: ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'],
    slip: ['expire_in:', 'expires_in:'],
  },
];

for (const { need: program, file, args, slip } of linters) {
  const lint = (path: string): { readonly status: number | null; readonly stdout: string } =>
    spawnSync(whereIs(program), [...args, path], { encoding: 'utf8', timeout: 20_000 });

  test(`${program} finds nothing in ${file}`, need(program), () => {
    const { status, stdout } = lint(join(folder, file));
    expect(stdout).toMatch(/^(?:ok.*\n)?$/);
    expect(status).toBe(0);
  });

  test(`${program} finds a slip in ${file}`, need(program), () => {
    const below = mkdtempSync(join(tmpdir(), 'fieldbench-lint-'));
    try {
      const wrong = join(below, file);
      writeFileSync(wrong, readFileSync(join(folder, file), 'utf8').replace(...slip));
      expect(lint(wrong)).toMatchObject({ status: 1, stdout: expect.stringContaining(slip[1].replace(':', '')) });
    } finally {
      rmSync(below, { recursive: true });
    }
  });
}

test.each(['github-actions.yml', 'gitlab-ci.yml'])('docs/ci.md shows %s as it is', (file) => {
  const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`yaml\n${readFileSync(join(folder, file), 'utf8')}\`\`\`\n`);
});
