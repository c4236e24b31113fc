// The package as users get it: packed, installed into an empty project elsewhere, and run there; so are the examples of
// the pages about it.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fieldbench-installed-'));
const project = join(folder, 'project');
/** What a project with vitest and TypeScript has anyway. */
const given = ['typescript', 'vitest', '@types/node'];

beforeAll(() => {
  run(root, 'npm', 'pack', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((it) => it.endsWith('.tgz')) ?? 'none';
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball));
  mkdirSync(join(project, 'node_modules', '@types'), { recursive: true });
  for (const name of given) {
    const place = join(project, 'node_modules', name);
    if (!existsSync(place)) symlinkSync(join(root, 'node_modules', name), place);
  }
  for (const { file, text } of examples()) writeFileSync(join(project, file), text);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the installed package', () => {
  test('npx fieldbench --help', () => {
    expect(npx(project, '--help')).toContain('Usage: fieldbench COMMAND');
  });

  test('npx fieldbench list checks', () => {
    expect(npx(project, 'list', 'checks')).toContain('connect/accepted');
  });

  test('npx fieldbench conform starts its broker from there and judges it', () => {
    const results: unknown = JSON.parse(npx(project, 'conform', '--select', 'connect/accepted', '--json'));
    expect(results).toMatchObject({
      verdict: 'pass',
      targets: [{ name: 'embedded', checks: expect.arrayContaining([expect.objectContaining({ verdict: 'pass' })]) }],
    });
  });

  test('npx fieldbench run finds the shipped scenario and its PLC', () => {
    expect(npx(project, 'run', 'quickstart', '--dry')).toContain('Timeline');
  });

  test('publint has nothing to say', async () => {
    const { messages } = await publint({ pkgDir: join(project, 'node_modules', 'fieldbench'), pack: false });
    expect(messages).toEqual([]);
  });
});

describe('the examples of docs/vitest.md and docs/api.md', () => {
  test('compile under strict, against the published types', () => {
    const config = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        module: 'nodenext',
        target: 'esnext',
        lib: ['esnext'],
        types: ['node'],
        noEmit: true,
        skipLibCheck: false,
      },
      files: examplesOf('.ts'),
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(run(project, process.execPath, compiler, '-p', project)).toBe('');
  });

  test('vitest runs the tests among them', () => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const file = join(folder, 'vitest.json');
    run(project, process.execPath, vitest, 'run', '--root', project, '--reporter=json', `--outputFile=${file}`);
    const result: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(result).toMatchObject({ success: true, numFailedTests: 0, numTotalTests: 6 });
  });

  test('Node runs the others, in the order of the page', () => {
    const programs = examplesOf('.ts').filter((it) => !it.endsWith('.test.ts'));
    const said = programs.map((it) => run(project, process.execPath, it));
    expect(said).toEqual([
      expect.stringContaining('embedded MQTT-3.1.2-2 fail'),
      expect.stringMatching(/^fail \[ 'embedded /),
      expect.stringMatching(/c\d+ toServer /),
    ]);
  });
});

describe('the clone', () => {
  test('npx fieldbench --help', () => {
    expect(npx(root, '--help')).toContain('Usage: fieldbench COMMAND');
  });

  test('an old Node gets one sentence and exit code 2', (ctx) => {
    const node = oldNode() ?? ctx.skip('there is no Node older than 24 outside node_modules');
    const bin = join(project, 'node_modules', 'fieldbench', 'dist', 'cli', 'bin.js');
    const { status, stdout, stderr } = spawnSync(node, [bin, '--help'], { encoding: 'utf8', env: environment() });
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^fieldbench needs Node 24 or newer, and this is v\d+\.\d+\.\d+;.*\n$/),
    });
  });
});

/** Runs a command in a folder; gives what it printed. */
function run(cwd: string, command: string, ...args: string[]): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: environment(),
    timeout: 150_000,
  });
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
  }
  return stdout;
}

function npx(cwd: string, ...args: string[]): string {
  return run(cwd, 'npx', '--no-install', 'fieldbench', ...args);
}

/** A user's shell, with our Node: nothing of the test run that this file belongs to. */
function environment(): NodeJS.ProcessEnv {
  // Whom a machine trusts is not of the test run: without it npm may reach no registry.
  const ofTheRun = /^(?:npm_|VITEST|NODE_(?!EXTRA_CA_CERTS$)|FIELDBENCH_|TEST$)/i;
  const own = Object.entries(process.env).filter(([name]) => !ofTheRun.test(name));
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { ...Object.fromEntries(own), PATH: path, NO_COLOR: '1', FIELDBENCH_STATE: join(folder, 'state') };
}

/** The blocks of the pages that name their file in their first line. */
function examples(): readonly { readonly file: string; readonly text: string }[] {
  return ['docs/vitest.md', 'docs/api.md'].flatMap((page) => {
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(?:ts|yaml)\n((?:\/\/|#) (\S+)\n[^]*?)^```/gm);
    return [...blocks].map(([, text = '', file = '']) => ({ file, text }));
  });
}

function examplesOf(extension: string): string[] {
  return examples()
    .map((it) => it.file)
    .filter((it) => it.endsWith(extension));
}

/** The machine's own Node, where it is older than ours. */
function oldNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const found = folders.filter((it) => !it.includes('node_modules')).map((it) => resolve(it, 'node'));
  return found.find((it) => {
    const { status, stdout } = spawnSync(it, ['--version'], { encoding: 'utf8' });
    return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1] ?? Number.NaN) < 24;
  });
}
