// Counts what passes a link, connection by connection.
import type { Direction } from '../../faults/packet-fault.ts';
import type { ConnectionId } from '../../history/event.ts';

export interface LinkMeter {
  sent(
    connection: ConnectionId,
    direction: Direction,
    payloadB: number,
    kind: 'new' | 'continued' | 'resent',
    tMs: number,
  ): void;
}
