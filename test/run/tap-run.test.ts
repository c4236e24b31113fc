// Devices that do wrong are found while they do it, with the packet; real programs beside them are clean.
import { describe, expect, test } from 'vitest';
import type { PacketSeen } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { listen } from '../../src/net/listen.ts';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { connack, disconnect, puback, pubcomp, publish, subscribe } from '../judge/packets.ts';
import { need } from '../support/needs.ts';
import { RawDevice } from './raw-device.ts';
import { runProgram, standingTap, type TapBed } from './tap-bed.ts';

/** The packet that a finding is about, as it stands in the journal. */
function packetOf(bed: TapBed, finding: Finding | undefined): PacketSeen {
  const event = bed.events.find((it) => it.seq === finding?.evidence.events.at(-1));
  if (event?.kind !== 'packet') throw new Error(`the finding names ${event?.kind ?? 'nothing'}`);
  return event;
}

const findingOf = (bed: TapBed, device: string, by: string): Finding | undefined =>
  bed.live.find((it) => it.target === `device '${device}'` && it.by === by);

/** Publishes a message at QoS 2, and does everything right. */
async function goodPublisher({ tap }: TapBed): Promise<void> {
  await using good = await RawDevice.at(tap.endpoint, { clientId: 'good' });
  await good.next('CONNACK');
  await good.send(publish(2, 3, { topic: 'line/1' }));
  await good.next('PUBREC');
  await good.send({ type: 'PUBREL', packetId: 3 });
  await good.next('PUBCOMP');
  await good.send(disconnect);
}

describe.each([['embedded'], ['mosquitto']])('before %s', (upstream) => {
  const needs = upstream === 'mosquitto' ? need('mosquitto') : {};

  test('a device that answers PUBREC with PUBCOMP', needs, async () => {
    await using bed = await standingTap({ upstream });
    await using bad = await RawDevice.at(bed.tap.endpoint, { clientId: 'bad' });
    await bad.next('CONNACK');
    await bad.send(publish(2, 7, { topic: 'line/2' }));
    await bad.next('PUBREC');
    await bad.send(pubcomp(7));
    await goodPublisher(bed);
    await bed.until(() => findingOf(bed, 'bad', 'client-pubrel-answers') !== undefined);
    const finding = findingOf(bed, 'bad', 'client-pubrel-answers');
    expect(finding).toMatchObject({ verdict: 'fail', actual: 'PUBCOMP 7' });
    const event = packetOf(bed, finding);
    expect(event).toMatchObject({ direction: 'toServer', seenAt: 'clientEnd', connection: finding?.connection });
    expect(frameOf(event).packet).toEqual({ type: 'PUBCOMP', packetId: 7 });

    const { run } = await bed.finish();
    expect(run.end?.how).toBe('completed');
    const device = run.targets.find((it) => it.name === "device 'bad'");
    expect(device?.statements.filter((it) => it.verdict === 'fail').map((it) => it.id)).not.toEqual([]);
    const innocent = run.targets.filter((it) => it.name !== "device 'bad'").flatMap((it) => it.findings);
    expect(innocent.filter((it) => it.verdict !== 'pass')).toEqual([]);
  });

  test('a device that never pings', needs, async () => {
    await using bed = await standingTap({ upstream });
    await using mute = await RawDevice.at(bed.tap.endpoint, { clientId: 'mute', keepAliveS: 1 });
    await mute.next('CONNACK');
    await mute.send(subscribe(4, { 'line/#': 0 }));
    await mute.wire.closed;
    await bed.until(() => findingOf(bed, 'mute', 'client-keep-alive') !== undefined);
    const finding = findingOf(bed, 'mute', 'client-keep-alive');
    expect(['fail', 'warn']).toContain(finding?.verdict);
    expect(finding?.statement).toBe('MQTT-3.1.2-23');
    // Nothing came behind it: the silence begins with the last packet of its own, which is the one to look at.
    expect(frameOf(packetOf(bed, finding)).packet).toMatchObject({ type: 'SUBSCRIBE', packetId: 4 });
  });

  test('a device that reconnects without back-off', needs, async () => {
    await using bed = await standingTap({ upstream });
    for (let n = 0; n < 7; n++) {
      await using hasty = await RawDevice.at(bed.tap.endpoint, { clientId: 'hasty' });
      await hasty.next('CONNACK');
      hasty.wire.reset();
      await hasty.wire.closed;
    }
    await bed.until(() => findingOf(bed, 'hasty', 'client-reconnecting') !== undefined);
    const finding = findingOf(bed, 'hasty', 'client-reconnecting');
    expect(finding).toMatchObject({ verdict: 'warn', actual: expect.stringMatching(/^6 reconnects within \d+ ms/) });
    expect(frameOf(packetOf(bed, finding)).packet).toMatchObject({ type: 'CONNECT', clientId: 'hasty' });
    const { run } = await bed.finish();
    expect(run.exitCode).toBe(0);
    const hasty = run.targets.find((it) => it.name === "device 'hasty'");
    expect(hasty?.how).toBe('7 connections: c1, c2, c3, c4, c5, c6, c7 from 127.0.0.1');
    expect(hasty?.findings.filter((it) => it.verdict !== 'pass')).toHaveLength(1);
  });
});

