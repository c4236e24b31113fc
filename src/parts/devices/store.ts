// How a device holds messages while nobody takes them: so many, and what gives way.
import type { SessionPolicy } from '../../session/client-session.ts';

/** The offline store of a device. */
export interface StoreSettings {
  /** Most messages that wait. */
  readonly limit: number;
  /** What gives way when it is full. */
  readonly drop: 'oldest' | 'newest';
  /** Whether waiting messages are still there after a loss of power. */
  readonly survivesPowerLoss: boolean;
}

/** The store as the session core knows it: messages of every QoS wait in it. */
export function storePolicy(store: StoreSettings | undefined): Partial<SessionPolicy> {
  if (store === undefined) return {};
  return { queueLimit: store.limit, whenQueueFull: `drop-${store.drop}`, queueQos0: true };
}
