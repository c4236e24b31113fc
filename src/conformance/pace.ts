// What a check takes from the way to its target: how long things are under way, and how much may be sent at once.

/** Times and sizes of a check that depend on the link to its target. */
export interface Pace {
  /** The shortest keep alive that a check may ask for. */
  readonly keepAliveS: number;
  /** How long a client that keeps such a keep alive waits between an answer and its next PINGREQ. */
  readonly pingEveryMs: number;
  /** How long a message and the answer to it may be under way together. */
  readonly roundTripMs: number;
  /** The payload of a large message. */
  readonly largeB: number;
  /** A stream of many messages, their payloads together. */
  readonly streamB: number;
  /** How long so many bytes take from one client to another: up to the server, and down again. */
  transferMs(lengthB: number): number;
}

const kibB = 1024;

/** Without a link: nothing is under way for any time, and what a broker on this machine takes is no matter of time. */
export const plainPace: Pace = {
  keepAliveS: 2,
  pingEveryMs: 1600,
  roundTripMs: 0,
  largeB: 256 * kibB,
  streamB: 1024 * kibB,
  transferMs: () => 0,
};
