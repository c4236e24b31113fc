// Whose packet an event is, seen from the party under judgement, so that one rule can judge either party.
import type { Role } from '../../../spec/statement.ts';
import type { Packet } from '../../../wire/packet.ts';
import type { ConnectionView, RuleEvent } from '../../rule.ts';

/** A readable packet with its place in the journal. */
export interface Heard {
  readonly by: 'party' | 'peer';
  readonly packet: Packet;
  readonly seq: number;
  readonly tMs: number;
  readonly view: ConnectionView;
}

/** The packet in an event and who sent it; `undefined` for any other event and for bytes that are no packet. */
export function heard(judges: Role, event: RuleEvent): Heard | undefined {
  if (event.kind !== 'packet' || event.seen.packet === undefined) return undefined;
  const fromServer = event.seen.direction === 'toClient';
  return {
    by: fromServer === (judges === 'server') ? 'party' : 'peer',
    packet: event.seen.packet,
    seq: event.seq,
    tMs: event.tMs,
    view: event.seen.connection,
  };
}

/** Id of a rule that exists for both parties: the plain name judges servers. */
export function ruleId(judges: Role, name: string): string {
  return judges === 'server' ? name : `client-${name}`;
}

/** Whether what an earlier connection left may go on here: ids that this connection never saw may then be right. */
export function mayResume(view: ConnectionView): boolean {
  return view.connect?.cleanSession !== true;
}
