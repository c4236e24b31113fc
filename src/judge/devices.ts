// Who a client on the tap is: nobody told the bench, so its own CONNECT does.
import { createHash } from 'node:crypto';
import type { Connect } from '../wire/packet.ts';

/** Devices that are told apart; those that come later share a name, so that a swarm of random ids has an end. */
const toldApart = 10_000;
/** Longer client ids are shown by their beginning and a hash. */
const shownCharacters = 64;

/** Name of whoever has not said its client id, or leaves it to the server: all from one address together. */
export function namelessDevice(peer: string | undefined): string {
  return peer === undefined ? 'devices without a client id' : `devices without a client id at ${peer}`;
}

/** Names the devices of a run by their client ids, the same for the same history. No part of a bench has such a name. */
export class DeviceNames {
  readonly #known = new Set<string>();

  nameOf({ clientId }: Pick<Connect, 'clientId'>, peer: string | undefined): string {
    if (clientId === '') return namelessDevice(peer);
    const name = `device '${shown(clientId)}'`;
    if (this.#known.has(name)) return name;
    if (this.#known.size >= toldApart) return `devices beyond the first ${toldApart}`;
    this.#known.add(name);
    return name;
  }
}

function shown(clientId: string): string {
  if (clientId.length <= shownCharacters) return clientId;
  const hash = createHash('sha256').update(clientId).digest('hex').slice(0, 8);
  return `${clientId.slice(0, shownCharacters)}…${hash}`;
}
