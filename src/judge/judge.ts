// The judge: a pure reducer over the journal that hands every packet, decoded once, to each rule at the rule's vantage.
import { frameOf } from '../history/packet-of.ts';
import type {
  ConnectionEnded,
  ConnectionId,
  ConnectionOpened,
  HistoryEvent,
  PacketSeen,
  Tainted,
} from '../history/event.ts';
import { hasEnded } from '../history/part-state.ts';
import type { Role } from '../spec/statement.ts';
import type { Frame } from '../wire/frame.ts';
import type { Connect } from '../wire/packet.ts';
import type { Finding } from './finding.ts';
import type { Rule, RuleEvent, RuleParameters } from './rule.ts';
import { newShared, RuleRun } from './rule-run.ts';
import { Tally } from './tally.ts';
import { DeviceNames, namelessDevice } from './devices.ts';
import { UnderWay } from './under-way.ts';
import { LifeSigns } from './life-signs.ts';
import { RecordedFindings } from './recorded-findings.ts';
import { isNearest, newParty, peerOffends, watch } from './views.ts';
import type { Party, Waiting, Watched } from './views.ts';

/** Reads a journal event by event. Deterministic: the same events give the same findings. */
export interface Judge {
  /**
   * Takes the next event; gives the violations and remarks that it brought to light.
   * @param frame what a packet event says, where it is decoded already; what a rule keeps of it must stay as it is
   */
  step(event: HistoryEvent, frame?: Frame): readonly Finding[];
  /** The journal is over: judges what stayed open, and gives the counted passes too. */
  end(): readonly Finding[];
}

/** What a judge is made of. */
export interface JudgeSetup {
  readonly rules: readonly Rule[];
  readonly parameters: RuleParameters;
  /**
   * `parts` (default): clients are parts of the bench, known by the names that their connections carry. `devices`:
   * nobody knows them, as on a tap. Each connection is a party of its own, so that one device's packets are no sign of
   * life for another; it is judged as soon as it ends, and its verdicts are gathered under its client id.
   */
  readonly clients?: 'parts' | 'devices';
  /** Name under which verdicts on a client are gathered, where not its own: one for a population of thousands. */
  readonly gatheredUnder?: (event: ConnectionOpened) => string;
  /** Findings that are listed of each rule, statement, verdict, target and check; further ones are counted. */
  readonly listed?: number;
}

/** A judge that sees only some of the connections of each server, and is told how the server lives on the others. */
export interface ShardJudge extends Judge {
  /**
   * Nothing that came before `untilMs` is unknown any more.
   * @param signs when the server sent packets, on any connection, since the last time: at least the first and the last
   */
  told(server: string, signs: readonly number[], untilMs: number): readonly Finding[];
  /** Another process has a newer connection with the client id of this one. */
  takenOver(connection: ConnectionId): void;
}

type OtherEvent = Extract<RuleEvent, { kind: 'other' }>['event'];

const roles: readonly Role[] = ['server', 'client'];
/** Rules of ended connections that wait for a sign of life of their party; a mute one must not fill the memory. */
const mostWaiting = 20_000;

/** A judge at the beginning of a journal. */
export function createJudge(setup: JudgeSetup): Judge {
  return new JournalJudge(setup);
}

/** A judge of some of the connections to its servers. */
export function createShardJudge(setup: JudgeSetup): ShardJudge {
  return new JournalJudge(setup, true);
}

class JournalJudge implements ShardJudge {
  readonly #setup: JudgeSetup;
  readonly #tally: Tally;
  readonly #recorded = new RecordedFindings();
  readonly #parties = { server: new Map<string, Party>(), client: new Map<string, Party>() };
  readonly #watched = { server: new Map<ConnectionId, Watched>(), client: new Map<ConnectionId, Watched>() };
  /** Taints of what has been sent, and not been seen at this party's end of a link. */
  readonly #underWay = { server: new UnderWay<Tainted>(), client: new UnderWay<Tainted>() };
  /** Routing rules by server part. */
  readonly #routing = new Map<string, readonly RuleRun[]>();
  /** Latest connection of each client id, by server part. */
  readonly #clientIds = new Map<string, Map<string, Watched>>();
  readonly #devices: DeviceNames | undefined;
  /** What each server did on connections that are judged elsewhere; absent where all of them are judged here. */
  readonly #signs: Map<string, LifeSigns> | undefined;
  #nowMs = 0;

  constructor(setup: JudgeSetup, isShard = false) {
    this.#setup = setup;
    this.#tally = new Tally(setup.listed);
    this.#signs = isShard ? new Map() : undefined;
    this.#devices = setup.clients === 'devices' ? new DeviceNames() : undefined;
  }

