// Bridges of a plan: everything that is known of them before they start.
import type { BridgeLines } from '../parts/gateways/mosquitto-bridge.ts';

/** A broker that is a client of another one; `name` is of the client that the other broker sees. */
export interface PlannedBridge extends Omit<BridgeLines, 'endpoint' | 'login'> {
  readonly from: string;
  readonly to: string;
  readonly link?: string;
}
