// What Node-RED reads at its start: the flow, the broker's login, and settings without an editor; for nobody else to read.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint, Login } from '../part.ts';
import { brokerNode, nodeRedFlow, type FlowOptions } from './node-red-flow.ts';

/** What stands in them. */
export interface NodeRedFiles {
  readonly flow: Omit<FlowOptions, 'broker'> & { readonly broker: Endpoint };
  readonly login?: Login | undefined;
  readonly reconnectMs: number;
}

/** Its settings, in the folder of {@link writeNodeRedFiles}. */
export const settingsFile = 'settings.js';

/** Writes them into a folder of its own, each with mode 0600. */
export function writeNodeRedFiles(folder: string, { flow, login, reconnectMs }: NodeRedFiles): void {
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text, { mode: 0o600 });
  write('flows.json', JSON.stringify(nodeRedFlow(flow)));
  write('flows_cred.json', JSON.stringify(credentialsOf(login)));
  write(settingsFile, settingsText(reconnectMs));
}

function credentialsOf(login: Login | undefined): unknown {
  return login === undefined ? {} : { [brokerNode]: { user: login.userName, password: login.password } };
}

/** Without an editor, an HTTP server or telemetry; what the bench says comes on stdin, and what the flow means goes to stdout. */
function settingsText(reconnectMs: number): string {
  return `
const { writeSync } = require('node:fs');
const { join } = require('node:path');
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
  flowFile: join(__dirname, 'flows.json'),
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
