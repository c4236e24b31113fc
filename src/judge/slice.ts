// One check's slice of the history, as its own judge asks it: its connections as the server saw them, and its marks.
import { FieldbenchError } from '../error.ts';
import { frameOf } from '../history/packet-of.ts';
import type {
  CheckPhase,
  ConnectionEnded,
  ConnectionId,
  ConnectionOpened,
  Direction,
  HistoryEvent,
  Marked,
  Tainted,
  Vantage,
} from '../history/event.ts';
import type { Frame } from '../wire/frame.ts';
import type { Packet, PacketOf, PacketType } from '../wire/packet.ts';
import { PlacedMarks } from './placed-marks.ts';
import { isNearest } from './views.ts';

/** Anything that stands at one place of the journal. */
interface Point {
  readonly seq: number;
  readonly tMs: number;
}

/** A packet of the slice. `packet` is absent for bytes that are none. */
export interface SlicePacket<P extends Packet = Packet> extends Point {
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly frame: Frame;
  readonly packet?: P;
  /** Bytes of its payload that the journal left out. */
  readonly omittedB?: number;
  /** Of a PUBLISH whose payload the journal cut: the hash of the whole payload, see `payloadHash`. */
  readonly payloadHash?: string;
}

/** A packet of the slice that could be read as one of type `T`. */
type Sighting<T extends PacketType> = SlicePacket<PacketOf<T>> & { readonly packet: PacketOf<T> };

/** One connection of the check, at the tap nearest to the server. */
export interface SliceConnection {
  readonly id: ConnectionId;
  /** The name that the check gave its client. */
  readonly client: string;
  readonly opened: Point;
  /** How it ended, behind a DISCONNECT by the client; absent while it was open at the end of the journal. */
  readonly ended?: ConnectionEnded;
  readonly taints: readonly Tainted[];
  /** False when a tap lost something or a cap was reached: absence proves nothing. */
  readonly complete: boolean;
  /** Packets of both directions, in order. */
  readonly packets: readonly SlicePacket[];
  /** Packets of one type that the client sent, in order. */
  sent<T extends PacketType>(type: T, where?: (packet: PacketOf<T>) => boolean): readonly Sighting<T>[];
  /** Packets of one type that the server sent, in order. */
  received<T extends PacketType>(type: T, where?: (packet: PacketOf<T>) => boolean): readonly Sighting<T>[];
  /** The same connection with only what came after a point. */
  after(point: Point): SliceConnection;
}

/** All that one check on one target left in the journal. */
export interface Slice {
  readonly check: string;
  readonly target: string;
  readonly phases: readonly CheckPhase[];
  readonly marks: readonly Marked[];
  /** Connections in the order in which they were opened. */
  readonly connections: readonly SliceConnection[];
  /** Packets of all connections, in order. */
  readonly packets: readonly SlicePacket[];
  /**
   * The latest connection of the client with this name.
   * @throws FieldbenchError `FB_SLICE_CLIENT` when the check opened none: its judge is then inconclusive.
   */
  client(name: string): SliceConnection;
  /** Every connection of the client with this name. */
  connectionsOf(name: string): readonly SliceConnection[];
  /**
   * The latest mark with this name. One that a client set stands where the server's end saw what that client sent next:
   * half a step before it, or behind everything when it never came there.
   * @throws FieldbenchError `FB_SLICE_MARK` when the check set none.
   */
  mark(name: string): Marked;
  /** The same slice with only the packets and marks after a point; connections stay, opened or not. */
  after(point: Point): Slice;
}

/** Cuts a journal into the slices of its checks while it streams past. */
export interface Slicer {
  step(event: HistoryEvent): void;
  /** What the check left so far. */
  slice(check: string, target: string): Slice;
}

interface Track {
  readonly opened: ConnectionOpened;
  readonly packets: SlicePacket[];
  readonly taints: Tainted[];
  ended?: ConnectionEnded;
  complete: boolean;
}

interface Gathered {
  readonly phases: CheckPhase[];
  readonly marks: Marked[];
  readonly tracks: Track[];
}

