// Packet identifiers: one space for PUBLISH, SUBSCRIBE and UNSUBSCRIBE, no id in two live exchanges.

const HIGHEST_ID = 0xffff;

/** The ids of one client. The set exists only once a first id was needed. */
export interface PacketIds {
  lastId: number;
  liveIds: Set<number> | undefined;
}

/**
 * Takes the next free id, round robin, so that an id rests as long as possible after its exchange.
 * @returns an id from 1 to 65535, or undefined when every id is in use.
 */
export function takeId(ids: PacketIds): number | undefined {
  const live = (ids.liveIds ??= new Set());
  if (live.size >= HIGHEST_ID) return undefined;
  let id = ids.lastId;
  do {
    id = id === HIGHEST_ID ? 1 : id + 1; // MQTT-2.3.1-1: never 0
  } while (live.has(id)); // MQTT-2.3.1-2: not one in use
  live.add(id);
  ids.lastId = id;
  return id;
}

/** Gives an id back; only after its final acknowledgement, or with the session that owned it (MQTT-2.3.1-3). */
export function freeId(ids: PacketIds, id: number): void {
  ids.liveIds?.delete(id);
}
