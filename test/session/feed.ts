// Drives a session core in tests: feeds one input, empties the output, counts what is left.
import { clientSession, defaultPolicy } from '../../src/session/client-session.ts';
import type { ClientSession, SessionPolicy } from '../../src/session/client-session.ts';
import type { SessionIdentity } from '../../src/session/identity.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { sessionOutput } from '../../src/session/session-output.ts';
import type { SessionOutput } from '../../src/session/session-output.ts';
import { step } from '../../src/session/step.ts';
import type { Packet } from '../../src/wire/packet.ts';

export interface FedSession {
  readonly session: ClientSession;
  nowMs: number;
  feed(input: SessionInput): SessionOutput;
  receive(packet: Packet): SessionOutput;
  publish(token: number, qos: 0 | 1 | 2, topic?: string): SessionOutput;
  /** Through transport and CONNACK to `connected`. */
  connect(sessionPresent?: boolean): SessionOutput;
  /** The transport dies; the back-off draws 0, so `connect` may follow at once. */
  lose(): SessionOutput;
}

export function fedSession(policy: Partial<SessionPolicy> = {}, identity: Partial<SessionIdentity> = {}): FedSession {
  const session = clientSession({ clientId: 'pump-7', ...identity }, { ...defaultPolicy, ...policy });
  const fed: FedSession = {
    session,
    nowMs: 0,
    feed(input) {
      const out = sessionOutput();
      step(session, input, fed.nowMs, out);
      return out;
    },
    receive: (packet) => fed.feed({ kind: 'packet', packet }),
    publish: (token, qos, topic = 'plant/level') =>
      fed.feed({ kind: 'publish', message: { topic, payload: Buffer.from(`${token}`), qos, retain: false }, token }),
    connect(sessionPresent = false) {
      fed.feed(session.phase === 'away' ? { kind: 'connect' } : { kind: 'time' });
      fed.feed({ kind: 'transport-open' });
      return fed.receive({ type: 'CONNACK', sessionPresent, returnCode: 0 });
    },
    lose: () => fed.feed({ kind: 'transport-closed', detail: 'reset', draw: 0 }),
  };
  return fed;
}
