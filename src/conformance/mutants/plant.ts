// The words in which mutants are written: who sends what, and what a broken broker makes of it.
import type { PacketAction, PacketFault, PacketMatch, PacketRewrite } from '../../faults/packet-fault.ts';
import type { StatementId } from '../../spec/statement.ts';
import type { PacketType } from '../../wire/packet.ts';
import type { Mutant } from '../mutant.ts';

/** One planted bug: what it waits for, and what it does then, in this order. */
export type Bug = readonly [when: PacketMatch, ...actions: PacketAction[]];

/** A mutant whose faults are named after it. */
export function mutant(id: string, statement: StatementId, summary: string, ...bugs: readonly Bug[]): Mutant {
  return { id, statement, summary, faults: faultsOf(id, bugs) };
}

/** The faults that bugs are made of, named after what has them. */
export function faultsOf(id: string, bugs: readonly Bug[]): readonly PacketFault[] {
  const plays = bugs.flatMap(([when, ...actions]) => actions.map((action) => ({ when, action })));
  return plays.map((play, i) => ({ id: plays.length === 1 ? id : `${id}-${i}`, ...play }));
}

type Place = Omit<PacketMatch, 'direction' | 'type'>;

/** A packet from a client, before the broker sees it. */
export function fromClient(type: PacketType | readonly PacketType[], more: Place = {}): PacketMatch {
  return { type, direction: 'toServer', ...more };
}

/** A packet from the broker, before the client sees it. */
export function fromBroker(type: PacketType | readonly PacketType[], more: Place = {}): PacketMatch {
  return { type, direction: 'toClient', ...more };
}

export const drop: PacketAction = { do: 'drop' };
export const mend: PacketAction = { do: 'mend' };
export const keepOpen: PacketAction = { do: 'keep-open' };
export const rewrite = (set: PacketRewrite): PacketAction => ({ do: 'rewrite', set });

/** An answer of the mutant's own to the client, or to the broker in the client's name. */
export function answer(
  type: PacketType,
  toward: 'client' | 'server' = 'client',
  set: PacketRewrite = {},
): PacketAction {
  return { do: 'inject', toward, packet: { ...set, type } };
}

/** The same again, right behind it. */
export const again = (set: PacketRewrite = {}): PacketAction => ({ do: 'duplicate', delayMs: 0, set });

/** Deliveries at QoS 1 that the client never gets, and the broker believes delivered. */
export const loseAtQos1 = (more: Omit<Place, 'qos'> = {}): Bug => [
  fromBroker('PUBLISH', { qos: 1, ...more }),
  answer('PUBACK', 'server'),
  drop,
];
