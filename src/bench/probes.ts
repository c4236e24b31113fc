// What a bench may find on a machine beyond Node, in one list: doctor shows it, and our own tests ask it what to leave out.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findMqttJs, findNodeRed, type FoundProgram } from '../parts/foreign/find-foreign.ts';
import { localNodeRed } from '../parts/gateways/node-red.ts';
import { findProgram } from '../parts/brokers/find-program.ts';

/** What a probe found: where the thing is, or why it is taken for absent. */
export interface Probed {
  readonly present: boolean;
  /** Path, version or address when present; else what was looked for and what came. */
  readonly detail: string;
}

/** Looks for one thing that a bench can use but does not bring along. */
export interface Probe {
  /** Stable name: tests, `.ci/unavailable` and doctor use it. */
  readonly id: string;
  /** What it is for, in a few words. */
  readonly what: string;
  /** The one command that gets it on Debian. */
  readonly fix: string;
  /** The same on a Mac; left out where there is none. */
  readonly fixOnMac?: string;
  /** Never rejects; an aborted signal counts as absent. */
  probe(signal: AbortSignal): Promise<Probed>;
}

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];
const nodeImage = 'fieldbench/node:*-debian';

/** Everything that is looked for; a new thing is one line. */
export const probes: readonly Probe[] = [
  {
    id: 'mosquitto',
    what: 'Mosquitto as a local process',
    fix: 'apt-get install mosquitto',
    fixOnMac: 'brew install mosquitto',
    probe: () => program('mosquitto'),
  },
  {
    id: 'rabbitmq',
    what: 'RabbitMQ as a local process',
    fix: 'apt-get install rabbitmq-server',
    probe: () => files('/usr/lib/rabbitmq/bin/rabbitmq-server'),
  },
  {
    id: 'activemq',
    what: 'ActiveMQ Classic as a local process',
    fix: 'apt-get install activemq libmqtt-client-java',
    probe: () => files('/usr/share/activemq/bin/activemq.jar', '/usr/share/java/mqtt-client.jar'),
  },
  {
    id: 'ejabberd',
    what: 'ejabberd as a local process',
    fix: 'apt-get install ejabberd',
    probe: () => program('ejabberdctl'),
  },
  {
    id: 'nats',
    what: 'NATS server as a local process',
    fix: 'apt-get install nats-server',
    probe: () => program('nats-server'),
  },
  ...['hivemq', 'mosca', 'mochi', 'artemis', 'moquette', 'amqtt'].map((name) => ({
    id: name,
    what: `${name} as a local process`,
    fix: `.ci/${name}`,
    probe: () => program(`fieldbench-${name}`),
  })),
  {
    id: 'mosquitto-clients',
    what: 'tests of the tap with real clients',
    fix: 'apt-get install mosquitto-clients',
    fixOnMac: 'brew install mosquitto',
    probe: () => program('mosquitto_pub'),
  },
  {
    id: 'paho-mqtt',
    what: 'devices of kind paho-python, and tests of the tap',
    fix: 'apt-get install python3-paho-mqtt',
    probe: pahoOfPython,
  },
  {
    id: 'mqtt-js',
    what: 'devices of kind mqtt-js, on npm mqtt',
    fix: '.ci/mqtt-js, or npm install mqtt where fieldbench runs',
    probe: mqttJs,
  },
  {
    id: 'node-red',
    what: 'gateways of kind node-red',
    fix: '.ci/node-red, or npm install -g node-red node-red-contrib-modbus',
    probe: nodeRed,
  },
  {
    id: 'image:node-red',
    what: 'gateways of kind container:node-red',
    fix: '.ci/node-image && .ci/node-red-image, or docker build -t fieldbench/node-red:local gateways/node-red',
    probe: (signal) => image(localNodeRed, signal),
  },
  {
    id: 'docker',
    what: 'brokers in containers',
    fix: 'apt-get install docker.io && service docker start',
    fixOnMac: 'brew install --cask docker && open -a Docker',
    probe: dockerEngine,
  },
  ...['mosquitto', 'rabbitmq', 'activemq', 'nats'].map((name) => ({
    id: `image:${name}`,
    what: `${name} in a container`,
    fix: '.ci/images',
    probe: (signal: AbortSignal) => image(`fieldbench/${name}:*-debian`, signal),
  })),
  {
    id: 'image:node',
    what: 'tests of fieldbench in a container',
    fix: '.ci/node-image',
    probe: (signal) => image(nodeImage, signal),
  },
  {
    id: 'toxiproxy',
    what: 'the toxiproxy link backend',
    fix: '.ci/toxiproxy',
    fixOnMac: 'brew install toxiproxy',
    probe: toxiproxy,
  },
  {
    id: 'chromium',
    what: 'tests of the report page',
    fix: 'apt-get install chromium',
    fixOnMac: 'brew install --cask chromium',
    probe: () => program(...browsers),
  },
  { id: 'socat', what: 'TUN devices of the laboratory', fix: 'apt-get install socat', probe: () => program('socat') },
  {
    id: 'tcpdump',
    what: 'counting bytes from outside',
    fix: 'apt-get install tcpdump',
    fixOnMac: 'it comes with macOS, in /usr/sbin',
    probe: () => program('tcpdump'),
  },
  {
    id: 'iptables',
    what: 'losing packets in the kernel',
    fix: 'apt-get install iptables',
    probe: () => program('iptables'),
  },
  {
    id: 'tun',
    what: 'the laboratory: real TCP over namespaces and TUN devices',
    fix: 'apt-get install iproute2 && modprobe tun, as root (in a container: docker run --privileged)',
    probe: tunDevice,
  },
  {
    id: 'open-files',
    what: 'a fleet of 30,000 devices in one process, with its broker in another',
    fix: 'ulimit -Hn 65536, as root, before; where the system refuses it, fleets of more than one process',
    fixOnMac: 'sudo launchctl limit maxfiles 65536 65536, then a new terminal',
    probe: openFiles,
  },
  {
    id: 'tshark',
    what: 'tests of the capture file',
    fix: 'apt-get install --no-install-recommends tshark',
    fixOnMac: 'brew install wireshark',
    probe: () => program('tshark'),
  },
  {
    id: 'cc',
    what: 'the C client of the benchmark of fleets',
    fix: 'apt-get install gcc libc6-dev',
    probe: () => program('cc'),
  },
  {
    id: 'go',
    what: 'the Go client of the benchmark of fleets',
    fix: 'apt-get install golang-go',
    fixOnMac: 'brew install go',
    probe: () => program('go'),
  },
  {
    id: 'actionlint',
    what: 'tests of the CI example for GitHub',
    fix: '.ci/linters',
    probe: () => program('actionlint'),
  },
  {
    id: 'check-jsonschema',
    what: 'tests of the CI example for GitLab and of docker-compose.yml',
    fix: '.ci/linters',
    probe: () => program('check-jsonschema'),
  },
];

