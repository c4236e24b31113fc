// Reads the recorded signals that the devices of a scenario replay.
import { namedRecordings } from '../bench/devices/recordings.ts';
import type { Recordings } from '../bench/devices/signal-schema.ts';
import { readAllNamed } from '../bench/files/named-files.ts';
import type { ScenarioFile } from './read-scenario.ts';

/**
 * Reads every recording that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readRecordings(file: ScenarioFile): Promise<Recordings> {
  const signals = Object.entries(file.scenario.devices).flatMap(([name, device]) =>
    device.kind === 'sensor' ? [{ signal: device.signal, path: ['devices', name, 'signal'] }] : [],
  );
  return readAllNamed(file.file, namedRecordings(file, signals));
}
