// Holds the import table: the natural way through the code is also the only one.
import { glob, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { importedModules, readRoomTable } from './rooms.ts';

const root = new URL('../../', import.meta.url);
const table = await readRoomTable(new URL('docs/architecture.md', root));

interface Import {
  readonly from: string;
  readonly to: string;
}

async function importsWithinSource(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for await (const file of glob('src/**/*.ts', { cwd: root })) {
    const source = await readFile(new URL(file, root), 'utf8');
    for (const module of importedModules(source)) {
      if (module.startsWith('.')) found.push({ from: file, to: posix.join(posix.dirname(file), module) });
    }
  }
  return found;
}

const imports = await importsWithinSource();
/** `src/wire/encode.ts` -> `wire`; files straight under src/ have no room. */
const roomOf = (file: string): string | undefined => /^src\/([a-z]+)\//.exec(file)?.[1];
const text = (it: Import): string => `${it.from} -> ${it.to}`;

test('the page names every room, and every room on the page exists', () => {
  const rooms = new Set(imports.map((it) => roomOf(it.from)).filter((it) => it !== undefined));
  for (const room of rooms) expect([...table.keys()]).toContain(room);
  expect(table.size).toBeGreaterThan(10);
});

test('rooms import only what their row allows', () => {
  const forbidden = imports.filter(({ from, to }) => {
    const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
    if (fromRoom === undefined || fromRoom === toRoom) return false;
    const allowed = table.get(fromRoom) ?? [];
    if (allowed === 'all') return false;
    return toRoom === undefined ? to !== 'src/error.ts' : !allowed.includes(toRoom);
  });
  expect(forbidden.map(text)).toEqual([]);
});

test('no circle of imports between files', () => {
  const next = Map.groupBy(imports, (it) => it.from);
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of next.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('every file says in its first line why it exists', async () => {
  const silent: string[] = [];
  for await (const file of glob(['src/**/*.ts', 'test/**/*.ts', 'benchmarks/**/*.ts'], { cwd: root })) {
    const [first = '', second = ''] = (await readFile(new URL(file, root), 'utf8')).split('\n');
    if (!(first.startsWith('#!') ? second : first).startsWith('// ')) silent.push(file);
  }
  expect(silent).toEqual([]);
});
