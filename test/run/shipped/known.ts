// What the shipped scenarios show of brokers that are not right everywhere: each known failure with the reason that defends it.
import type { KnownFailureList } from '../../../src/run/known-failures.ts';

/** A sentence; in some runs only, since a race decides. */
export const atTimes = (why: string) => ({ why, sometimes: true }) as const;

const sessionForgotten =
  'Aedes keeps a session by its subscriptions alone: a publisher that returns is told Session Present 0';
const dupForwarded =
  'Aedes forwards DUP, which a publisher sets that sends again, where the outgoing flag is to be told by its own delivery';

/** What Aedes does wherever somebody comes back; docs/findings/aedes.md defends each of them. */
export const aedes: KnownFailureList = {
  'MQTT-3.2.2-2': atTimes(sessionForgotten),
  'MQTT-3.3.1-3': atTimes(dupForwarded),
  'MQTT-4.3.2-1': atTimes(dupForwarded),
  'MQTT-3.3.1-1': atTimes('Aedes sends a message again on the next connection with DUP 0'),
};

/** What Aedes does at QoS 2, besides. */
export const aedesQos2: KnownFailureList = {
  ...aedes,
  'MQTT-4.6.0-4': atTimes('Aedes answers several PUBREC with PUBREL in another order, and one of them twice'),
  'MQTT-4.6.0-6': atTimes('Aedes answers several PUBREC with PUBREL in another order, and one of them twice'),
  'MQTT-4.6.0-5': atTimes('Aedes sends what it has stored for a session behind what is new, on one topic'),
  'MQTT-4.3.3-1': atTimes('Aedes answers PUBREC with the PUBREL of another message, or sends PUBLISH after its PUBREL'),
  'MQTT-2.3.1-4': atTimes('Aedes sends a PUBLISH with the identifier of a PUBREL that is not answered'),
};

/** What Aedes loses with its process: no breach of MQTT-4.1.0-1, whose section says that failures of a server may do that. */
export const memoryOnly =
  'Aedes, as embedded, keeps its sessions in memory: they end with its process (section 4.1 leaves that open)';
