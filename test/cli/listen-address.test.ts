// Where a tap listens, and who may come.
import { describe, expect, test } from 'vitest';
import { insistOnAllow, isLoopback, listenAddress } from '../../src/cli/listen-address.ts';

describe('an address', () => {
  test.each([
    ['127.0.0.1:1883', { host: '127.0.0.1', port: 1883 }],
    ['0.0.0.0:8883', { host: '0.0.0.0', port: 8883 }],
    ['192.168.7.1', { host: '192.168.7.1' }],
    ['[::1]:1883', { host: '::1', port: 1883 }],
    ['[::]', { host: '::' }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    [':1884', { host: '127.0.0.1', port: 1884 }],
    ['1884', { host: '127.0.0.1', port: 1884 }],
  ])('%s', (text, address) => {
    expect(listenAddress(text)).toEqual(address);
  });

  test.each([
    '',
    ':',
    'gateway.example:1883',
    '127.0.0.1:',
    '127.0.0.1:70000',
    '1.2.3.4:5:6',
    '::1',
    '[::1',
    'a b',
    '999.1.1.1:1',
  ])('not "%s"', (text) => {
    expect(() => listenAddress(text)).toThrow('--listen takes an address of this machine');
  });
});

const allowed = ['192.168.7.0/24'];

test.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost'])('%s is for this machine alone', (host) => {
  expect(isLoopback(host)).toBe(true);
  expect(() => insistOnAllow({ host }, [])).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.7.1'])('%s is not: somebody has to say who may come', (host) => {
  expect(isLoopback(host)).toBe(false);
  expect(() => insistOnAllow({ host }, [])).toThrow('nobody said from which');
  expect(() => insistOnAllow({ host }, allowed)).not.toThrow();
});
