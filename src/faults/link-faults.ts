// The packet faults of one link, and what all of its connections count together.
import { FieldbenchError } from '../error.ts';
import type { Connect, PacketType, Will } from '../wire/packet.ts';
import type { PacketFault } from './packet-fault.ts';

/** Shared by the players of a link's connections; faults may join while it runs. */
export class LinkFaults {
  readonly #faults: PacketFault[] = [];
  readonly #played = new Map<string, number>();
  readonly #connections = new Map<string, number>();
  readonly #wills = new Map<string, Will>();
  readonly #passed = new Map<string, Set<PacketType>>();

  /** @throws FieldbenchError `FB_FAULT_NAME` when two faults have one id. */
  constructor(faults: readonly PacketFault[] = []) {
    this.add(faults);
  }

  /**
   * From now on these are played too, behind those already there.
   * @throws FieldbenchError `FB_FAULT_NAME` when the id is taken.
   */
  add(faults: readonly PacketFault[]): void {
    for (const fault of faults) {
      if (this.#faults.some((it) => it.id === fault.id)) {
        throw new FieldbenchError({
          code: 'FB_FAULT_NAME',
          message: `two faults of one link are called "${fault.id}"`,
          hint: 'give each fault of a link an id of its own',
        });
      }
      this.#faults.push(fault);
    }
  }

  /** Faults that may still act, in the order of the list. */
  get armed(): readonly PacketFault[] {
    return this.#faults.filter((it) => (this.#played.get(it.id) ?? 0) < (it.times ?? Infinity));
  }

  /** Notes that a fault acted, for its `times`. */
  countPlay(fault: PacketFault): void {
    this.#played.set(fault.id, (this.#played.get(fault.id) ?? 0) + 1);
  }

  /** Notes a connection of this client id; gives its ordinal, from 1. */
  countConnection(clientId: string): number {
    const nth = (this.#connections.get(clientId) ?? 0) + 1;
    this.#connections.set(clientId, nth);
    return nth;
  }

  /** Notes that a packet of this type has passed on a connection of this client id. */
  notePassed(clientId: string, type: PacketType): void {
    const types = this.#passed.get(clientId);
    if (types) types.add(type);
    else this.#passed.set(clientId, new Set([type]));
  }

  /** Whether one has. */
  hasPassed(clientId: string | undefined, type: PacketType): boolean {
    return clientId !== undefined && (this.#passed.get(clientId)?.has(type) ?? false);
  }

  /** Keeps the will of a CONNECT, where it has one, for later connections of its client id. */
  keepWill({ clientId, will }: Connect): void {
    if (will) this.#wills.set(clientId, will);
  }

  /** The last will that a connection of this client id had. */
  earlierWill(clientId: string): Will | undefined {
    return this.#wills.get(clientId);
  }
}
