// The import table of docs/architecture.md as data, read from the page itself so that the two cannot differ.
import { readFile } from 'node:fs/promises';

/** Room name -> rooms it may import; `all` stands for every room. */
export type RoomTable = ReadonlyMap<string, readonly string[] | 'all'>;

const row = /^\| `([a-z]+)\/` \|[^|]*\| ([^|]+) \|$/;

/** Reads the table of rooms from the architecture page. */
export async function readRoomTable(page: URL): Promise<RoomTable> {
  const table = new Map<string, readonly string[] | 'all'>();
  for (const line of (await readFile(page, 'utf8')).split('\n')) {
    const [, room, imports] = row.exec(line) ?? [];
    if (room === undefined || imports === undefined) continue;
    const text = imports.trim();
    table.set(room, text === 'all' ? 'all' : text === '-' ? [] : text.split(', '));
  }
  return table;
}

/** Every module that the source text imports or re-exports, type-only imports included. */
export function importedModules(source: string): readonly string[] {
  const specifier = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(specifier)].map((it) => it[1] ?? it[2] ?? '');
}