test('what the broker does wrong is found at its own end, and no device is blamed', async () => {
  await using broker = await listen({
    onWire(wire) {
      const decoder = new StreamDecoder('client');
      wire.onBytes((chunk) => {
        for (const { packet } of decoder.push(chunk)) {
          if (packet?.type === 'CONNECT') void wire.send(encode(connack()));
          if (packet?.type === 'PUBLISH') void wire.send(encode(puback((packet.packetId ?? 0) + 1)));
        }
      });
    },
  });
  await using bed = await standingTap({ upstream: `mqtt://127.0.0.1:${broker.endpoint.port}` });
  await using device = await RawDevice.at(bed.tap.endpoint, { clientId: 'meter' });
  await device.next('CONNACK');
  await device.send(publish(1, 7, { topic: 'line/1' }));
  await device.next('PUBACK');
  await bed.until(() => bed.live.length > 0);
  const [finding] = bed.live;
  expect(finding).toMatchObject({ target: 'broker', verdict: 'fail', actual: 'PUBACK 8' });
  expect(packetOf(bed, finding)).toMatchObject({ direction: 'toClient', seenAt: 'serverEnd' });
  const { run } = await bed.finish();
  const devices = run.targets.filter((it) => it.role === 'device');
  expect(devices.flatMap((it) => it.findings).filter((it) => it.verdict === 'fail')).toEqual([]);
  expect(run.exitCode).toBe(1);
});

describe('real programs are clean', need('mosquitto', 'mosquitto-clients'), () => {
  test('mosquitto_sub, and mosquitto_pub in a loop', async () => {
    await using bed = await standingTap({ upstream: 'mosquitto' });
    const at = ['-h', bed.tap.endpoint.host, '-p', String(bed.tap.endpoint.port)];
    const heard = runProgram('mosquitto_sub', [...at, '-i', 'watcher', '-q', '2', '-t', 'line/#', '-C', '24']);
    await bed.until(() => packetsOf(bed, 'SUBACK') > 0);
    for (let n = 0; n < 24; n++) {
      const message = ['-i', 'meter', '-q', String(n % 3), '-t', 'line/1', '-m', `reading ${n}`];
      await runProgram('mosquitto_pub', [...at, ...message]);
    }
    expect((await heard).trim().split('\n')).toHaveLength(24);
    await expectClean(bed, ["device 'meter'", "device 'watcher'"]);
  });

  test('paho over some keep alives', need('mosquitto', 'paho-mqtt'), async () => {
    await using bed = await standingTap({ upstream: 'mosquitto' });
    const { host, port } = bed.tap.endpoint;
    await runProgram('/usr/bin/python3', ['-c', pahoProgram, host, String(port)]);
    expect(packetsOf(bed, 'PINGREQ')).toBeGreaterThan(0);
    await expectClean(bed, ["device 'paho'"]);
  });
});

const pahoProgram = `
import sys, time, paho.mqtt.client as mqtt
heard = []
client = mqtt.Client("paho")
client.on_connect = lambda c, *_: c.subscribe("line/#", 2)
client.on_message = lambda c, _, m: heard.append(m)
client.on_subscribe = lambda c, *_: [c.publish("line/1", "x", qos=q) for q in (0, 1, 2)]
client.connect(sys.argv[1], int(sys.argv[2]), keepalive=2)
client.loop_start()
end = time.monotonic() + 5
while time.monotonic() < end: time.sleep(0.1)
client.disconnect()
client.loop_stop()
sys.exit(0 if len(heard) == 3 else 1)
`;

function packetsOf(bed: TapBed, type: string): number {
  const packets = bed.events.filter((it) => it.kind === 'packet' && it.seenAt === 'clientEnd');
  return packets.filter((it) => it.kind === 'packet' && frameOf(it).packet?.type === type).length;
}

/** Live and from the journal, for the devices and for the broker. */
async function expectClean(bed: TapBed, devices: readonly string[]): Promise<void> {
  const { run } = await bed.finish();
  expect(bed.live).toEqual([]);
  const names = run.targets.filter((it) => it.role === 'device').map((it) => it.name);
  expect(names.toSorted()).toEqual(devices);
  expect(run.targets.flatMap((it) => it.findings).filter((it) => it.verdict !== 'pass')).toEqual([]);
  expect(run.exitCode).toBe(0);
}
