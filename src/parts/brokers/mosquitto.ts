// Mosquitto as a process of this machine, from the package that the user installed.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import type { BrokerDriver, BrokerVariants } from '../part.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { freePorts } from './free-port.ts';
import { launchProcess } from './local-process.ts';
import { mosquittoPasswordLine, newLogin } from './login.ts';
import { mosquittoAcl, mosquittoConfig, mosquittoVersion } from './mosquitto-config.ts';

/** Debian puts it where only root's PATH looks; Homebrew beside its other services. */
const binaries = ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'];

const host = '127.0.0.1';

const writeOwn = (file: string, text: string): void => writeFileSync(file, text, { mode: 0o600 });

/**
 * Mosquitto with three listeners on loopback: plain and WebSocket with anonymous access, and one with an access control
 * list. Sessions and retained messages are saved every second.
 */
export const mosquittoProcess: BrokerDriver = {
  kind: 'mosquitto',
  async start(name, context) {
    const { binary, version } = await findMosquitto();
    const [port = 0, websocketPort = 0, aclPort = 0] = await freePorts(3);
    const folder = join(context.owns.scratch, `mosquitto-${port}`);
    const config = join(folder, 'mosquitto.conf');
    const login = newLogin();
    const acl = { port: aclPort, passwordFile: join(folder, 'passwords'), aclFile: join(folder, 'acl') };
    mkdirSync(folder, { recursive: true });
    writeOwn(acl.passwordFile, mosquittoPasswordLine(login));
    writeOwn(acl.aclFile, mosquittoAcl(login));
    writeOwn(config, mosquittoConfig({ port, host, storage: folder, websocketPort, acl }));
    const launch = (): Promise<BrokerInstance> => {
      const what = `broker ${name} (mosquitto)`;
      const started = launchProcess({ command: binary, args: ['-c', config], what }, context);
      return Promise.resolve({ ...started, version });
    };
    const variants: BrokerVariants = {
      websocket: { host, port: websocketPort, path: '/mqtt' },
      acl: { endpoint: { host, port: aclPort }, ...login },
    };
    return startBroker(name, { how: `${binary} -c FILE`, endpoint: { host, port }, variants, launch }, context);
  },
};

/**
 * The first Mosquitto that runs, and its version.
 * @throws FieldbenchError `FB_BROKER_ABSENT`
 */
async function findMosquitto(): Promise<{ readonly binary: string; readonly version: string }> {
  for (const binary of binaries) {
    const help = await helpOf(binary);
    if (help !== undefined) return { binary, version: mosquittoVersion(help) };
  }
  throw new FieldbenchError({
    code: 'FB_BROKER_ABSENT',
    message: 'Mosquitto is not installed on this machine',
    expected: `one of ${binaries.join(', ')}`,
    hint: 'install it (Debian: apt-get install mosquitto; macOS: brew install mosquitto), or use the target "embedded"',
  });
}

/** What `BINARY -h` prints, whatever its exit code (Mosquitto's is 3); nothing when there is no such program. */
function helpOf(binary: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(binary, ['-h'], { timeout: 5_000 }, (error, stdout) => {
      resolve(error?.code === 'ENOENT' || stdout === '' ? undefined : stdout);
    });
  });
}
