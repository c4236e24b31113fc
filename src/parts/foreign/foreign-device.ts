// Devices on client libraries that people use, npm's mqtt and Paho's for Python: each a program in a process of its own.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LiveHistory } from '../../history/live-history.ts';
import type { StartedDevice } from '../devices/device.ts';
import type { LineOptions } from '../devices/line.ts';
import type { PartContext } from '../part.ts';
import { findMqttJs, findPahoPython, notInstalled, type FoundProgram } from './find-foreign.ts';
import { asProcess, startForeignProgram } from './foreign-program.ts';
import type { ForeignOrders } from './spoken.ts';

/** Libraries that a device can run on. */
export type ForeignKind = 'mqtt-js' | 'paho-python';

/** A device on a library: it publishes below a topic, or subscribes, or both. */
export interface ForeignDeviceOptions
  extends LineOptions, Pick<ForeignOrders, 'keepAliveS' | 'cleanSession' | 'reconnect' | 'publishes' | 'filters'> {
  readonly kind: ForeignKind;
  /** What runs it, see {@link libraryOf}. */
  readonly program: FoundProgram;
  readonly history: LiveHistory;
}

/**
 * Where the library of a kind is: the package `mqtt`, or a Python that has Paho.
 * @throws FieldbenchError `FB_DEVICE_PROGRAM_MISSING` with the command that installs it
 */
export async function libraryOf(kind: ForeignKind, signal: AbortSignal): Promise<FoundProgram> {
  if (kind === 'mqtt-js') {
    const found = await findMqttJs();
    if (found === undefined) throw notInstalled(kind, 'the npm package "mqtt"', 'npm install --save-dev mqtt');
    return found;
  }
  const found = await findPahoPython(signal);
  if (found === undefined) throw notInstalled(kind, "Paho's Python client", 'apt-get install python3-paho-mqtt');
  return found;
}

/** Starts a device on a library; it publishes `/value` each interval and `/status`, as a simulated sensor does. */
export function startForeignDevice(options: ForeignDeviceOptions, context: PartContext): StartedDevice {
  const { name, program, filters, history, ordinals } = options;
  return startForeignProgram(
    {
      name,
      role: 'device',
      what: program.what,
      launch: asProcess(commandOf(options)),
      orders: ordersOf(options),
      history,
      filters: Object.keys(filters).length,
      ...(ordinals && { ordinals }),
    },
    context,
  );
}

function commandOf({ kind, program }: ForeignDeviceOptions): { readonly command: string; readonly args: string[] } {
  if (kind === 'mqtt-js') return { command: process.execPath, args: [beside('mqtt-js-process'), program.path] };
  return { command: program.path, args: ['-u', fileURLToPath(new URL('paho-python.py', import.meta.url))] };
}

/** Beside this file, with its ending: `.ts` from the source, `.js` from the package. */
function beside(name: string): string {
  return fileURLToPath(new URL(`${name}${extname(import.meta.url)}`, import.meta.url));
}

function ordersOf(it: ForeignDeviceOptions): ForeignOrders {
  const { keepAliveS, cleanSession, reconnect, publishes, filters, login } = it;
  const { host, port } = it.endpoint;
  return {
    host,
    port,
    clientId: it.name,
    ...login,
    keepAliveS,
    cleanSession,
    reconnect,
    ...(publishes && { publishes }),
    filters,
  };
}
