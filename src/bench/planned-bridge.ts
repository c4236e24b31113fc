// Bridges of a plan: everything that is known of them before they start.

/** A broker that is a client of another one. */
export interface PlannedBridge {
  /** Of the client that the other broker sees. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly link?: string;
  readonly topics: readonly {
    readonly filter: string;
    readonly direction: 'in' | 'out' | 'both';
    readonly qos: 0 | 1 | 2;
  }[];
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  readonly backOff: { readonly baseS: number; readonly capS: number };
}
