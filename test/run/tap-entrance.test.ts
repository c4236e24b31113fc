// How devices come in: over TLS that ends at the tap or does not, over WebSocket, and from where.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listen } from '../../src/net/listen.ts';
import { machineClock } from '../../src/net/clock.ts';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { connack, disconnect, pubcomp, publish } from '../judge/packets.ts';
import { loopbackCertificate } from '../net/certificates.ts';
import { need } from '../support/needs.ts';
import { RawDevice } from './raw-device.ts';
import { runProgram, standingTap, type TapBed } from './tap-bed.ts';

/** One device that answers PUBREC with PUBCOMP. */
async function misbehave(device: RawDevice): Promise<void> {
  await device.next('CONNACK');
  await device.send(publish(2, 7, { topic: 'line/2' }));
  await device.next('PUBREC');
  await device.send(pubcomp(7), disconnect);
  await device.wire.closed;
}

const found = (bed: TapBed) => bed.live.find((it) => it.by === 'client-pubrel-answers');

function caFileOf(bed: TapBed): string {
  const mark = bed.events.find((it) => it.kind === 'mark' && it.name === 'tap-ca');
  return String(mark?.kind === 'mark' && mark.data?.['caFile']);
}

describe('TLS that ends at the tap', () => {
  test('with a certificate of the run: its CA is named, its key is for nobody else, and both are gone afterwards', async () => {
    const bed = await standingTap({
      upstream: 'embedded',
      entrance: { tls: { kind: 'auto', hosts: ['broker.example'] } },
    });
    const caFile = caFileOf(bed);
    const keyFile = `${dirname(caFile)}/server-key.pem`;
    await using ended = bed;
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    for (const serverName of ['localhost', 'broker.example']) {
      const tls = { caPem: readFileSync(caFile, 'utf8'), serverName };
      await using device = await RawDevice.at({ ...bed.tap.endpoint, tls }, { clientId: 'secure' });
      await misbehave(device);
    }
    const stranger = RawDevice.at({ ...bed.tap.endpoint, tls: {} }, { clientId: 'stranger' });
    await expect(stranger).rejects.toMatchObject({ code: 'FB_DIAL_TLS' });
    const { run } = await ended.finish();
    expect(found(bed)?.target).toBe("device 'secure'");
    expect(run.targets.map((it) => it.name)).toContain("device 'secure'");
    expect([caFile, keyFile].filter((it) => existsSync(it))).toEqual([]);
  });

  test('with a certificate of somebody', async () => {
    await using certificate = await loopbackCertificate();
    const { certPem, keyPem, caPem } = certificate;
    await using bed = await standingTap({
      upstream: 'embedded',
      entrance: { tls: { kind: 'given', certPem, keyPem } },
    });
    await using device = await RawDevice.at({ ...bed.tap.endpoint, tls: { caPem } }, { clientId: 'secure' });
    await misbehave(device);
    await bed.until(() => found(bed) !== undefined);
    expect(found(bed)?.target).toBe("device 'secure'");
  });

  test('a real client', need('mosquitto', 'mosquitto-clients'), async () => {
    await using bed = await standingTap({ upstream: 'mosquitto', entrance: { tls: { kind: 'auto', hosts: [] } } });
    const { host, port } = bed.tap.endpoint;
    const args = ['-h', host, '-p', String(port), '--cafile', caFileOf(bed), '-i', 'meter', '-q', '2'];
    await runProgram('mosquitto_pub', [...args, '-t', 'line/1', '-m', 'x']);
    await bed.finish();
    expect(bed.live).toEqual([]);
    expect(bed.events.filter((it) => it.kind === 'packet').length).toBeGreaterThan(10);
  });
});

test('TLS that is passed through: counted, and nobody is judged', async () => {
  await using certificate = await loopbackCertificate();
  const { certPem, keyPem, caPem } = certificate;
  await using broker = await listen({
    over: { tls: { certPem, keyPem }, clock: machineClock() },
    onWire(wire) {
      const decoder = new StreamDecoder('client');
      wire.onBytes((chunk) => {
        if (decoder.push(chunk).length > 0) void wire.send(encode(connack()));
      });
    },
  });
  const upstream = `mqtts://127.0.0.1:${broker.endpoint.port}`;
  await using bed = await standingTap({ upstream, entrance: { tls: { kind: 'pass' } } });
  const { host, port } = bed.tap.endpoint;
  // The device sees the broker's own certificate.
  await using device = await RawDevice.at({ host, port, tls: { caPem } }, { clientId: 'pinned' });
  await device.next('CONNACK');
  await device.send(pubcomp(7));
  expect(bed.tap.usage()?.up.payloadB).toBeGreaterThan(100);
  await bed.tap.act('drop-puback');
  const { run } = await bed.finish();
  expect(bed.events.filter((it) => it.kind === 'packet')).toEqual([]);
  expect(bed.events).toContainEqual(
    expect.objectContaining({ data: { step: 'not armed, since no packet can be seen: the next PUBACK is dropped' } }),
  );
  expect(run.targets.map((it) => it.name)).toEqual(['broker']);
  expect(run.exitCode).toBe(0);
  expect(run.warnings.join()).toContain('encrypted');
});

test('WebSocket at the entrance, TCP behind', async () => {
  await using bed = await standingTap({ upstream: 'embedded', entrance: { webSocket: true } });
  await using device = await RawDevice.at(bed.tap.endpoint, { clientId: 'browser' });
  await misbehave(device);
  await bed.until(() => found(bed) !== undefined);
  expect(found(bed)?.target).toBe("device 'browser'");
});

test('WebSocket over TLS at the entrance', need('mosquitto'), async () => {
  await using certificate = await loopbackCertificate();
  const { certPem, keyPem, caPem } = certificate;
  await using bed = await standingTap({
    upstream: 'mosquitto',
    entrance: { webSocket: true, tls: { kind: 'given', certPem, keyPem } },
  });
  await using device = await RawDevice.at({ ...bed.tap.endpoint, tls: { caPem } }, { clientId: 'browser' });
  await misbehave(device);
  await bed.until(() => found(bed) !== undefined);
  expect(found(bed)?.target).toBe("device 'browser'");
});

test('this machine may always come', async () => {
  await using bed = await standingTap({ upstream: 'embedded', entrance: { allow: ['192.0.2.0/24'] } });
  // Loopback is this machine: it may always come.
  await using device = await RawDevice.at(bed.tap.endpoint, { clientId: 'here' });
  expect(await device.next('CONNACK')).toMatchObject({ returnCode: 0 });
});
