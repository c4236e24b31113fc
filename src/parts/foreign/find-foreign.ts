// Looks for the programs and libraries of foreign devices, which fieldbench does not bring along.
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { findProgram } from '../brokers/find-program.ts';
import { runProgram } from '../brokers/run-program.ts';

/** A program or library that is there. */
export interface FoundProgram {
  readonly path: string;
  /** What it is, with its version. */
  readonly what: string;
}

/** How long Python may take to import one package. */
const importWithinMs = 30_000;

/**
 * The npm package `mqtt`: that of the project in which fieldbench runs or is installed, else that of a program
 * `fieldbench-mqtt-js` (`.ci/mqtt-js` makes it) or `mqtt` on the PATH.
 */
export async function findMqttJs(): Promise<FoundProgram | undefined> {
  const program = await findProgram(['fieldbench-mqtt-js', 'mqtt']);
  const places = [join(process.cwd(), 'package.json'), import.meta.filename];
  if (program !== undefined) places.push(realpathSync(program));
  for (const place of places) {
    try {
      const path = createRequire(place).resolve('mqtt');
      return { path, what: `npm mqtt ${versionAbove(path, 'mqtt')}` };
    } catch {
      // Not from there.
    }
  }
  return undefined;
}

/** A Python that has Paho: Debian's own, which has Debian's packages, else the first on the PATH. */
export async function findPahoPython(signal: AbortSignal): Promise<FoundProgram | undefined> {
  const onPath = await findProgram(['python3']);
  for (const path of ['/usr/bin/python3', ...(onPath === undefined ? [] : [onPath])]) {
    const command = [path, '-c', 'import paho.mqtt as it; import paho.mqtt.client; print(it.__version__)'];
    const { succeeded, stdout } = await runProgram(command, importWithinMs, { folder: '/', signal });
    if (succeeded) return { path, what: `Paho for Python ${stdout.trim()}` };
  }
  return undefined;
}

/** Node-RED's own program, which npm's links lead to; its Modbus nodes lie beside it. */
export async function findNodeRed(): Promise<FoundProgram | undefined> {
  const program = await findProgram(['fieldbench-node-red', 'node-red']);
  if (program === undefined) return undefined;
  const path = realpathSync(program);
  return { path, what: `Node-RED ${versionAbove(path, 'node-red')}` };
}

/** That something is not installed, and how to get it. */
export function notInstalled(kind: string, what: string, fix: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_PROGRAM_MISSING',
    message: `a device of kind "${kind}" needs ${what}, which is not installed`,
    expected: what,
    hint: fix,
  });
}

/** Version of the package of this name that a file belongs to. */
function versionAbove(file: string, name: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const version = versionIn(folder, name);
    if (version !== undefined) return version;
  }
  return 'unknown';
}

function versionIn(folder: string, name: string): string | undefined {
  try {
    const it = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
    return it['name'] === name ? String(it['version']) : undefined;
  } catch {
    return undefined;
  }
}