  step(event: HistoryEvent, frame?: Frame): readonly Finding[] {
    // An excerpt is late, and its connection was judged where all of it was seen.
    if (this.#recorded.take(event, this.#tally)) return this.#tally.take();
    this.#nowMs = Math.max(this.#nowMs, event.tMs);
    if (event.kind === 'opened') this.#opened(event);
    else if (event.kind === 'packet') this.#packet(event, frame);
    else if (event.kind === 'ended') this.#ended(event);
    else if (event.kind === 'taint') this.#tainted(event);
    else this.#other(event);
    return this.#tally.take();
  }

  told(server: string, signs: readonly number[], untilMs: number): readonly Finding[] {
    const party = this.#party('server', server);
    const known = this.#signsOf(server);
    known.add(signs);
    party.previousPacketMs = Math.max(party.previousPacketMs, party.lastPacketMs);
    party.lastPacketMs = Math.max(party.lastPacketMs, known.lastMs);
    const { waiting } = party;
    const isRipe = ({ endMs }: Waiting): boolean => endMs < untilMs && known.lastMs > endMs;
    party.waiting = waiting.filter((it) => !isRipe(it));
    for (const it of waiting) if (isRipe(it)) this.#endOne(party, it);
    known.forgetBefore(party.waiting.reduce((least, { endMs }) => Math.min(least, endMs), untilMs));
    return this.#tally.take();
  }

  takenOver(connection: ConnectionId): void {
    for (const { view } of this.#bothEnds(connection)) view.takenOver = true;
  }

  #signsOf(server: string): LifeSigns {
    const known = this.#signs?.get(server) ?? new LifeSigns();
    this.#signs?.set(server, known);
    return known;
  }

  /** Of a server whose connections are not all here, what it did elsewhere up to then counts too. */
  #endOne(party: Party, { run, endMs }: Waiting): void {
    const signs = this.#signs?.get(party.name);
    if (signs === undefined) return run.end(endMs);
    const { lastPacketMs, previousPacketMs } = party;
    party.previousPacketMs = Math.max(previousPacketMs <= endMs ? previousPacketMs : -Infinity, signs.lastUntil(endMs));
    run.end(endMs);
    party.lastPacketMs = lastPacketMs;
    party.previousPacketMs = previousPacketMs;
  }

