// Who stands where: parts and the links between them, with their state at one moment and what they had carried by then.
import type { HistoryEvent, PartChanged } from '../../history/event.ts';
import { hasEnded } from '../../history/part-state.ts';
import { frameOf } from '../../history/packet-of.ts';
import { Connections } from './connections.ts';
import { sizeOf } from './link-bytes.ts';
import { endOf, isEndOfPlay } from './time-axis.ts';
import { linkName } from './windows.ts';

/** One box: a part, or a whole population of alike ones. */
export interface TopologyBox {
  readonly name: string;
  readonly members: readonly string[];
  /** How many are in which state, e.g. `online` 28, `offline` 2. */
  readonly states: ReadonlyMap<string, number>;
  /** Where it belongs: what publishes stands left of the brokers, what only subscribes right of them. */
  readonly side: 'left' | 'broker' | 'right';
}

/** A line between a box and a broker. */
export interface TopologyLine {
  readonly from: string;
  readonly to: string;
  /** Without the part behind it; absent where there is no link. */
  readonly link?: string;
  /** How many of its links are in which state; empty without a link. */
  readonly states: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly messages: number;
}

/** The whole bench at one moment. */
export interface Topology {
  readonly boxes: readonly TopologyBox[];
  readonly lines: readonly TopologyLine[];
}

/** So many parts of one name with numbers are a population. */
const fewest = 3;

/** What stands there at `atMs`. */
export function topologyOf(events: readonly HistoryEvent[], atMs: number): Topology {
  const bench = new Bench();
  for (const event of events) bench.step(event, event.tMs <= atMs);
  return bench.topology();
}

interface Edge {
  readonly client: string;
  readonly server: string;
  readonly link: string | undefined;
  bytes: number;
  messages: number;
}

class Bench {
  /** All that there is in the run, and what was so at the moment. */
  readonly #connections = new Connections();
  readonly #then = new Connections();
  readonly #roles = new Map<string, string>();
  readonly #states = new Map<string, PartChanged['state']>();
  readonly #links = new Map<string, string>();
  readonly #publishers = new Set<string>();
  readonly #edges = new Map<string, Edge>();

  step(event: HistoryEvent, isBefore: boolean): void {
    this.#connections.step(event);
    if (isBefore) this.#then.step(event);
    if (event.kind === 'part' && event.role !== 'link') {
      this.#roles.set(event.part, event.role);
      if (isBefore) this.#states.set(event.part, event.state);
    } else if (event.kind === 'opened') {
      this.#edge(event.connection);
    } else if (event.kind === 'intent') {
      this.#publishers.add(event.part);
    } else if (event.kind === 'link' && isBefore) {
      this.#links.set(event.link, event.state);
    } else if (event.kind === 'packet' && event.seenAt !== 'serverEnd') {
      const edge = this.#edge(event.connection);
      const isMessage = frameOf(event).packet?.type === 'PUBLISH';
      if (isMessage && event.direction === 'toServer' && edge) this.#publishers.add(edge.client);
      if (!isBefore || edge === undefined) return;
      edge.bytes += sizeOf(event);
      if (isMessage) edge.messages++;
    }
  }

  topology(): Topology {
    const brokers = new Set([...this.#edges.values()].map((it) => it.server));
    for (const [part, role] of this.#roles) if (role === 'broker') brokers.add(part);
    const clients = [...new Set([...this.#connections.clients, ...this.#roles.keys()])].filter(
      (it) => !brokers.has(it),
    );
    const names = this.#populations(clients);
    const boxOf = (part: string): string => names.get(part) ?? part;
    const boxes = Map.groupBy([...clients, ...brokers], boxOf);
    const lines = Map.groupBy(this.#edges.values(), ({ client, server, link }) =>
      [boxOf(client), server, link === undefined ? '' : linkName(link)].join('\n'),
    );
    return {
      boxes: [...boxes].map(([name, members]) => this.#box(name, members, brokers)),
      lines: [...lines.values()].map((edges) => this.#line(edges, boxOf)),
    };
  }

  #edge(connection: string): Edge | undefined {
    const opened = this.#connections.of(connection);
    if (opened === undefined) return undefined;
    const { client, server, link } = opened;
    const key = [client, server, link ?? ''].join('\n');
    const edge = this.#edges.get(key) ?? { client, server, link, bytes: 0, messages: 0 };
    this.#edges.set(key, edge);
    return edge;
  }

  /** Of alike parts (same name but for the number, same way to the same brokers) the name that they share. */
  #populations(clients: readonly string[]): ReadonlyMap<string, string> {
    const numbered = clients.filter((it) => /-\d+$/.test(it));
    const groups = Map.groupBy(numbered, (it) =>
      [it.replace(/-\d+$/, ''), this.#sideOf(it), ...this.#waysOf(it)].join('\n'),
    );
    const many = [...groups.values()].filter((it) => it.length >= fewest);
    return new Map(many.flatMap((group) => group.map((it) => [it, populationName(group)] as const)));
  }

  #waysOf(client: string): readonly string[] {
    const own = [...this.#edges.values()].filter((it) => it.client === client);
    return [...new Set(own.map((it) => `${it.server} ${linkName(it.link ?? '')}`))].toSorted();
  }

  #sideOf(part: string): 'left' | 'right' {
    const hasWay = [...this.#edges.values()].some((it) => it.client === part);
    return hasWay && !this.#publishers.has(part) ? 'right' : 'left';
  }

  #box(name: string, members: readonly string[], brokers: ReadonlySet<string>): TopologyBox {
    const [first = name] = members;
    const side = brokers.has(first) ? 'broker' : this.#sideOf(first);
    return { name, members, side, states: counted(members.map((it) => this.#stateOf(it, brokers.has(it)))) };
  }

  /** A client is what its connection is, unless somebody did something to it; others are what was said of them. */
  #stateOf(part: string, isBroker: boolean): string {
    const said = this.#states.get(part);
    if (isBroker || !this.#connections.clients.has(part)) return said ?? 'not started';
    if (said === undefined && !this.#then.clients.has(part)) return 'not started';
    if (said !== undefined && (hasEnded(said) || said === 'paused')) return said;
    return this.#then.isOnline(part) ? 'online' : 'offline';
  }

  #line(edges: readonly Edge[], boxOf: (part: string) => string): TopologyLine {
    const [first = { client: '', server: '', link: undefined }] = edges;
    const links = edges.flatMap(({ link }) => link ?? []);
    return {
      from: boxOf(first.client),
      to: first.server,
      ...(first.link !== undefined && { link: linkName(first.link) }),
      states: counted(links.map((it) => this.#links.get(it) ?? 'up')),
      bytes: edges.reduce((sum, it) => sum + it.bytes, 0),
      messages: edges.reduce((sum, it) => sum + it.messages, 0),
    };
  }
}

/** e.g. `pump-1 … pump-30`. */
function populationName(members: readonly string[]): string {
  const ordered = members.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return `${ordered[0] ?? ''} … ${ordered.at(-1) ?? ''}`;
}

function counted(states: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const it of states) counts.set(it, (counts.get(it) ?? 0) + 1);
  return counts;
}

/** When the timeline was over. */
export function endOfPlay(events: readonly HistoryEvent[]): number {
  return events.findLast(isEndOfPlay)?.tMs ?? endOf(events);
}
