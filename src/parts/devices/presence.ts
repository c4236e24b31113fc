// How a part says whether it is there: retained `online` and `offline` on one topic, the latter also as its will.
import type { Message } from '../../session/session-output.ts';

/** The three messages of presence, QoS 1 and retained. */
export interface Presence {
  readonly will: Message;
  /** Publish on each connection: the will of the one before may have said `offline` since. */
  readonly online: Message;
  readonly offline: Message;
}

/** Presence on this topic. */
export function presence(topic: string): Presence {
  const say = (word: string): Message => ({ topic, payload: Buffer.from(word), qos: 1, retain: true });
  return { will: say('offline'), online: say('online'), offline: say('offline') };
}
