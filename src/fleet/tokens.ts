// The numbers by which a fleet knows what it asked of a session: that of a planned message is the time when it was due.

/** A birth. */
export const BIRTH = -1;
/** A planned message whose acknowledgement is no measure, because it has none: QoS 0. */
export const UNTIMED = -2;
/** The subscriptions of a device. */
export const SUBSCRIPTION = -3;
