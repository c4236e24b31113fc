// Recorded signals that a file names, whatever kind of file it is; a path counts from its own folder.
import { dirname, resolve } from 'node:path';
import type { NamedFile } from '../files/named-files.ts';
import type { YamlFile } from '../files/yaml-file.ts';
import { readSignalCsv } from './signal-csv.ts';
import { replayKey, replaysOf, type Recording, type WrittenSignal } from './signal-schema.ts';

/** A signal, and where in its file it stands. */
export interface PlacedSignal {
  readonly signal: WrittenSignal;
  readonly path: readonly PropertyKey[];
}

/** The recordings that these signals of a file name. */
export function namedRecordings(
  file: Pick<YamlFile<unknown>, 'file' | 'place'>,
  signals: readonly PlacedSignal[],
): readonly NamedFile<Recording>[] {
  return signals.flatMap(({ signal, path }) =>
    replaysOf(signal).map(({ replay, path: below }) => ({
      key: replayKey(replay),
      at: file.place([...path, ...below]),
      read: () => readSignalCsv(resolve(dirname(file.file), replay.replay), replay.column),
    })),
  );
}
