// A client whose connections keep failing backs off: no statement says so, and a network in trouble stays in it without.
import type { ConnectionId } from '../../../history/event.ts';
import type { ConnectionView, Report, RoutingRule } from '../../rule.ts';

/** A connection that lasted longer has succeeded. */
const briefMs = 5000;
/** Reconnects that are looked at together, and the time within which they are too many. */
const reconnects = 6;
const windowMs = 60_000;
/** A client backs off when its latest waits are so much longer than its first ones. */
const growth = 1.5;
const compared = reconnects / 2;
/** Shorter waits than this are no waits. */
const grainMs = 100;

/** One try to connect after a connection that failed. */
interface Try {
  readonly seq: number;
  readonly tMs: number;
  readonly waitMs: number;
  /** How long the connection before it had lasted. */
  readonly lastedMs: number;
}

/** What a client id did since its last connection that succeeded. */
interface Trail {
  /** End of its latest connection, until the next one begins. */
  failed: { readonly tMs: number; readonly lastedMs: number } | undefined;
  readonly firstWaitsMs: number[];
  readonly latest: Try[];
  told: boolean;
  touchedMs: number;
}

interface Open {
  readonly tMs: number;
  disconnected: boolean;
}

interface State {
  readonly open: Map<ConnectionId, Open>;
  /** By client id, longest untouched first. */
  readonly trails: Map<string, Trail>;
}

export const reconnecting: RoutingRule<State> = {
  id: 'client-reconnecting',
  title: `A client whose connections end within ${briefMs / 1000} s and without DISCONNECT waits longer before its further tries: ${reconnects} of them within ${windowMs / 1000} s after waits that do not grow deserve a remark.`,
  scope: 'routing',
  judges: 'client',
  statements: [],
  start: () => ({ open: new Map(), trails: new Map() }),
  step(state, event, report) {
    const { tMs } = event;
    if (event.kind === 'opened') state.open.set(event.connection.id, { tMs, disconnected: false });
    if (event.kind === 'ended') ended(state, event.connection, event.event.by, tMs);
    if (event.kind !== 'packet' || event.seen.direction !== 'toServer') return;
    const { packet, connection } = event.seen;
    const open = state.open.get(connection.id);
    if (packet?.type === 'DISCONNECT' && open) open.disconnected = true;
    if (packet?.type !== 'CONNECT' || packet !== connection.connect || packet.clientId === '') return;
    tried(state, connection, { seq: event.seq, tMs, openedMs: open?.tMs ?? tMs }, report);
  },
  end: () => undefined,
};

function ended(state: State, connection: ConnectionView, by: string, tMs: number): void {
  const open = state.open.get(connection.id);
  state.open.delete(connection.id);
  const clientId = connection.connect?.clientId ?? '';
  if (clientId === '' || open === undefined) return;
  if (open.disconnected || by === 'bench' || !connection.complete) return void state.trails.delete(clientId);
  const lastedMs = tMs - open.tMs;
  const before = lastedMs > briefMs ? undefined : state.trails.get(clientId);
  touch(state, clientId, { ...(before ?? newTrail()), failed: { tMs, lastedMs }, touchedMs: tMs });
}

function tried(
  state: State,
  connection: ConnectionView,
  at: { readonly seq: number; readonly tMs: number; readonly openedMs: number },
  report: Report,
): void {
  const clientId = connection.connect?.clientId ?? '';
  const trail = state.trails.get(clientId);
  if (trail?.failed === undefined) return;
  const { tMs: failedMs, lastedMs } = trail.failed;
  const waitMs = Math.max(0, at.openedMs - failedMs);
  if (waitMs > windowMs) return void state.trails.delete(clientId);
  if (trail.firstWaitsMs.length < compared) trail.firstWaitsMs.push(waitMs);
  trail.latest.push({ seq: at.seq, tMs: at.tMs, waitMs, lastedMs });
  if (trail.latest.length > reconnects) trail.latest.shift();
  touch(state, clientId, { ...trail, failed: undefined, touchedMs: at.tMs });
  judge(state.trails.get(clientId) ?? trail, connection, report);
}

function judge(trail: Trail, connection: ConnectionView, report: Report): void {
  const { latest, firstWaitsMs } = trail;
  const [first] = latest;
  const last = latest.at(-1);
  if (trail.told || latest.length < reconnects || first === undefined || last === undefined) return;
  const tookMs = last.tMs - first.tMs + first.waitMs;
  const waitsMs = latest.map((it) => it.waitMs);
  if (tookMs > windowMs || mean(waitsMs.slice(-compared)) >= growth * Math.max(grainMs, mean(firstWaitsMs))) return;
  trail.told = true;
  report.remark({
    expected: ['waits that grow while connections keep failing', 'DISCONNECT, where the client leaves on purpose'],
    actual: `${reconnects} reconnects within ${Math.round(tookMs)} ms, after waits of ${listed(waitsMs)} ms; the connections before lasted ${listed(latest.map((it) => it.lastedMs))} ms`,
    events: latest.map((it) => it.seq),
    connection,
    measured: [
      { name: 'reconnects in a row', unit: '', value: latest.length },
      { name: 'longest wait', unit: 'ms', value: Math.max(...waitsMs) },
    ],
  });
}

/** Keeps the order of the map, and lets go of those who have not been heard of for long. */
function touch({ trails }: State, clientId: string, trail: Trail): void {
  trails.delete(clientId);
  trails.set(clientId, trail);
  for (const [id, it] of trails) {
    if (it.touchedMs >= trail.touchedMs - windowMs) return;
    trails.delete(id);
  }
}

const newTrail = (): Omit<Trail, 'failed' | 'touchedMs'> => ({ firstWaitsMs: [], latest: [], told: false });

const mean = (values: readonly number[]): number => values.reduce((sum, it) => sum + it, 0) / values.length;

const listed = (values: readonly number[]): string => values.map((it) => Math.round(it)).join(', ');
