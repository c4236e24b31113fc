// One end of a relayed connection: its wire, its tap, and who is to be named when it closes.
import type { Direction } from '../history/event.ts';
import type { Ending, Tap } from './tap.ts';
import type { EndHow, Wire } from './wire.ts';

type Party = 'client' | 'server';

/** What an end is told by its party. */
export interface PartyListener {
  bytes(chunk: Uint8Array): void;
  ended(how: EndHow): void;
}

/** The relay's side of the wire to one party. */
export class RelayEnd {
  readonly party: Party;
  readonly wire: Wire;
  readonly #tap: Tap;
  readonly #inward: Direction;
  readonly #outward: Direction;
  #partyEnded: 'fin' | 'rst' | undefined;
  readonly #holds = new Set<'passage' | 'far end'>();

  constructor(party: Party, wire: Wire, tap: Tap) {
    this.party = party;
    this.wire = wire;
    this.#tap = tap;
    this.#inward = party === 'client' ? 'toServer' : 'toClient';
    this.#outward = party === 'client' ? 'toClient' : 'toServer';
    tap.opened();
    const seenAt = party === 'client' ? 'clientEnd' : 'serverEnd';
    wire.onMark?.((name, data) => tap.marked(name, { ...data, seenAt }));
    void wire.closed.then(() => this.#isClosed());
  }

  /** Begins to read. */
  listen(listener: PartyListener): void {
    this.wire.onPeerEnd((how, detail) => {
      this.#partyEnded = how === 'fin' ? 'fin' : 'rst';
      this.#tap.directionOver(this.#inward);
      this.#tap.ended({ by: this.party, how, ...(detail !== undefined && { detail }) });
      listener.ended(how);
    });
    this.wire.onBytes((chunk) => {
      this.#tap.bytes(this.#inward, chunk);
      listener.bytes(chunk);
    });
  }

  /** Sends to the party; while it is slow to take, nothing more is read from the `source` of the bytes. */
  send(chunk: Uint8Array, source: RelayEnd): void {
    if (!this.wire.isWritable) return;
    this.#tap.bytes(this.#outward, chunk);
    const sent = this.wire.send(chunk);
    if (!this.wire.isFull) return;
    source.hold('far end', true);
    void sent.then(() => source.hold('far end', this.wire.isFull));
  }

  /** The far end has its tap too, or never will. */
  bothEndsSeen(): void {
    this.#tap.bothEndsSeen();
  }

  hold(reason: 'passage' | 'far end', isHeld: boolean): void {
    const before = this.#holds.size > 0;
    if (isHeld) this.#holds.add(reason);
    else this.#holds.delete(reason);
    const after = this.#holds.size > 0;
    if (before !== after) this.wire.hold(after);
  }

  /** Closes towards the party, on behalf of the `far` end's party where that closed the same way before. */
  close(how: 'fin' | 'rst', far: RelayEnd, by?: Ending['by']): void {
    if (how === 'fin' && !this.wire.isWritable) return;
    this.closeFor({ by: by ?? (far.#partyEnded === how ? far.party : 'link'), how });
  }

  closeFor(ending: Ending): void {
    this.#tap.directionOver(this.#outward);
    this.#tap.ended(ending);
    if (ending.how === 'fin') this.wire.end();
    else this.wire.reset();
  }

  /** The run is over. */
  endByBench(): void {
    this.#tap.ended({ by: 'bench', how: 'fin' });
    void this.wire[Symbol.asyncDispose]();
  }

  #isClosed(): void {
    this.#tap.directionOver('toServer');
    this.#tap.directionOver('toClient');
    this.#tap.ended({ by: 'bench', how: 'error' });
  }
}