  end(): readonly Finding[] {
    const devices = this.#devices ? [...this.#watched.client.values()].map((it) => it.party) : [];
    for (const role of roles) {
      for (const party of this.#parties[role].values()) this.#settle(party, this.#nowMs);
    }
    for (const party of devices) this.#settle(party, this.#nowMs);
    for (const runs of this.#routing.values()) for (const run of runs) run.end(this.#nowMs);
    return this.#tally.end();
  }

  #opened(event: ConnectionOpened): void {
    const hasLink = event.link !== undefined;
    for (const role of roles) {
      if (!isNearest(role, event.seenAt, hasLink) || this.#watched[role].has(event.connection)) continue;
      const watched = watch(event, role, this.#partyOf(role, event));
      if (this.#isDevice(watched)) watched.view.client = watched.party.name;
      if (this.#setup.gatheredUnder) watched.view.gatheredUnder = this.#setup.gatheredUnder(event);
      watched.runs = this.#connectionRuns(watched);
      if (this.#signs && role === 'server') this.#signsOf(event.server);
      watched.party.open.add(watched);
      this.#watched[role].set(event.connection, watched);
      this.#ensureRouting(event);
      this.#hand(watched, { kind: 'opened', seq: event.seq, tMs: event.tMs, connection: watched.view, event });
    }
  }

  #packet(event: PacketSeen, decoded?: Frame): void {
    let frame = decoded;
    for (const role of roles) {
      const watched = this.#watched[role].get(event.connection);
      if (watched === undefined || watched.view.vantage !== event.seenAt || !watched.party.open.has(watched)) continue;
      frame ??= frameOf(event);
      for (const taint of this.#underWay[role].arriveWith(event)) this.#taintAt(watched, taint, event);
      if ((event.direction === 'toClient') === (role === 'server')) this.#alive(watched.party, event.tMs);
      else if (peerOffends(watched, frame)) this.#taint(watched, event.tMs);
      this.#note(watched, event, frame);
      const { packet } = frame;
      const seen = {
        event,
        frame,
        ...(packet === undefined ? {} : { packet }),
        direction: event.direction,
        connection: watched.view,
      };
      this.#hand(watched, { kind: 'packet', seq: event.seq, tMs: event.tMs, seen });
    }
  }

  #ended(event: ConnectionEnded): void {
    for (const role of roles) {
      const watched = this.#watched[role].get(event.connection);
      if (watched === undefined || watched.view.vantage !== event.seenAt || !watched.party.open.has(watched)) continue;
      // Of an illegal packet that is not whole no tap tells before the connection is over.
      for (const taint of this.#underWay[role].rest(event.connection)) this.#taintAt(watched, taint, event);
      this.#hand(watched, { kind: 'ended', seq: event.seq, tMs: event.tMs, connection: watched.view, event });
      this.#close(watched, event.tMs);
      if (this.#isDevice(watched)) this.#settle(watched.party, event.tMs);
    }
  }

  /** On the wire, sending and being seen are one; at an end of a link it counts from the packet on that it is about. */
  #tainted(event: Tainted): void {
    for (const role of roles) {
      const watched = this.#watched[role].get(event.connection);
      const isSeen = event.offset === undefined || watched?.view.vantage === 'wire';
      if (!isSeen) this.#underWay[role].add(event);
      else if (watched !== undefined) this.#taintAt(watched, event, event);
    }
  }

  #taintAt(watched: Watched, event: Tainted, { seq, tMs }: Pick<HistoryEvent, 'seq' | 'tMs'>): void {
    this.#taint(watched, tMs);
    this.#hand(watched, { kind: 'other', seq, tMs, event });
  }

  #other(event: OtherEvent): void {
    const connection = 'connection' in event ? event.connection : undefined;
    const concerned = connection === undefined ? undefined : this.#bothEnds(connection);
    if (event.kind === 'gap' || event.kind === 'truncated')
      for (const it of concerned ?? this.#allOpen()) loseSight(it);
    if (event.kind === 'part' && event.foreign === true) this.#party('server', event.part).isForeign = true;
    if (event.kind === 'part' && event.state === 'paused') this.#excuse(event.part);
    if (event.kind === 'part' && (event.state === 'stopping' || hasEnded(event.state))) {
      for (const role of roles) {
        const party = this.#parties[role].get(event.part);
        if (party === undefined) continue;
        party.isGone = true;
        this.#settle(party, event.tMs);
        party.isGone = false; // It may be started again.
      }
    }
    this.#handOther(event, concerned);
  }

  /** Its silence from now on is not its choice: on the connections that it has, nobody judges it any more. */
  #excuse(part: string): void {
    for (const role of roles) {
      for (const watched of this.#parties[role].get(part)?.open ?? []) watched.runs = [];
    }
  }

  /** Hands an event that is no packet to the rules of its connection, or to every routing rule where it names none. */
  #handOther(event: OtherEvent, concerned: readonly Watched[] | undefined): void {
    const ruleEvent: RuleEvent = { kind: 'other', seq: event.seq, tMs: event.tMs, event };
    for (const watched of concerned ?? []) for (const run of watched.runs) run.step(ruleEvent);
    const server = concerned?.[0]?.view.server;
    const routing = server === undefined ? [...this.#routing.values()].flat() : (this.#routing.get(server) ?? []);
    for (const run of routing) run.step(ruleEvent);
  }

  /** Hands an event of one connection to its own rules and to the routing rules that look from the same end. */
  #hand(watched: Watched, event: RuleEvent): void {
    for (const run of watched.runs) run.step(event);
    for (const run of this.#routing.get(watched.view.server) ?? []) {
      if (run.rule.judges === watched.role) run.step(event);
    }
  }

  /** Keeps what later packets and other connections depend on. */
  #note(watched: Watched, event: PacketSeen, frame: Frame): void {
    if (event.direction !== 'toServer') return;
    if (frame.packet?.type === 'DISCONNECT') watched.disconnected = true;
    if (frame.packet?.type !== 'CONNECT' || watched.view.connect !== undefined) return;
    watched.view.connect = frame.packet;
    if (this.#isDevice(watched)) this.#nameDevice(watched, frame.packet);
    const { clientId } = frame.packet;
    if (watched.role !== 'server' || clientId === '') return;
    const newest = this.#clientIds.get(watched.view.server) ?? new Map<string, Watched>();
    this.#clientIds.set(watched.view.server, newest);
    const older = newest.get(clientId);
    if (older !== undefined) older.view.takenOver = true;
    newest.set(clientId, watched);
  }

  #taint(watched: Watched, tMs: number): void {
    if (watched.view.tainted) return;
    watched.view.tainted = true;
    const [staying, leaving] = [true, false].map((stays) =>
      watched.runs.filter((it) => (it.rule.evenWhenTainted === true) === stays),
    );
    watched.runs = staying ?? [];
    this.#letWait(watched.party, leaving ?? [], tMs);
  }

  /** The connection is over for its rules; they judge absences once the party's life or death is known. */
  #close(watched: Watched, tMs: number): void {
    this.#letWait(watched.party, watched.runs, tMs);
    watched.runs = [];
    watched.party.open.delete(watched);
    // Ids are never reused in a run, so that what comes late for an ended connection finds nothing and is left alone.
    this.#watched[watched.role].delete(watched.view.id);
    const newest = this.#clientIds.get(watched.view.server);
    const clientId = watched.view.connect?.clientId;
    if (clientId !== undefined && newest?.get(clientId) === watched) newest.delete(clientId);
  }

  /** Of too many the oldest judge at once: only that their party was gone already could still excuse it. */
  #letWait({ waiting }: Party, runs: readonly RuleRun[], endMs: number): void {
    for (const run of runs) waiting.push({ run, endMs });
    if (waiting.length <= mostWaiting) return;
    for (const it of waiting.splice(0, waiting.length - mostWaiting / 2)) it.run.end(it.endMs);
  }

  /** A sign of life: rules that waited for one can judge now. */
  #alive(party: Party, tMs: number): void {
    party.previousPacketMs = party.lastPacketMs;
    party.lastPacketMs = Math.max(party.lastPacketMs, tMs);
    // In a shard the server may have lived elsewhere while the connection stood: that is told later.
    if (party.waiting.length === 0 || this.#signs?.has(party.name) === true) return;
    const waiting = party.waiting;
    party.waiting = waiting.filter((it) => it.endMs >= tMs);
    for (const it of waiting) if (it.endMs < tMs) it.run.end(it.endMs);
  }

  /** The party was stopped or the journal is over: nothing of it can come any more, and everything is judged. */
  #settle(party: Party, tMs: number): void {
    for (const watched of party.open) this.#close(watched, tMs);
    const { waiting } = party;
    party.waiting = [];
    for (const it of waiting) this.#endOne(party, it);
  }

