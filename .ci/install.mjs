// Brings a fresh clone to the point where everything else can run; plain JavaScript, because the machine's own Node may be old.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const binFolder = join(root, 'node_modules', '.bin');
const oldestNode = 24;

/** Installs what package-lock.json names, if any of it is missing, and hands back the path of the pinned Node. */
export function install() {
  if (!isInstalled()) runNpmCi();
  return pinnedNode() ?? fail(`Node ${oldestNode} is missing: the npm package "node" did not bring it`);
}

/** The environment in which the project's own tools and its Node come first. */
export function projectEnv() {
  return { ...process.env, PATH: [binFolder, process.env.PATH].join(delimiter) };
}

/** Ends this process with one sentence that says what went wrong. */
function fail(sentence) {
  console.error(`fieldbench: ${sentence}`);
  process.exit(2);
}

function isInstalled() {
  const there = packagesIn(join('node_modules', '.package-lock.json'));
  if (there === undefined || pinnedNode() === undefined) return false;
  const wanted = Object.entries(packagesIn('package-lock.json') ?? {}).filter(([path, it]) => path && !isOptional(it));
  return wanted.every(([path, it]) => there[path]?.version === it.version);
}

function isOptional(it) {
  return it.optional || it.devOptional;
}

function packagesIn(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

function runNpmCi() {
  console.error('fieldbench: installing what is missing (npm ci)');
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: pathWithoutOurs() },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status === 0) return;
  console.error(`${npm.stdout ?? ''}${npm.stderr ?? ''}`.trimEnd());
  const reason = npm.error ? npm.error.message : `it ended with ${npm.status ?? npm.signal}, its output is above`;
  fail(`npm ci failed: ${reason}`);
}

/** npm ci deletes node_modules, so npm itself must not run on the Node in there. */
function pathWithoutOurs() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((it) => !it.startsWith(binFolder))
    .join(delimiter);
}

function pinnedNode() {
  const local = join(binFolder, 'node');
  if (existsSync(local)) return local;
  return Number(process.versions.node.split('.')[0]) >= oldestNode ? process.execPath : undefined;
}
