// docs/hil.md is true: its commands are run, between a device, a gateway and a broker that are network namespaces.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tap } from '../../src/cli/verbs/tap.ts';
import { need } from '../support/needs.ts';
import { journalOf, resultsOf, Workplace } from './command-line.ts';

const page = readFileSync(new URL('../../docs/hil.md', import.meta.url), 'utf8');
const program = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** The commands behind `<!-- run: NAME -->`. */
function commandsOf(name: string): string {
  const found = new RegExp(`<!-- run: ${name} -->\\s+\`\`\`sh\\n([^\`]+)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`docs/hil.md has nothing to run named ${name}`);
  return found;
}

/**
 * The gateway's own namespace: `eth1` leads to the device, `eth2` to the broker at 203.0.113.5. Everything in it, the
 * other two namespaces too, ends with the shell. `fieldbench` runs in the background until `leave`.
 */
const site = (place: Workplace): string => `
set -eu
mkdir -p /run/netns && mount -t tmpfs none /run/netns
cp /etc/hosts '${place.path('hosts')}' && mount --bind '${place.path('hosts')}' /etc/hosts
ip link set lo up
ip netns add device && ip link add eth1 type veth peer name eth0 netns device
ip address add 192.168.7.1/24 dev eth1 && ip link set eth1 up
ip -n device address add 192.168.7.20/24 dev eth0 && ip -n device address add 192.168.8.20/24 dev eth0
ip -n device link set eth0 up && ip -n device route add default via 192.168.7.1
ip route add 192.168.8.0/24 dev eth1
ip netns add cloud && ip link add eth2 type veth peer name eth0 netns cloud
ip address add 203.0.113.1/24 dev eth2 && ip link set eth2 up
ip -n cloud address add 203.0.113.5/24 dev eth0 && ip -n cloud link set eth0 up && ip -n cloud link set lo up
ip netns exec cloud mosquitto -c '${place.path('mosquitto.conf')}' >'${place.path('broker')}' 2>&1 &
broker=$!
mkfifo keys
fieldbench() {
  '${process.execPath}' '${program}' tap "\${@:2}" --report run <keys >said 2>&1 & tap=$!
  exec 9>keys
  until grep -q 'q quit' said; do kill -0 $tap || { cat said; return 1; }; sleep 0.05; done
}
leave() { printf q >&9; wait $tap || { cat said; return 1; }; kill $broker; }
publish() { ip netns exec device mosquitto_pub -i sensor -q 1 -t line/1 -m reading "$@"; }
until (exec 3<>/dev/tcp/203.0.113.5/1883) 2>/dev/null; do kill -0 $broker; sleep 0.05; done
`;

/** Runs a script at the site; rejects with what it said when it fails. */
async function atSite(place: Workplace, script: string): Promise<void> {
  writeFileSync(place.path('mosquitto.conf'), 'listener 1883 0.0.0.0\nallow_anonymous true\n');
  const args = ['--net', '--mount', '--propagation', 'private', '--kill-child', '--fork', 'bash', '-c'];
  const child = spawn('unshare', [...args, site(place) + script], {
    cwd: place.folder,
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, FIELDBENCH_STATE: place.state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the script ended with ${String(code)}:\n${said}`);
}

function expectTapped(place: Workplace, connections = 1): void {
  const results = resultsOf(place.path('run'));
  expect(results).toMatchObject({ verdict: 'pass', exitCode: 0 });
  expect(results.targets.map((it) => it.name)).toEqual(['broker', "device 'sensor'"]);
  const opened = journalOf(place.path('run')).filter((it) => it.kind === 'opened' && it.peer !== undefined);
  expect(opened).toHaveLength(connections);
  expect(opened[0]).toMatchObject({ peer: '192.168.7.20' });
}

describe('a device gets onto the tap', need('tun', 'iptables', 'mosquitto', 'mosquitto-clients'), () => {
  test('by the address of the tap, and nobody else does', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    const stranger = '! publish -h 192.168.7.1 -A 192.168.8.20';
    await atSite(place, `${commandsOf('first')}publish -h 192.168.7.1\n${stranger}\nleave`);
    expectTapped(place);
    const refused = journalOf(place.path('run')).find((it) => it.kind === 'mark' && it.name === 'tap-refused');
    expect(refused).toMatchObject({ data: { address: '192.168.8.20', why: 'its address is not allowed' } });
  });

  test('by name', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    await atSite(place, `${commandsOf('name')}${commandsOf('first')}publish -h broker.example.com\nleave`);
    expectTapped(place);
  });

  test('by a redirected address', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    await atSite(place, `${commandsOf('nat')}publish -h 203.0.113.5\nleave`);
    expectTapped(place);
  });

  test('by an address that the tap has taken', { timeout: 60_000 }, async () => {
    await using place = new Workplace();
    await atSite(place, `${commandsOf('alias')}publish -h 203.0.113.5\nleave`);
    expectTapped(place);
  });
});

test('every option of the page is one of the command', () => {
  const ofOthers = new Set(['--dport', '--to-ports']);
  const named = [...new Set(page.match(/--[a-z]+(?:-[a-z]+)*/g))].filter((it) => !ofOthers.has(it));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((it) => !tap.usage.includes(`  ${it} `))).toEqual([]);
});
