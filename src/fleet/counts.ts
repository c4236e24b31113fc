// What a shard counts: sums that only grow, so that a report that is lost takes nothing with it.

/** The names of the counts, in the order in which they are told. */
export const countNames = [
  /** Connections that were asked for, that stood (CONNACK 0), and that did not come about. */
  'dialled',
  'connected',
  'notConnected',
  /** CONNACK with another code; `refusedForGood` will not be tried again. */
  'refused',
  'refusedForGood',
  /** Connections that stood and were lost, by why. */
  'lostTransport',
  'lostRefused',
  'lostNoPingresp',
  'lostViolation',
  'connectTimeouts',
  'sessionsPresent',
  /** Messages that were due, that the server has taken over (QoS 0: handed to the socket), and that were given up. */
  'intended',
  'published',
  'droppedOffline',
  'droppedQueueFull',
  'droppedSessionEnded',
  /** Births that the server has taken over. */
  'births',
  /** Messages that came, and those of them that say they were sent again, or are retained. */
  'received',
  'receivedDup',
  'receivedRetained',
  'receivedOwn',
  'subscribed',
  'subscriptionsRefused',
  'packetsSent',
  'packetsReceived',
  'bytesSent',
  'bytesReceived',
  /** A chosen local port was taken, and another tried. */
  'portsTaken',
] as const;

export type CountName = (typeof countNames)[number];
export type Counts = Record<CountName, number>;

/** All zero. */
export function noCounts(): Counts {
  return Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;
}

/** Adds counts up. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum = noCounts();
  for (const counts of all) for (const name of countNames) sum[name] += counts[name];
  return sum;
}
