// Node-RED with its Modbus nodes as a gateway: a process or a container with a folder of its own, no editor, loopback only.
import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LiveHistory } from '../../history/live-history.ts';
import { docker, ensureImage } from '../brokers/docker.ts';
import type { StartedDevice } from '../devices/device.ts';
import type { LineOptions } from '../devices/line.ts';
import { findNodeRed, notInstalled, type FoundProgram } from '../foreign/find-foreign.ts';
import { asContainer } from '../foreign/foreign-container.ts';
import { asProcess, startForeignProgram, type Launch } from '../foreign/foreign-program.ts';
import type { Endpoint, PartContext } from '../part.ts';
import { settingsFile, writeNodeRedFiles } from './node-red-files.ts';
import type { FlowRegister } from './node-red-reads.ts';

/** A gateway, with the topics of the built-in one: `/<register>`, `/plc` and `/status`, all retained. */
export interface NodeRedOptions extends LineOptions {
  readonly kind: 'node-red' | 'container:node-red';
  readonly plc: {
    readonly endpoint: Endpoint;
    readonly program: { readonly unitId: number; readonly registers: Readonly<Record<string, FlowRegister>> };
  };
  readonly topic: string;
  /** Of the register values. */
  readonly qos: 0 | 1 | 2;
  readonly pollMs: number;
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  /** It waits `baseMs` between tries, always. */
  readonly reconnect: { readonly baseMs: number };
  /** Of its kind: see {@link nodeRedProgram} and {@link nodeRedImage}. */
  readonly program: FoundProgram;
  readonly history: LiveHistory;
}

/**
 * Where Node-RED is.
 * @throws FieldbenchError `FB_DEVICE_PROGRAM_MISSING` with the command that installs it
 */
export async function nodeRedProgram(): Promise<FoundProgram> {
  const found = await findNodeRed();
  if (found !== undefined) return found;
  throw notInstalled('node-red', 'Node-RED with its Modbus nodes', 'npm install -g node-red node-red-contrib-modbus');
}

/** Built on this machine: the public image has no Modbus nodes. */
export const localNodeRed = 'fieldbench/node-red:*';

/**
 * An image with Node-RED; its `path` is the image's name.
 * @param image default: the one that is built on this machine
 * @throws FieldbenchError `FB_DOCKER_ABSENT`, `FB_IMAGE_ABSENT`
 */
export async function nodeRedImage(image = localNodeRed): Promise<FoundProgram> {
  const engine = await docker();
  const { name, id } = await ensureImage(engine, image, 'docker build -t fieldbench/node-red:local gateways/node-red');
  const { Config } = await engine.client.container.dockerode.getImage(id).inspect();
  const version = Config.Labels?.['org.opencontainers.image.version'];
  const what = `Node-RED${version === undefined ? '' : ` ${version}`}, container of ${name} (${id.slice(0, 12)})`;
  return { path: name, what };
}

/** Starts Node-RED; it is online when its tap has seen CONNACK 0. */
export function startNodeRed(options: NodeRedOptions, context: PartContext): StartedDevice {
  const { name, kind, program, history, ordinals } = options;
  const folder = mkdtempSync(join(context.owns.scratch, 'node-red-')); // Mode 0700: the login stands in it.
  context.owns.ownPath(folder);
  writeFiles(folder, options);
  const { path } = program;
  return startForeignProgram(
    {
      name,
      role: 'gateway',
      what: program.what,
      launch: kind === 'node-red' ? processOf(path, folder) : containerOf(path, folder, context),
      history,
      filters: 0,
      ...(ordinals && { ordinals }),
      clear: () => {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
        context.owns.release(folder);
      },
    },
    context,
  );
}

function writeFiles(folder: string, options: NodeRedOptions): void {
  const { name, endpoint, login, plc, topic, qos, pollMs, keepAliveS, cleanSession, reconnect } = options;
  const of = { clientId: name, broker: endpoint, plc: plc.endpoint, ...plc.program };
  const flow = { ...of, topic, qos, pollMs, keepAliveS, cleanSession };
  writeNodeRedFiles(folder, { flow, login, reconnectMs: reconnect.baseMs });
}

const graceMs = 10_000;

/** `home` is where it may write. */
const environment = (home: string) => ({ NODE_RED_DISABLE_TELEMETRY: 'true', HOME: home });

function processOf(path: string, folder: string): Launch {
  return asProcess({
    command: process.execPath, // Node-RED 5 wants a newer Node than some systems have.
    args: [path, '--userDir', folder, '--settings', join(folder, settingsFile)],
    folder,
    environment: environment(folder),
    graceMs,
  });
}

/** Laid out as the public image nodered/node-red, whose own way in would keep stdin from it. */
function containerOf(image: string, folder: string, { owns }: PartContext): Launch {
  const [home, within] = ['/data', '/fieldbench'];
  const program = [
    'node',
    'node_modules/node-red/red.js',
    '--userDir',
    home,
    '--settings',
    `${within}/${settingsFile}`,
  ];
  return asContainer({
    image,
    containerName: `fieldbench-${owns.labels['fieldbench.run'] ?? process.pid}-${basename(folder)}`,
    entrypoint: program,
    environment: environment(home),
    reads: { folder, within },
    writes: home,
    graceMs,
  });
}
