// Which addresses may use what listens beyond this machine.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { FieldbenchError } from '../error.ts';

/** An address as people write it: IPv4 within IPv6 (RFC 4291, section 2.5.5.2) as IPv4, and no zone behind it. */
export function plainAddress(address: string): string {
  const [bare = address] = address.split('%');
  const within = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return within ?? bare;
}

/**
 * Tells whether an address lies in one of the blocks, written `10.0.0.0/8`, `2001:db8::/32`, or as one address. This
 * machine's own loopback is always allowed; what is no address is not.
 * @throws FieldbenchError `FB_ALLOW` for what is no such block.
 */
export function addressFilter(cidrs: readonly string[]): (remoteAddress: string) => boolean {
  const allowed = new BlockList();
  allowed.addSubnet('127.0.0.0', 8, 'ipv4');
  allowed.addAddress('::1', 'ipv6');
  for (const cidr of cidrs) {
    const { network, prefixBits, family } = blockOf(cidr);
    allowed.addSubnet(network, prefixBits, family);
  }
  return (remoteAddress) => {
    const address = plainAddress(remoteAddress);
    return isIP(address) !== 0 && allowed.check(address, familyOf(address));
  };
}

/** Bits in front of the IPv4 address within an IPv6 address. */
const mappedBits = 96;

function blockOf(cidr: string): { network: string; prefixBits: number; family: 'ipv4' | 'ipv6' } {
  const [written = '', prefix, ...more] = cidr.trim().split('/');
  const network = plainAddress(written);
  const family = familyOf(network);
  const allBits = family === 'ipv6' ? 128 : 32;
  const isMapped = network !== written && isIPv6(written);
  const prefixBits = prefix === undefined ? allBits : Number(prefix) - (isMapped ? mappedBits : 0);
  const isPrefix = prefix === undefined || /^\d{1,3}$/.test(prefix);
  if (isIP(written) === 0 || written.includes('%') || more.length > 0 || !isPrefix) throw notABlock(cidr);
  if (prefixBits < 0 || prefixBits > allBits) throw notABlock(cidr);
  return { network, prefixBits, family };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

function notABlock(cidr: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_ALLOW',
    message: 'what is to be allowed is no block of addresses',
    expected: 'an IP address, or a block of them as ADDRESS/BITS, e.g. 192.168.1.0/24',
    actual: JSON.stringify(cidr),
    hint: 'names are not looked up; ip addr shows the addresses and blocks of this machine',
  });
}
