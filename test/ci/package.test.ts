// The package's own promises: what it pins, what its scripts run, and that nothing of the machine it was made on is in it.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const strings = z.record(z.string(), z.string());
const manifest = z
  .object({
    scripts: strings,
    bin: strings,
    exports: z.record(z.string(), z.union([z.string(), strings])),
    dependencies: strings,
    devDependencies: strings,
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

const lockFile = z.object({ packages: z.record(z.string(), z.object({ optionalDependencies: strings.optional() })) });

describe('package.json', () => {
  test('every dependency has an exact version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('every script runs something that exists', () => {
    expect(Object.values(manifest.scripts).flatMap(runs).filter(isMissing)).toEqual([]);
  });

  test('everything that is published from dist has a source', () => {
    const published = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(targetsOf)];
    const built = published.filter((it) => it.includes('dist/') && it.endsWith('.js'));
    expect(built).not.toEqual([]);
    expect(built.map((it) => it.replace('dist/', 'src/').replace(/js$/, 'ts')).filter(isMissing)).toEqual([]);
  });
});

describe('package-lock.json', () => {
  test('holds the optional packages of every platform, without which npm ci refuses it', () => {
    const { packages } = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
    const optional = Object.values(packages).flatMap((it) => Object.keys(it.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    expect(optional.filter((name) => !locked.has(name))).toEqual([]);
  });
});

describe('the repository', () => {
  const scripts = readdirSync(join(root, '.ci')).filter((it) =>
    readFileSync(join(root, '.ci', it), 'utf8').startsWith('#!'),
  );

  test.each(scripts)('.ci/%s is executable', (name) => {
    expect(() => accessSync(join(root, '.ci', name), constants.X_OK)).not.toThrow();
  });

  test('.ci/run calls only scripts that are there', () => {
    const called = readFileSync(join(root, '.ci', 'run'), 'utf8').matchAll(/^step \S+ \.ci\/(\S+)$/gm);
    expect([...called].map((it) => it[1] ?? '').filter((it) => !scripts.includes(it))).toEqual([]);
    expect(scripts).toContain('run');
  });

  test('no tracked file carries a path of a machine or the host of a package registry', (ctx) => {
    if (!existsSync(join(root, '.git'))) ctx.skip('not a git clone');
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
    const found = tracked.filter((it) => it !== '' && existsSync(join(root, it))).flatMap(machineTraces);
    expect(found).toEqual([]);
  });
});

function isMissing(path: string): boolean {
  return !existsSync(join(root, path));
}

/** The files behind a script: the program, and what Node is given. */
function runs(command: string): string[] {
  const [program = '', file = ''] = command.split(' ');
  return [join('node_modules', '.bin', program), ...(program === 'node' ? [file] : [])];
}

function targetsOf(target: string | Record<string, string>): string[] {
  return typeof target === 'string' ? [target] : Object.values(target);
}

/** Home folders, work folders and registries; written so that this file does not match itself. */
const traces = new RegExp(
  ['/(?:root|work|home/[a-z]+)/', 'registry\\.npmjs', 'proxy\\.golang', 'deb\\.debian', 'files\\.pythonhosted'].join(
    '|',
  ),
);

function machineTraces(path: string): string[] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  return lines.flatMap((line, at) => (traces.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : []));
}
