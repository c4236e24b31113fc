// What a fault did, in words: the history and the reports say of what kind it was, so that nobody takes it for the broker's.
import type { Packet } from '../wire/packet.ts';
import type { PacketAction } from './packet-fault.ts';

/**
 * What an action leaves of the stream.
 *
 * - `packets`: a valid run of packets, only not the one that was sent: what an application at fault would send.
 * - `damaged`: bytes that are no packet, or another one than was meant; what follows may not be told apart any more.
 * - `silent`: what was sent until then, and no more, or no more for a while.
 * - `ended`: what was sent until then, and a close that neither party made.
 */
export type StreamAfter = 'packets' | 'damaged' | 'silent' | 'ended';

const left = {
  drop: 'packets',
  hold: 'packets',
  duplicate: 'packets',
  rewrite: 'packets',
  mend: 'packets',
  swap: 'packets',
  inject: 'packets',
  corrupt: 'damaged',
  truncate: 'damaged',
  'half-open': 'silent',
  'black-hole': 'silent',
  'keep-open': 'silent',
  rst: 'ended',
  fin: 'ended',
} as const satisfies Readonly<Record<PacketAction['do'], StreamAfter>>;

const kinds: Readonly<Record<StreamAfter, string>> = {
  packets: 'application-level fault',
  damaged: 'damaging fault',
  silent: 'silencing fault',
  ended: 'ending fault',
};

/** What is left of the stream behind this action. */
export function streamAfter(action: PacketAction['do']): StreamAfter {
  return left[action];
}

/** How reports call faults that leave this. */
export function faultKind(after: StreamAfter): string {
  return kinds[after];
}

/** What the fault did, e.g. `application-level fault: dropped PUBREC 5`; `detail` is what only the bytes tell. */
export function didText(action: PacketAction, packet: string, detail = ''): string {
  return `${kinds[left[action.do]]}: ${deedText(action, packet)}${detail === '' ? '' : ` (${detail})`}`;
}

/** The packet as such a line names it. */
export function packetText(packet: Packet | undefined): string {
  if (packet === undefined) return 'a packet that cannot be read';
  return 'packetId' in packet ? `${packet.type} ${packet.packetId}` : packet.type;
}

function deedText(action: PacketAction, packet: string): string {
  switch (action.do) {
    case 'drop':
      return `dropped ${packet}`;
    case 'hold':
      return `held ${packet} for ${action.holdMs} ms`;
    case 'duplicate':
      return `sent ${packet} again ${action.delayMs === 0 ? 'right behind it' : `after ${action.delayMs} ms`}`;
    case 'rewrite':
      return `rewrote ${packet}`;
    case 'mend':
      return `mended ${packet}`;
    case 'swap':
      return `let others go before ${packet}`;
    case 'inject':
      return `sent ${action.packet.type} of its own to the ${action.toward} at ${packet}`;
    case 'corrupt':
      return `corrupted ${packet}`;
    case 'truncate':
      return `truncated ${packet}`;
    case 'half-open':
      return `half-open from ${packet} on`;
    case 'black-hole':
      return `black hole from ${packet} on${action.forMs === undefined ? '' : ` for ${action.forMs} ms`}`;
    case 'keep-open':
      return `keeps closes from the client from ${packet} on`;
    case 'rst':
    case 'fin':
      return `${action.do.toUpperCase()} to ${action.side === 'both' ? 'both sides' : `the ${action.side}`} instead of ${packet}`;
  }
}