/** Asks every probe at once. */
export async function probeAll(signal: AbortSignal, list: readonly Probe[] = probes): Promise<Map<string, Probed>> {
  return new Map(await Promise.all(list.map(async (it) => [it.id, await it.probe(signal)] as const)));
}

async function program(...names: string[]): Promise<Probed> {
  const path = await findProgram(names);
  return path === undefined
    ? { present: false, detail: `no ${names.join(' or ')} on PATH` }
    : { present: true, detail: path };
}

/** Whether all of these are there. */
async function files(...paths: readonly string[]): Promise<Probed> {
  const missing: string[] = [];
  for (const path of paths) await access(path).catch(() => missing.push(path));
  return {
    present: missing.length === 0,
    detail: missing.length === 0 ? paths.join(', ') : `no ${missing.join(', ')}`,
  };
}

/** Debian's own Python has Debian's packages; another one first on PATH has not. */
async function pahoOfPython(signal: AbortSignal): Promise<Probed> {
  try {
    const { stdout } = await runFile('/usr/bin/python3', ['-c', 'import paho.mqtt as it; print(it.__version__)'], {
      signal,
    });
    return { present: true, detail: `paho-mqtt ${stdout.trim()} of /usr/bin/python3` };
  } catch {
    return absent('/usr/bin/python3 cannot import paho.mqtt');
  }
}

