// What one can ask of a link that not every backend has.

/** What not every backend can do. */
export type LinkCapability =
  /** Acts on single MQTT packets. */
  | 'packet-faults'
  /** Cuts streams anew. */
  | 'segments'
  /** A connection that was cut survives, and gets all that was under way, when the link is restored in time. */
  | 'release-after-cut'
  /** Jitter that the seed repeats. */
  | 'seeded-jitter'
  | 'rate'
  | 'queue'
  /** Bytes on the air beyond those of the packet. */
  | 'framing'
  /** As TCP shows it: late, never gone. */
  | 'loss'
  | 'jitter-distribution'
  | 'outages'
  | 'nat'
  | 'idle-wake'
  | 'half-duplex'
  | 'shared-capacity'
  | 'failover'
  | 'connect-delay'
  | 'timeline'
  /** Connections whose client lost its power: neither side hears of it. */
  | 'vanish'
  /** RST arrives as RST and FIN as FIN, one direction at a time. */
  | 'endings';
