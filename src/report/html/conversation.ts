// What was said on the connections of one check with one target, in order: both taps' sights of a packet are one step.
import type { ConnectionId, ConnectionOpened, HistoryEvent, PacketSeen, Vantage } from '../../history/event.ts';
import { describeDeed } from '../describe-event.ts';

/** One connection of a conversation. */
export interface Lane {
  readonly connection: ConnectionId;
  readonly client: string;
  readonly server: string;
  readonly link?: string;
}

/** A packet, or something else that happened, as it crosses a sequence diagram. */
export interface Step {
  readonly connection: ConnectionId;
  readonly way: 'toServer' | 'toClient' | 'note';
  /** Run clock at the client's end and at the server's; without a link both are the same; absent where no tap saw it. */
  readonly clientMs?: number;
  readonly serverMs?: number;
  readonly text: string;
  readonly packet?: PacketSeen;
  /** `seq` of the events behind it. */
  readonly seqs: readonly number[];
}

/** Everything that one check said to one target. */
export interface Conversation {
  readonly target: string;
  readonly check: string;
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
}

/** Every connection of a history by its id. */
export function lanesOf(events: Iterable<HistoryEvent>): ReadonlyMap<ConnectionId, Lane> {
  const lanes = new Map<ConnectionId, Lane>();
  for (const it of events) if (it.kind === 'opened' && !lanes.has(it.connection)) lanes.set(it.connection, laneOf(it));
  return lanes;
}

function laneOf({ connection, client, server, link }: ConnectionOpened): Lane {
  return { connection, client, server, ...(link !== undefined && { link }) };
}

/** The conversations of every check; connections that belong to none are left out. */
export function conversationsOf(events: Iterable<HistoryEvent>): readonly Conversation[] {
  const ofCheck = new Map<string, HistoryEvent[]>();
  const ofConnection = new Map<ConnectionId, HistoryEvent[]>();
  for (const event of events) {
    if (!('connection' in event) || event.connection === undefined) continue;
    if (event.kind === 'opened' && event.check !== undefined) {
      const key = `${event.target ?? event.server}\n${event.check}`;
      const own = ofCheck.get(key) ?? [];
      ofCheck.set(key, own);
      ofConnection.set(event.connection, own);
    }
    ofConnection.get(event.connection)?.push(event);
  }
  return [...ofCheck].map(([key, own]) => {
    const [target = '', check = ''] = key.split('\n');
    return { target, check, lanes: [...lanesOf(own).values()], steps: stepsOf(own) };
  });
}

/** Events of connections as steps, in the order in which they were first seen. */
export function stepsOf(events: Iterable<HistoryEvent>): readonly Step[] {
  const steps: Step[] = [];
  const halves = new Map<string, number>();
  for (const event of events) {
    if (!('connection' in event) || event.connection === undefined) continue;
    if (event.kind !== 'packet') {
      steps.push(noteOf(event, event.connection));
      continue;
    }
    const key = `${event.connection} ${event.direction} ${event.offset}`;
    const half = halves.get(key);
    const known = half === undefined ? undefined : steps[half];
    if (half === undefined || known === undefined) {
      halves.set(key, steps.length);
      steps.push(packetStep(event));
    } else {
      steps[half] = { ...known, ...timesOf(event.seenAt, event.tMs), seqs: [...known.seqs, event.seq] };
    }
  }
  return steps;
}

function packetStep(event: PacketSeen): Step {
  return {
    connection: event.connection,
    way: event.direction,
    ...timesOf(event.seenAt, event.tMs),
    text: describeDeed(event),
    packet: event,
    seqs: [event.seq],
  };
}

function timesOf(seenAt: Vantage, tMs: number): Pick<Step, 'clientMs' | 'serverMs'> {
  if (seenAt === 'clientEnd') return { clientMs: tMs };
  return seenAt === 'serverEnd' ? { serverMs: tMs } : { clientMs: tMs, serverMs: tMs };
}

const ends: Readonly<Record<Vantage, string>> = {
  clientEnd: ", at the client's end",
  serverEnd: ", at the server's end",
  wire: '',
};

function noteOf(event: HistoryEvent, connection: ConnectionId): Step {
  const seenAt = 'seenAt' in event ? event.seenAt : 'wire';
  const deed = event.kind === 'opened' ? 'opened' : describeDeed(event);
  return { connection, way: 'note', ...timesOf(seenAt, event.tMs), text: `${deed}${ends[seenAt]}`, seqs: [event.seq] };
}
