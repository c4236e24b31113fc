// What is in flight, by packet id and in order: a list, because it is short, and answers come in its order (MQTT-4.6.0-2).

/** Something that holds a packet id. */
export interface Held {
  readonly packetId: number;
}

/** In the order in which they were put in; none: nothing is kept at all. */
export type InFlight<T extends Held> = T[] | undefined;

/** How many there are. */
export const inFlightCount = (list: InFlight<Held>): number => (list === undefined ? 0 : list.length);

/** The one with this packet id. */
export function heldBy<T extends Held>(list: InFlight<T>, packetId: number): T | undefined {
  if (list === undefined) return undefined;
  for (const it of list) if (it.packetId === packetId) return it;
  return undefined;
}

/** The list with one more at its end. */
export function withOneMore<T extends Held>(list: InFlight<T>, it: T): InFlight<T> {
  if (list === undefined) return [it];
  list.push(it);
  return list;
}

/** The list without the one with this packet id. */
export function withoutIt<T extends Held>(list: InFlight<T>, packetId: number): InFlight<T> {
  if (list === undefined) return undefined;
  const at = list[0]?.packetId === packetId ? 0 : list.findIndex((it) => it.packetId === packetId);
  if (at === -1) return list;
  if (list.length === 1) return undefined;
  if (at === 0) list.shift();
  else list.splice(at, 1);
  return list;
}
