// Node-RED with its Modbus nodes as a gateway: a process with a folder of its own, no editor, loopback only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveHistory } from '../../history/live-history.ts';
import type { StartedDevice } from '../devices/device.ts';
import type { LineOptions } from '../devices/line.ts';
import { findNodeRed, notInstalled, type FoundProgram } from '../foreign/find-foreign.ts';
import { startForeignProgram } from '../foreign/foreign-program.ts';
import type { Endpoint, Login, PartContext } from '../part.ts';
import { brokerNode, nodeRedFlow } from './node-red-flow.ts';
import type { FlowRegister } from './node-red-reads.ts';

/** A gateway, with the topics of the built-in one: `/<register>`, `/plc` and `/status`, all retained. */
export interface NodeRedOptions extends LineOptions {
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
  /** See {@link nodeRedProgram}. */
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

/** Starts Node-RED; it is online when its tap has seen CONNACK 0. */
export function startNodeRed(options: NodeRedOptions, context: PartContext): StartedDevice {
  const { name, program, history, ordinals } = options;
  const folder = mkdtempSync(join(context.owns.scratch, 'node-red-')); // Mode 0700: the login stands in it.
  context.owns.ownPath(folder);
  writeFiles(folder, options);
  return startForeignProgram(
    {
      name,
      role: 'gateway',
      what: program.what,
      command: {
        command: process.execPath, // Node-RED 5 wants a newer Node than some systems have.
        args: [program.path, '--userDir', folder, '--settings', join(folder, 'settings.js')],
        folder,
        environment: { NODE_RED_DISABLE_TELEMETRY: 'true', HOME: folder },
        graceMs: 10_000,
      },
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
  const flow = nodeRedFlow({
    clientId: name,
    broker: { host: endpoint.host, port: endpoint.port },
    plc: plc.endpoint,
    ...plc.program,
    topic,
    qos,
    pollMs,
    keepAliveS,
    cleanSession,
  });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text, { mode: 0o600 });
  write('flows.json', JSON.stringify(flow));
  write('flows_cred.json', JSON.stringify(credentialsOf(login)));
  write('settings.js', settingsText(reconnect.baseMs));
}

function credentialsOf(login: Login | undefined): unknown {
  return login === undefined ? {} : { [brokerNode]: { user: login.userName, password: login.password } };
}

/** Without an editor, an HTTP server or telemetry; what the bench says comes on stdin, and what the flow means goes to stdout. */
function settingsText(reconnectMs: number): string {
  return `
const { writeSync } = require('node:fs');
const { createInterface } = require('node:readline');
const bench = {
  isResting: false,
  tell(topic, payload, qos, retain) {
    const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
    const intent = { topic, qos, retain, payload: Buffer.from(payload).toString('base64'), monotonicMs };
    writeSync(1, JSON.stringify({ intent }) + '\\n');
  },
};
createInterface({ input: process.stdin })
  .on('line', (line) => { if (JSON.parse(line).do === 'rest') bench.isResting = true; })
  .on('close', () => process.exit(0)); // The bench is gone, kill -9 included.
module.exports = {
  flowFile: 'flows.json',
  credentialSecret: false,
  uiHost: '127.0.0.1',
  uiPort: 0,
  httpAdminRoot: false,
  httpNodeRoot: false,
  disableEditor: true,
  telemetry: { enabled: false, updateNotification: false },
  diagnostics: { enabled: false },
  runtimeState: { enabled: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
  functionGlobalContext: { bench },
  mqttReconnectTime: ${JSON.stringify(reconnectMs)},
  logging: { console: { level: 'warn', metrics: false, audit: false } },
};
`;
}