async function mqttJs(): Promise<Probed> {
  return asProbed(await findMqttJs(), 'no npm package mqtt here, nor by a program on PATH');
}

async function nodeRed(): Promise<Probed> {
  return asProbed(await findNodeRed(), 'no fieldbench-node-red or node-red on PATH');
}

function asProbed(found: FoundProgram | undefined, lookedFor: string): Probed {
  return found === undefined ? absent(lookedFor) : { present: true, detail: `${found.what}, ${found.path}` };
}

async function dockerEngine(signal: AbortSignal): Promise<Probed> {
  const { output, error } = await docker(signal, 'info', '--format', '{{.ServerVersion}}');
  // The client prints an empty line and ends 0 on some versions when the daemon is not there.
  return error === undefined && output !== ''
    ? { present: true, detail: `Docker ${output}` }
    : absent('docker info', error);
}

/** Whether a container image is there; patterns are allowed. `told` is what is told of it, in words of the engine. */
export async function image(
  reference: string,
  signal: AbortSignal,
  told = '{{.Repository}}:{{.Tag}}',
): Promise<Probed> {
  const { output, error } = await docker(signal, 'image', 'ls', '--filter', `reference=${reference}`, '--format', told);
  const [first] = output.split('\n');
  return error === undefined && first ? { present: true, detail: first } : absent(`no image ${reference}`, error);
}

async function toxiproxy(signal: AbortSignal): Promise<Probed> {
  const url = process.env['FIELDBENCH_TOXIPROXY_URL'];
  if (url) return toxiproxyAt(url, signal);
  return program('toxiproxy-server');
}

async function toxiproxyAt(url: string, signal: AbortSignal): Promise<Probed> {
  try {
    const answer = await fetch(new URL('/version', url), { signal });
    if (answer.ok) return { present: true, detail: url };
    return absent(`FIELDBENCH_TOXIPROXY_URL ${url}`, `HTTP status ${answer.status}`);
  } catch (error) {
    return absent(`FIELDBENCH_TOXIPROXY_URL ${url}`, error instanceof Error ? error.message : String(error));
  }
}

/** Really makes one, in a network namespace that ends with the program: what may be done shows by doing it. */
async function tunDevice(signal: AbortSignal): Promise<Probed> {
  const command = ['unshare', '--net', '--', 'ip', 'tuntap', 'add', 'dev', 'fbprobe', 'mode', 'tun'] as const;
  const { error } = await run(signal, ...command);
  return error === undefined ? { present: true, detail: '/dev/net/tun' } : absent(command.join(' '), error);
}

/** Each connection is an open file, and a bench holds some for itself. */
const enoughFiles = 40_000;

/** The hard limit: Node raises its own to that when it starts. */
async function openFiles(signal: AbortSignal): Promise<Probed> {
  if (process.platform === 'win32') return { present: true, detail: 'no limit of this kind' };
  const { output, error } = await run(signal, 'sh', '-c', 'ulimit -Hn');
  if (error !== undefined) return absent('ulimit -Hn', error);
  const present = output === 'unlimited' || Number(output) >= enoughFiles;
  return { present, detail: `${output} in one process${present ? '' : `, ${enoughFiles} wanted`}` };
}

function absent(lookedFor: string, why?: string): Probed {
  return { present: false, detail: why === undefined ? lookedFor : `${lookedFor}: ${why}` };
}

const runFile = promisify(execFile);

interface Ran {
  readonly output: string;
  readonly error: string | undefined;
}

function docker(signal: AbortSignal, ...args: string[]): Promise<Ran> {
  return run(signal, 'docker', ...args);
}

/** Runs a program; a failure comes back as the one line that says most. */
async function run(signal: AbortSignal, file: string, ...args: string[]): Promise<Ran> {
  try {
    const { stdout } = await runFile(file, args, { signal });
    return { output: stdout.trim(), error: undefined };
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : undefined;
    return { output: '', error: said || (error instanceof Error ? error.message : String(error)) };
  }
}
