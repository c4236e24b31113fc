// Small faults that are often wanted at once, e.g. at the press of a key: on the next packet of a type, one time.
import type { PacketType } from '../wire/packet.ts';
import type { Direction, PacketAction, PacketFault } from './packet-fault.ts';

/** Drops the next packet of this type. */
export function dropNext(type: PacketType, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'drop' }, direction);
}

/** Holds the next packet of this type, and what follows it in its direction. */
export function holdNext(type: PacketType, holdMs: number, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'hold', holdMs }, direction);
}

/** Sends the next packet of this type twice. */
export function duplicateNext(type: PacketType, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'duplicate', delayMs: 0 }, direction);
}

/** Resets both sides of the next connection that sends a packet of this type, which is lost. */
export function resetAtNext(type: PacketType, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'rst', side: 'both' }, direction);
}

/** From the next packet of this type on its direction of its connection is dead. */
export function halfOpenAtNext(type: PacketType, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'half-open' }, direction);
}

/** Both directions of the next connection that sends a packet of this type stand still for so long. */
export function blackHoleAtNext(type: PacketType, forMs: number, id: string, direction?: Direction): PacketFault {
  return onNext(type, id, { do: 'black-hole', forMs }, direction);
}

function onNext(type: PacketType, id: string, action: PacketAction, direction: Direction | undefined): PacketFault {
  return { id, when: { type, ...(direction && { direction }) }, action, times: 1 };
}
