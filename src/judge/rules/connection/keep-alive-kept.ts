// A client is never silent for longer than the keep alive that it asked for.
import type { ConnectionRule, Report } from '../../rule.ts';
import { heard } from './traffic.ts';

interface State {
  keepAliveMs: number;
  accepted: boolean;
  done: boolean;
  lastSeq: number;
  lastMs: number;
}

/** A timer fires a little late on a busy machine: this much of the keep alive passes. */
const slack = 0.05;
/** From here on the server may end the connection: that is no slip any more. */
const graceFactor = 1.5;

export const keepAliveKept: ConnectionRule<State> = {
  id: 'client-keep-alive',
  title: 'No silence of the client exceeds its keep alive; up to 1.5 keep alives are warn.',
  judges: 'client',
  scope: 'connection',
  statements: ['MQTT-3.1.2-23'],
  start: () => ({ keepAliveMs: 0, accepted: false, done: false, lastSeq: 0, lastMs: 0 }),
  step(state, event, report) {
    const it = heard('client', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (packet.type === 'CONNACK' && packet.returnCode === 0) accept(state, seq, tMs);
    if (it.by !== 'party') return;
    if (packet.type === 'CONNECT') state.keepAliveMs = packet.keepAliveS * 1000;
    else judgeSilence(state, tMs, [state.lastSeq, seq], report);
    if (packet.type === 'DISCONNECT') state.done = true;
    state.lastSeq = seq;
    state.lastMs = tMs;
  },
  end: (state, tMs, report) => judgeSilence(state, tMs, [state.lastSeq], report),
};

/** Until CONNACK there is nothing to keep alive: a client may wait for it in silence (MQTT311-NN-15 only allows more). */
function accept(state: State, seq: number, tMs: number): void {
  state.accepted = true;
  state.lastSeq = seq;
  state.lastMs = tMs;
}

function judgeSilence(state: State, tMs: number, events: readonly number[], report: Report): void {
  const { keepAliveMs, lastMs } = state;
  if (!state.accepted || state.done || keepAliveMs === 0) return;
  const silenceMs = tMs - lastMs;
  const measured = [{ name: 'silence', unit: 'ms', value: silenceMs, limit: { max: keepAliveMs } }];
  if (silenceMs <= keepAliveMs * (1 + slack)) return report.pass('MQTT-3.1.2-23', { events, measured });
  const what = {
    expected: [`a packet every ${keepAliveMs} ms`],
    actual: `none for ${Math.round(silenceMs)} ms`,
    events,
    measured,
  };
  if (silenceMs <= keepAliveMs * graceFactor) report.warn('MQTT-3.1.2-23', what);
  else report.fail('MQTT-3.1.2-23', what);
}
