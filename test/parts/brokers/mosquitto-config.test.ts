// What Mosquitto is told: loopback only as a process, and storage where the run keeps its files.
import { expect, test } from 'vitest';
import { mosquittoConfig, mosquittoVersion } from '../../../src/parts/brokers/mosquitto-config.ts';

test('binds the listener to the host, and ends the storage folder with a slash', () => {
  const lines = mosquittoConfig({ port: 15_001, host: '127.0.0.1', storage: '/run/x' }).split('\n');
  expect(lines).toContain('listener 15001 127.0.0.1');
  expect(lines).toContain('persistence_location /run/x/');
});

test('a container listens on all of its own addresses', () => {
  expect(mosquittoConfig({ port: 1883, storage: '/fieldbench/' })).toContain('listener 1883\n');
});

test.each([
  ['mosquitto version 2.0.11\n\nmosquitto is an MQTT v5.0/v3.1.1/v3.1 broker.', '2.0.11'],
  ['something else', 'unknown'],
])('reads the version', (help, version) => {
  expect(mosquittoVersion(help)).toBe(version);
});