/** A slicer at the beginning of a journal. */
export function createSlicer(): Slicer {
  const checks = new Map<string, Gathered>();
  const tracks = new Map<ConnectionId, Track>();
  const owners = new Map<ConnectionId, Gathered>();
  const marks = new PlacedMarks();
  const seenFrom = (connection = ''): Vantage | undefined => tracks.get(connection)?.opened.seenAt;
  const gathered = (check: string, target: string): Gathered => {
    const key = `${target}\n${check}`;
    const known = checks.get(key) ?? { phases: [], marks: [], tracks: [] };
    checks.set(key, known);
    return known;
  };
  const open = (event: ConnectionOpened): void => {
    if (event.check === undefined || tracks.has(event.connection)) return;
    owners.set(event.connection, gathered(event.check, event.target ?? event.server));
    if (!isNearest('server', event.seenAt, event.link !== undefined)) return;
    const track: Track = { opened: event, packets: [], taints: [], complete: true };
    tracks.set(event.connection, track);
    owners.get(event.connection)?.tracks.push(track);
  };
  // A mark names its check but no target: it goes to every target that plays the check, unless a connection decides.
  const mark = (event: Marked): void => {
    const own = event.connection === undefined ? undefined : owners.get(event.connection);
    if (own !== undefined) own.marks.push(marks.place(event, seenFrom(event.connection)));
    else for (const [key, it] of checks) if (key.endsWith(`\n${event.check}`)) it.marks.push(event);
  };
  return {
    step(event) {
      if (event.kind === 'opened') open(event);
      else if (event.kind === 'check') gathered(event.check, event.target).phases.push(event);
      else if (event.kind === 'mark') mark(event);
      else {
        if (event.kind === 'packet' && seenFrom(event.connection) === event.seenAt) marks.arrive(event);
        noteOnTrack(tracks, event);
      }
    },
    slice: (check, target) => sliceOf(check, target, gathered(check, target), undefined),
  };
}

/** Cuts the slice of one check out of a whole journal. */
export function cutSlice(events: Iterable<HistoryEvent>, check: string, target: string): Slice {
  const slicer = createSlicer();
  for (const event of events) slicer.step(event);
  return slicer.slice(check, target);
}

function noteOnTrack(tracks: ReadonlyMap<ConnectionId, Track>, event: HistoryEvent): void {
  if (event.kind === 'gap' || event.kind === 'truncated') {
    for (const [id, it] of tracks) if (event.connection === undefined || event.connection === id) it.complete = false;
    return;
  }
  if (event.kind !== 'packet' && event.kind !== 'ended' && event.kind !== 'taint') return;
  const track = tracks.get(event.connection);
  if (track === undefined) return;
  if (event.kind === 'taint') track.taints.push(event);
  else if (event.seenAt !== track.opened.seenAt) return;
  else if (event.kind === 'ended') track.ended ??= endOf(track, event);
  else {
    const frame = frameOf(event);
    const { seq, tMs, connection, direction, omittedB, payloadHash } = event;
    track.packets.push({
      seq,
      tMs,
      connection,
      direction,
      frame,
      ...(frame.packet === undefined ? {} : { packet: frame.packet }),
      ...(omittedB === undefined ? {} : { omittedB }),
      ...(payloadHash === undefined ? {} : { payloadHash }),
    });
  }
}

/**
 * A client ends its connection by DISCONNECT. Over a link the server hears of that before it sees the client's FIN, and
 * may be the first to close: that close is no choice of its own.
 */
function endOf({ packets }: Track, event: ConnectionEnded): ConnectionEnded {
  const isAsked = packets.some(({ packet, frame }) => packet?.type === 'DISCONNECT' && frame.deviations.length === 0);
  return isAsked && event.by === 'server' ? { ...event, by: 'client' } : event;
}

function connectionOf(track: Track, from: Point | undefined): SliceConnection {
  const packets = from === undefined ? track.packets : track.packets.filter((it) => it.seq > from.seq);
  const pick = <T extends PacketType>(direction: Direction, type: T, where?: (packet: PacketOf<T>) => boolean) =>
    packets.filter(
      (it): it is Sighting<T> =>
        it.direction === direction &&
        it.packet?.type === type &&
        (where === undefined || where(it.packet as PacketOf<T>)),
    );
  return {
    id: track.opened.connection,
    client: track.opened.client,
    opened: track.opened,
    ...(track.ended === undefined ? {} : { ended: track.ended }),
    taints: track.taints,
    complete: track.complete,
    packets,
    sent: (type, where) => pick('toServer', type, where),
    received: (type, where) => pick('toClient', type, where),
    after: (point) => connectionOf(track, later(from, point)),
  };
}

function sliceOf(check: string, target: string, all: Gathered, from: Point | undefined): Slice {
  const connections = all.tracks.map((it) => connectionOf(it, from));
  const marks = from === undefined ? all.marks : all.marks.filter((it) => it.seq > from.seq);
  const connectionsOf = (name: string): readonly SliceConnection[] => connections.filter((it) => it.client === name);
  return {
    check,
    target,
    phases: all.phases,
    marks,
    connections,
    packets: connections.flatMap((it) => it.packets).toSorted((a, b) => a.seq - b.seq),
    connectionsOf,
    client: (name) => connectionsOf(name).at(-1) ?? missing('FB_SLICE_CLIENT', `a connection of client ${name}`, check),
    mark: (name) => marks.findLast((it) => it.name === name) ?? missing('FB_SLICE_MARK', `a mark ${name}`, check),
    after: (point) => sliceOf(check, target, all, later(from, point)),
  };
}

function later(a: Point | undefined, b: Point): Point {
  return a !== undefined && a.seq > b.seq ? a : b;
}

function missing(code: string, what: string, check: string): never {
  throw new FieldbenchError({
    code,
    message: `the history of check ${check} lacks ${what}`,
    expected: what,
    actual: 'none in its slice',
    hint: 'the check was aborted before, or names it differently',
  });
}
