// The package as users get it: packed, installed into an empty project elsewhere, and run there; so are the examples of
// the pages about it.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CiJob } from '../support/ci-job.ts';
import { need, whereIs } from '../support/needs.ts';
import { PackedProject, root } from '../support/packed-project.ts';
import { firstTime, gitHubJob, gitHubShell, gitLabJob, gitLabShell } from './ci-jobs.ts';

const packed = new PackedProject();
const { folder, project } = packed;

beforeAll(() => {
  packed.install();
  for (const { file, text } of examples()) writeFileSync(join(project, file), text);
}, 180_000);

afterAll(() => packed[Symbol.dispose](), 120_000);

describe('the installed package', need('long'), () => {
  test('npx fieldbench --help', () => {
    expect(packed.npx(project, '--help')).toContain('Usage: fieldbench COMMAND');
  });

  test('npx fieldbench list checks', () => {
    expect(packed.npx(project, 'list', 'checks')).toContain('connect/accepted');
  });

  test('npx fieldbench conform starts its broker from there and judges it', () => {
    const results: unknown = JSON.parse(packed.npx(project, 'conform', '--select', 'connect/accepted', '--json'));
    expect(results).toMatchObject({
      verdict: 'pass',
      targets: [{ name: 'embedded', checks: expect.arrayContaining([expect.objectContaining({ verdict: 'pass' })]) }],
    });
  });

  test('npx fieldbench run finds the shipped scenario and its PLC', () => {
    expect(packed.npx(project, 'run', 'quickstart', '--dry')).toContain('Timeline');
  });

  test('publint has nothing to say', async () => {
    const { messages } = await publint({ pkgDir: join(project, 'node_modules', 'fieldbench'), pack: false });
    expect(messages).toEqual([]);
  });
});

describe('the examples of docs/vitest.md and docs/api.md', need('long'), () => {
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
    expect(packed.run(project, process.execPath, compiler, '-p', project)).toBe('');
  });

  test('vitest runs the tests among them', () => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const file = join(folder, 'vitest.json');
    packed.run(project, process.execPath, vitest, 'run', '--root', project, '--reporter=json', `--outputFile=${file}`);
    const result: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(result).toMatchObject({ success: true, numFailedTests: 0, numTotalTests: 6 });
  });

  test('Node runs the others, in the order of the page', () => {
    const programs = examplesOf('.ts').filter((it) => !it.endsWith('.test.ts'));
    const said = programs.map((it) => packed.run(project, process.execPath, it));
    expect(said).toEqual([
      expect.stringContaining('embedded MQTT-3.1.2-2 fail'),
      expect.stringMatching(/^fail \[ 'embedded /),
      expect.stringMatching(/c\d+ toServer /),
    ]);
  });
});

describe('examples/vitest-project', need('long'), () => {
  test('passes as it stands, known failures and all, and leaves its reports', () => {
    const example = join(folder, 'vitest-project');
    cpSync(join(root, 'examples', 'vitest-project'), example, { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(example, 'node_modules'));
    expect(packed.run(example, 'npm', 'test')).toMatch(/Tests +5 passed \(5\)/);
    expect(readFileSync(join(example, 'test-results.xml'), 'utf8')).toContain('tests="5" failures="0"');
    const [report = 'none'] = readdirSync(join(example, 'fieldbench-report'));
    expect(readdirSync(join(example, 'fieldbench-report', report))).toContain('report.html');
  });
});

// Fewer checks than the examples drive, one of which Mosquitto fails: what is shown is that the lines do what they say.
const few = { CHECKS: 'connect/accepted, fixed-header/pingreq-c1' };

describe.concurrent(
  'the shell lines of the CI examples, in a container',
  need('long', 'docker', 'image:node', 'image:mosquitto'),
  () => {
    test('GitHub: a baseline, then nothing new, the summary and the report', { timeout: 120_000 }, async () => {
      const place = jobFolder('github');
      const environment = { ...gitHubJob.env, ...few, GITHUB_STEP_SUMMARY: '/builds/step-summary.md' };
      await using job = await CiJob.start(place, 'port', images(), environment);
      const lines = gitHubJob.steps.flatMap((it) => it.run ?? []);
      expect(lines).toHaveLength(3);
      const [install = '', judge = '', show = ''] = lines;
      expect(await job.step(install, gitHubShell)).toMatchObject({ status: 0 });
      expect(await job.step(firstTime(), gitHubShell)).toMatchObject({ status: 0 });
      const judged = await job.step(judge, gitHubShell);
      expect(judged).toMatchObject({ status: 0, output: expect.stringContaining('fixed-header/pingreq-c1') });
      expect(await job.step(show, gitHubShell)).toMatchObject({ status: 0 });
      expect(readFileSync(join(place, 'step-summary.md'), 'utf8')).toMatch(/^## /);
      expect(readdirSync(join(place, 'project', 'fieldbench-report'))).toContain('report.html');
    });

    test(
      'GitLab: the same, with the broker under a name, and what is kept is there',
      { timeout: 120_000 },
      async () => {
        const place = jobFolder('gitlab');
        const { npm_config_cache: cache = '', ...variables } = gitLabJob.variables;
        const here = {
          CI_PROJECT_DIR: '/builds/project',
          npm_config_cache: cache.replace('$CI_PROJECT_DIR', '/builds/project'),
        };
        await using job = await CiJob.start(place, 'name', images(), { ...variables, ...few, ...here });
        const script = [...gitLabJob.before_script, firstTime(), ...gitLabJob.script].join('\n');
        expect(await job.step(script, gitLabShell)).toMatchObject({ status: 0 });
        const kept = [...gitLabJob.artifacts.paths, gitLabJob.artifacts.reports.junit, '.npm/_cacache'];
        expect(kept.filter((it) => !existsSync(join(place, 'project', it)))).toEqual([]);
      },
    );
  },
);

/** A folder with the project as a checkout would have it: its package.json, its lock file, and our tarball beside it. */
function jobFolder(service: string): string {
  const place = join(folder, `fieldbench-${service}-${basename(folder).slice(-6)}`);
  mkdirSync(join(place, 'project'), { recursive: true });
  copyFileSync(join(folder, packed.tarball), join(place, packed.tarball));
  for (const it of ['package.json', 'package-lock.json']) copyFileSync(join(project, it), join(place, 'project', it));
  return place;
}

function images(): { readonly node: string; readonly broker: string } {
  return { node: whereIs('image:node'), broker: whereIs('image:mosquitto') };
}

describe('the clone', need('long'), () => {
  test('npx fieldbench --help', { timeout: 60_000 }, () => {
    expect(packed.npx(root, '--help')).toContain('Usage: fieldbench COMMAND');
  });

  test('an old Node gets one sentence and exit code 2', (ctx) => {
    const node = oldNode() ?? ctx.skip('there is no Node older than 24 outside node_modules');
    const bin = join(project, 'node_modules', 'fieldbench', 'dist', 'cli', 'bin.js');
    const { status, stdout, stderr } = spawnSync(node, [bin, '--help'], {
      encoding: 'utf8',
      env: packed.environment(),
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^fieldbench needs Node 24 or newer, and this is v\d+\.\d+\.\d+;.*\n$/),
    });
  });
});

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
