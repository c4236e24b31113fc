// Packet identifiers: one space for PUBLISH, SUBSCRIBE and UNSUBSCRIBE, no id in two live exchanges.

const HIGHEST_ID = 0xffff;

/** The ids of one client. Nearly always none or one is live, and then no set is needed. */
export interface PacketIds {
  lastId: number;
  /** The live ids; a number is the only one, 0 none. */
  liveIds: number | Set<number>;
}

/**
 * Takes the next free id, round robin, so that an id rests as long as possible after its exchange.
 * @returns an id from 1 to 65535, or undefined when every id is in use.
 */
export function takeId(ids: PacketIds): number | undefined {
  const live = ids.liveIds;
  if (typeof live !== 'number') return takeBeside(ids, live);
  let id = after(ids.lastId);
  if (id === live) id = after(id); // MQTT-2.3.1-2: not one in use
  ids.liveIds = live === 0 ? id : new Set([live, id]);
  ids.lastId = id;
  return id;
}

function takeBeside(ids: PacketIds, live: Set<number>): number | undefined {
  if (live.size >= HIGHEST_ID) return undefined;
  let id = ids.lastId;
  do {
    id = after(id);
  } while (live.has(id)); // MQTT-2.3.1-2: not one in use
  live.add(id);
  ids.lastId = id;
  return id;
}

/** MQTT-2.3.1-1: never 0. */
const after = (id: number): number => (id === HIGHEST_ID ? 1 : id + 1);

/** Gives an id back; only after its final acknowledgement, or with the session that owned it (MQTT-2.3.1-3). */
export function freeId(ids: PacketIds, id: number): void {
  const live = ids.liveIds;
  if (typeof live === 'number') {
    if (live === id) ids.liveIds = 0;
    return;
  }
  live.delete(id);
  if (live.size === 0) ids.liveIds = 0;
}

/** The live ids, in no order. */
export function liveIdsOf({ liveIds }: PacketIds): readonly number[] {
  if (typeof liveIds !== 'number') return [...liveIds];
  return liveIds === 0 ? [] : [liveIds];
}
