// Each SUBSCRIBE gets one SUBACK with its identifier and a code for every filter, in the order of the filters.
import type { PacketOf } from '../../../wire/packet.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView, Report } from '../../rule.ts';
import { heard, mayResume } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** Open requests by `seq`. */
  readonly requests: Map<number, PacketOf<'SUBSCRIBE'>>;
}

const refused = 0x80;

export const suback: ConnectionRule<State> = {
  id: 'suback',
  title:
    'Each SUBSCRIBE gets a SUBACK with its identifier within the response timeout, with one code per filter, in order, none above the QoS asked for.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.8.4-1', 'MQTT-3.8.4-2', 'MQTT-2.3.1-7', 'MQTT-3.8.4-5', 'MQTT-3.9.3-1'],
  start: (view, parameters) => ({
    view,
    awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to SUBACK'),
    requests: new Map(),
  }),
  step(state, event, report) {
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (it.by === 'peer' && packet.type === 'SUBSCRIBE') {
      state.requests.set(seq, packet);
      const expected = `SUBACK ${packet.packetId}`;
      state.awaiting.expect(packet.packetId, { seq, tMs, statements: ['MQTT-3.8.4-1'], expected });
    }
    if (it.by !== 'party' || packet.type !== 'SUBACK') return;
    const duty = state.awaiting.met(packet.packetId, it, report);
    if (duty === undefined) return judgeStray(state, packet, seq, report);
    const events = [duty.seq, seq];
    report.pass('MQTT-3.8.4-2', { events });
    report.pass('MQTT-2.3.1-7', { events });
    const request = state.requests.get(duty.seq);
    state.requests.delete(duty.seq);
    if (request !== undefined) judgeCodes(request, packet, events, report);
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};

function judgeStray(state: State, packet: PacketOf<'SUBACK'>, seq: number, report: Report): void {
  if (mayResume(state.view) && state.requests.size === 0) return;
  const what = {
    expected: ['the identifier of an open SUBSCRIBE'],
    actual: `SUBACK ${packet.packetId}`,
    events: [seq],
  };
  report.fail('MQTT-3.8.4-2', what);
  report.fail('MQTT-2.3.1-7', what);
}

function judgeCodes(
  request: PacketOf<'SUBSCRIBE'>,
  packet: PacketOf<'SUBACK'>,
  events: readonly number[],
  report: Report,
): void {
  const asked = request.subscriptions.map((it) => it.qos);
  const codes = packet.returnCodes;
  const actual = `codes ${codes.join(', ')} for QoS ${asked.join(', ')}`;
  if (codes.length !== asked.length) {
    const expected = [`${asked.length} codes, one for each filter`];
    return report.fail('MQTT-3.8.4-5', { expected, actual, events });
  }
  if (fits(codes, asked)) {
    report.pass('MQTT-3.8.4-5', { events });
    // Only full grants of different QoS show the order: lower ones could be in any.
    const isTelling = new Set(codes).size > 1 && codes.every((code, i) => code === asked[i]);
    if (isTelling) report.pass('MQTT-3.9.3-1', { events });
    return;
  }
  const inAnyOrder = fits(
    codes.toSorted(byGrant),
    asked.toSorted((a, b) => a - b),
  );
  const expected = [inAnyOrder ? 'codes in the order of the filters' : 'codes of at most the QoS asked for, or 0x80'];
  report.fail(inAnyOrder ? 'MQTT-3.9.3-1' : 'MQTT-3.8.4-5', { expected, actual, events });
}

/** Refusals fit anywhere, and go first when grants are put in order. */
function byGrant(a: number, b: number): number {
  return (a === refused ? -1 : a) - (b === refused ? -1 : b);
}

function fits(codes: readonly number[], asked: readonly number[]): boolean {
  // Codes that no SUBACK may hold are for the rule packet-form.
  return codes.every((code, i) => code > 2 || code <= (asked[i] ?? 0));
}
