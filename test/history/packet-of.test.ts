// What is read back from a packet event is what was on the wire, save what was masked.
import { expect, test } from 'vitest';
import type { PacketSeen } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { encode } from '../../src/wire/encode.ts';
import { connect } from '../judge/packets.ts';

function seen(connection: string, masked?: PacketSeen['masked']): PacketSeen {
  const bytes = encode(connect({ clientId: '********' }));
  return {
    kind: 'packet',
    seq: 1,
    tMs: 0,
    connection,
    direction: 'toServer',
    seenAt: 'wire',
    offset: 0,
    bytes: Buffer.from(bytes).toString('base64'),
    ...(masked && { masked }),
  };
}

const clientIdOf = (event: PacketSeen): string | undefined => {
  const { packet } = frameOf(event);
  return packet?.type === 'CONNECT' ? packet.clientId : undefined;
};

test('a client id of asterisks is one', () => {
  expect(clientIdOf(seen('c1'))).toBe('********');
});

test('a masked client id is nobody else’s', () => {
  // Fixed header, protocol name, level, flags, keep alive and the length of the client id: 14 bytes.
  expect(clientIdOf(seen('c1', [[14, 8]]))).toBe('(masked, of c1)');
  expect(clientIdOf(seen('c2', [[14, 8]]))).toBe('(masked, of c2)');
});

test('a masked password leaves the client id alone', () => {
  expect(clientIdOf(seen('c1', [[22, 4]]))).toBe('********');
});
