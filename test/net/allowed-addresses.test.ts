// Who is allowed is exactly who the blocks name, and loopback; what is no block is said.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFilter, plainAddress } from '../../src/net/allowed-addresses.ts';

const text = (it: number): string => [24, 16, 8, 0].map((shift) => (it >>> shift) & 255).join('.');

describe('allowed', () => {
  test.each([
    [[], '127.0.0.1', true],
    [[], '127.9.9.9', true],
    [[], '::1', true],
    [[], '::ffff:127.0.0.1', true],
    [[], '10.0.0.1', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.1.2.3/8'], '10.9.9.9', true],
    [['192.168.1.7'], '192.168.1.7', true],
    [['192.168.1.7'], '192.168.1.8', false],
    [['::ffff:10.0.0.0/104'], '10.3.0.1', true],
    [['::ffff:10.0.0.0/104'], '11.3.0.1', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['0.0.0.0/0', '::/0'], 'unknown', false],
  ])('%j: is %s? %s', (cidrs, address, isAllowed) => {
    expect(addressFilter(cidrs)(address)).toBe(isAllowed);
  });

  test('as arithmetic on the bits says, for every IPv4 block and address', () => {
    const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(bits, fc.integer({ min: 0, max: 32 }), bits, fc.nat(31), (network, prefix, noise, keep) => {
        const address = (network ^ (noise >>> keep)) >>> 0; // Far from the block, and near it.
        const cut = (it: number): bigint => BigInt(it >>> 0) >> BigInt(32 - prefix);
        const isLoopback = address >>> 24 === 127;
        expect(addressFilter([`${text(network)}/${prefix}`])(text(address))).toBe(
          isLoopback || cut(address) === cut(network),
        );
      }),
    );
  });

  test.each([
    '',
    'router.example',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '::/129',
    '::ffff:1.2.3.4/32',
    'fe80::1%eth0',
    '10.0.0/8',
  ])('is not %j', (cidr) => {
    expect(() => addressFilter([cidr])).toThrow(
      expect.objectContaining({ code: 'FB_ALLOW', actual: JSON.stringify(cidr) }) as Error,
    );
  });
});

test('an address is named as people write it', () => {
  expect(['::ffff:10.0.0.1', 'fe80::1%eth0', '10.0.0.1', '2001:db8::1'].map(plainAddress)).toEqual([
    '10.0.0.1',
    'fe80::1',
    '10.0.0.1',
    '2001:db8::1',
  ]);
});
