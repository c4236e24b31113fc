// Where something listens for MQTT, and what lies between TCP and MQTT there.

/** How to dial over TLS; `{}` for a server whose certificate this machine's own list of CAs vouches for. */
export interface TlsDial {
  /** CA certificates to trust instead of the list that Node brings along. */
  readonly caPem?: string;
  /** The name to ask for and to find in the certificate; default: the endpoint's host. */
  readonly serverName?: string;
  /** Certificate of the client, with its chain, for a server that asks for one; needs `keyPem`. */
  readonly certPem?: string;
  /** Private key of `certPem`; never written anywhere. */
  readonly keyPem?: string;
  /** Takes any certificate: who answers is then not known. */
  readonly insecure?: true;
}

/** Where to dial, or where something listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** MQTT over WebSocket at this path, e.g. `/mqtt`; without it MQTT goes straight over TCP or TLS. */
  readonly path?: string;
  /** TLS below MQTT or WebSocket; without it nothing is encrypted. */
  readonly tls?: TlsDial;
}

/** An endpoint that speaks WebSocket. */
export type WebSocketEndpoint = Endpoint & Required<Pick<Endpoint, 'path'>>;

/** An endpoint in words. */
export const placeOf = ({ host, port, path = '' }: Pick<Endpoint, 'host' | 'port' | 'path'>): string =>
  `${host}:${port}${path}`;
