// Reads the recorded signals that the devices of a scenario replay.
import { dirname, resolve } from 'node:path';
import { FieldbenchError, placedAt } from '../error.ts';
import { readSignalCsv } from '../bench/devices/signal-csv.ts';
import { replayKey, replaysOf, type Recording, type Recordings } from '../bench/devices/signal-schema.ts';
import { FileErrors } from '../bench/files/file-errors.ts';
import type { ScenarioFile } from './read-scenario.ts';

/**
 * Reads every recording that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readRecordings(file: ScenarioFile): Promise<Recordings> {
  const read = new Map<string, Recording>();
  const errors: FieldbenchError[] = [];
  for (const [name, device] of Object.entries(file.scenario.devices)) {
    for (const { replay, path } of device.kind === 'sensor' ? replaysOf(device.signal) : []) {
      try {
        const csv = resolve(dirname(file.file), replay.replay);
        read.set(replayKey(replay), await readSignalCsv(csv, replay.column));
      } catch (error) {
        if (error instanceof FileErrors) errors.push(...error.errors);
        else if (error instanceof FieldbenchError) {
          errors.push(placedAt(error, file.place(['devices', name, 'signal', ...path])));
        } else throw error;
      }
    }
  }
  if (errors.length > 0) throw new FileErrors(file.file, errors);
  return read;
}