  #partyOf(role: Role, event: ConnectionOpened): Party {
    if (role === 'client' && this.#devices) return newParty(namelessDevice(event.peer));
    return this.#party(role, role === 'server' ? event.server : event.client);
  }

  #isDevice(watched: Watched): boolean {
    return this.#devices !== undefined && watched.role === 'client';
  }

  /** Its CONNECT says who it is. */
  #nameDevice({ view, party, peer }: Watched, connect: Connect): void {
    view.client = this.#devices?.nameOf(connect, peer) ?? view.client;
    party.name = view.client;
  }

  #party(role: Role, name: string): Party {
    const known = this.#parties[role].get(name) ?? newParty(name);
    this.#parties[role].set(name, known);
    return known;
  }

  #connectionRuns(watched: Watched): readonly RuleRun[] {
    // A check's client is the bench's own hand: it breaks rules when the check says so, and nobody judges it.
    if (watched.role === 'client' && watched.view.check !== undefined) return [];
    return this.#setup.rules.flatMap((rule) => {
      if (rule.scope !== 'connection' || rule.judges !== watched.role) return [];
      const report = this.#tally.report({ rule: rule.id, judges: rule.judges, about: watched.view });
      return [new RuleRun(rule, report, () => rule.start(watched.view, this.#setup.parameters))];
    });
  }

  #ensureRouting(event: ConnectionOpened): void {
    if (this.#routing.has(event.server)) return;
    const about = { target: event.target ?? event.server };
    const shared = { server: newShared(), client: newShared() };
    const runs = this.#setup.rules.flatMap((rule) => {
      if (rule.scope !== 'routing') return [];
      const report = this.#tally.report({ rule: rule.id, judges: rule.judges, about });
      return [new RuleRun(rule, report, () => rule.start(this.#setup.parameters, shared[rule.judges]))];
    });
    this.#routing.set(event.server, runs);
  }

  #bothEnds(connection: ConnectionId): readonly Watched[] {
    return roles.flatMap((role) => this.#watched[role].get(connection) ?? []);
  }

  #allOpen(): readonly Watched[] {
    return roles.flatMap((role) => [...this.#watched[role].values()]);
  }
}

/** Something on this connection could not be seen: its rules end without a word, for any absence may be ours. */
function loseSight(watched: Watched): void {
  watched.view.complete = false;
  watched.runs = [];
}
