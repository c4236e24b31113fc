// Mutants of MQTT over WebSocket: wrong frames put up with, frames taken for packets, another subprotocol.
import type { WebSocketFault } from '../../faults/websocket-fault.ts';
import type { StatementId } from '../../spec/statement.ts';
import type { Mutant } from '../mutant.ts';

const before = (websocket: WebSocketFault, statement: StatementId, summary: string): Mutant => ({
  id: `websocket-${websocket}`,
  statement,
  summary,
  faults: [],
  websocket,
});

export const websocketMutants: readonly Mutant[] = [
  before('accepts-text', 'MQTT-6.0.0-1', 'takes MQTT in text frames as if they were binary'),
  before('ignores-text', 'MQTT-6.0.0-1', 'takes no notice of a text frame and keeps the connection'),
  before('sends-text', 'MQTT-6.0.0-1', 'sends its packets in text frames'),
  before('packet-per-frame', 'MQTT-6.0.0-2', 'takes each WebSocket frame for one packet'),
  before('no-subprotocol', 'MQTT-6.0.0-4', 'completes the handshake without naming a subprotocol'),
  before('first-subprotocol', 'MQTT-6.0.0-4', 'answers whatever subprotocol the client offers first'),
];
