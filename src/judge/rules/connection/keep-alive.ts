// A server ends the connection of a client that was silent for one and a half keep alives, and of no other.
import type { Measurement } from '../../finding.ts';
import { wasAlive } from '../../rule.ts';
import type { ConnectionRule, ConnectionView, Report, RuleParameters } from '../../rule.ts';
import { heard } from './traffic.ts';
import type { Heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly parameters: RuleParameters;
  keepAliveMs: number;
  accepted: boolean;
  /** The client has said goodbye, or the verdict is known. */
  done: boolean;
  /** The client's latest packet, and the longest silence before it that the server may still be closing for. */
  last: { readonly seq: number; readonly tMs: number; readonly gapMs: number };
  /** `seq` of PINGREQs without an answer. */
  readonly pings: number[];
  /** The close by the server. */
  closed?: { readonly seq: number; readonly tMs: number };
}

/** What timers and stamps of two processes may differ by. */
const grainMs = 20;

export const keepAlive: ConnectionRule<State> = {
  id: 'keep-alive',
  title:
    'A client that is silent for 1.5 keep alives is disconnected, at most `keepAliveWarnMs` later (else warn) and surely before `keepAliveFailMs`; one that keeps its schedule is not closed on with a PINGREQ unanswered.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.1.2-24', 'MQTT-3.12.4-1'],
  start: (view, parameters) => ({
    view,
    parameters,
    keepAliveMs: 0,
    accepted: false,
    done: false,
    last: { seq: 0, tMs: 0, gapMs: 0 },
    pings: [],
  }),
  step(state, event, report) {
    if (event.kind === 'ended' && event.event.by === 'server') state.closed = { seq: event.seq, tMs: event.tMs };
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet } = it;
    if (packet.type === 'CONNACK') state.accepted = packet.returnCode === 0;
    if (packet.type === 'PINGRESP') state.pings.pop();
    if (it.by === 'peer') fromClient(state, it, report);
  },
  end(state, tMs, report) {
    // A take-over is a reason of its own to end the older connection, and so is the end of the server.
    const { takenOver, party } = state.view;
    if (!isArmed(state) || takenOver || (party.isGone && state.closed !== undefined)) return;
    if (state.closed === undefined) judgeStillOpen(state, tMs, report);
    else judgeClose(state, state.closed, report);
  },
};

function isArmed(state: State): boolean {
  return state.accepted && state.keepAliveMs > 0 && !state.done;
}

function fromClient(state: State, { packet, seq, tMs }: Heard, report: Report): void {
  if (packet.type === 'CONNECT') state.keepAliveMs = packet.keepAliveS * 1000;
  else if (isArmed(state)) judgeStillOpen(state, tMs, report);
  // Two PINGREQs in one breath after a long silence do not make good for it: only an answer shows that it was forgiven.
  const unforgivenMs = state.pings.length > 0 ? state.last.gapMs : 0;
  if (packet.type === 'PINGREQ') state.pings.push(seq);
  if (packet.type === 'DISCONNECT') state.done = true;
  const gapMs = packet.type === 'CONNECT' ? 0 : Math.max(tMs - state.last.tMs, unforgivenMs);
  state.last = { seq, tMs, gapMs };
}

/** The connection is still there at `tMs`. */
function judgeStillOpen(state: State, tMs: number, report: Report): void {
  const { view, parameters, last } = state;
  const lateMs = tMs - last.tMs - 1.5 * state.keepAliveMs;
  if (lateMs < parameters.keepAliveFailMs) return;
  state.done = true;
  const isAlive = wasAlive(view.party, last.tMs, tMs);
  const observation = {
    expected: expectation(state),
    actual: isAlive
      ? `still open after ${Math.round(tMs - last.tMs)} ms of silence`
      : 'still open, with a server that gives no sign of life',
    events: [last.seq],
  };
  if (isAlive) report.fail('MQTT-3.1.2-24', observation);
  else report.inconclusive('MQTT-3.1.2-24', observation);
}

/** The server has closed without being asked to. */
function judgeClose(state: State, closed: { readonly seq: number; readonly tMs: number }, report: Report): void {
  const { parameters, last, keepAliveMs } = state;
  const silenceMs = closed.tMs - last.tMs;
  const lateMs = silenceMs - 1.5 * keepAliveMs;
  const events = [last.seq, closed.seq];
  if (lateMs < -grainMs) return judgeEarlyClose(state, closed, silenceMs, report);
  const measured: Measurement = {
    name: 'close after 1.5 keep alives',
    unit: 'ms',
    value: Math.max(0, lateMs),
    limit: { max: parameters.keepAliveWarnMs },
  };
  if (lateMs <= parameters.keepAliveWarnMs) return report.pass('MQTT-3.1.2-24', { events, measured: [measured] });
  const what = {
    expected: expectation(state),
    actual: `closed after ${Math.round(silenceMs)} ms of silence`,
    events,
    measured: [measured],
  };
  if (lateMs < parameters.keepAliveFailMs) report.warn('MQTT-3.1.2-24', what);
  else report.fail('MQTT-3.1.2-24', what);
}

function judgeEarlyClose(
  state: State,
  closed: { readonly seq: number; readonly tMs: number },
  silenceMs: number,
  report: Report,
): void {
  const { view, last, keepAliveMs, pings } = state;
  // Only a server that lives on has closed for a reason of this connection.
  if (view.party.lastPacketMs <= closed.tMs) return;
  const ping = pings[0];
  const keepsSchedule = last.gapMs <= keepAliveMs + grainMs && silenceMs <= keepAliveMs + grainMs;
  if (keepsSchedule && ping !== undefined) {
    const expected = ['PINGRESP on a connection that keeps its keep alive'];
    report.fail('MQTT-3.12.4-1', { expected, actual: 'the server closes instead', events: [ping, closed.seq] });
  }
  if (silenceMs <= keepAliveMs + grainMs) return;
  const actual = `closed after ${Math.round(silenceMs)} ms of silence already`;
  report.warn('MQTT-3.1.2-24', { expected: expectation(state), actual, events: [last.seq, closed.seq] });
}

function expectation(state: State): readonly string[] {
  const dueMs = 1.5 * state.keepAliveMs;
  return [`the server closes after ${dueMs} ms of silence, at most ${state.parameters.keepAliveWarnMs} ms later`];
}
