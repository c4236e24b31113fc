// What Mosquitto is told: loopback only as a process, and storage where the run keeps its files.
import { expect, test } from 'vitest';
import { mosquittoAcl, mosquittoConfig, mosquittoVersion } from '../../../src/parts/brokers/mosquitto-config.ts';

test('binds the listener to the host, and ends the storage folder with a slash', () => {
  const lines = mosquittoConfig({ port: 15_001, host: '127.0.0.1', storage: '/run/x' }).split('\n');
  expect(lines).toContain('listener 15001 127.0.0.1');
  expect(lines).toContain('persistence_location /run/x/');
});

test('a container listens on all of its own addresses', () => {
  expect(mosquittoConfig({ port: 1883, storage: '/fieldbench/' })).toContain('listener 1883\n');
});

test('each listener has settings of its own, and anonymous access is for those without a list', () => {
  const acl = { port: 15_003, passwordFile: '/run/x/passwords', aclFile: '/run/x/acl' };
  const text = mosquittoConfig({ port: 15_001, host: '127.0.0.1', storage: '/run/x', websocketPort: 15_002, acl });
  const [first, , ...listeners] = text.split(/^(?=listener)/m);
  expect(first).toBe('per_listener_settings true\n');
  expect(listeners[0]).toBe('listener 15002 127.0.0.1\nprotocol websockets\nallow_anonymous true\n');
  expect(listeners[1]).toContain('listener 15003 127.0.0.1\nallow_anonymous false\npassword_file /run/x/passwords\n');
});

test('the list denies after it has granted', () => {
  expect(mosquittoAcl({ userName: 'bench' })).toBe('user bench\ntopic readwrite #\ntopic deny +/denied/#\n');
});

test.each([
  ['mosquitto version 2.0.11\n\nmosquitto is an MQTT v5.0/v3.1.1/v3.1 broker.', '2.0.11'],
  ['something else', 'unknown'],
])('reads the version', (help, version) => {
  expect(mosquittoVersion(help)).toBe(version);
});
