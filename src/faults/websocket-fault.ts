// Faults of MQTT's WebSocket transport as data: what a broken server makes of frames and of the handshake.

/**
 * What is wrong with a WebSocket listener; everything else about it is as it should be.
 *
 * - `accepts-text`: takes a text frame for a binary one, and goes on.
 * - `ignores-text`: takes no notice of a text frame, and keeps the connection.
 * - `sends-text`: sends its packets in text frames.
 * - `packet-per-frame`: takes what a frame holds for one whole packet: what is behind the first packet in it is lost,
 *   and so is a packet that a frame holds only a part of.
 * - `no-subprotocol`: completes the handshake without naming a subprotocol.
 * - `first-subprotocol`: answers the first subprotocol that the client offers, whatever it is.
 */
export type WebSocketFault =
  | 'accepts-text'
  | 'ignores-text'
  | 'sends-text'
  | 'packet-per-frame'
  | 'no-subprotocol'
  | 'first-subprotocol';
