// What TLS 1.3 adds to a stream, estimated: for links that end TLS before they meter, or add what the field would have.
import type { Direction } from './packet-fault.ts';

/**
 * All figures are estimates. They were counted with a plain relay between Node 24's own TLS 1.3 client and server on
 * loopback (OpenSSL 3.5, AES-256-GCM, server name "localhost", no client certificate, no resumption), bytes of the
 * stream by direction:
 *
 * | key | key share | ClientHello | to Finished | Finished | two tickets |
 * | --- | --- | ---: | ---: | ---: | ---: |
 * | RSA-2048, certificate of 690 bytes | X25519 | 352 | 1268 | 80 | 574 |
 * | RSA-2048, certificate of 838 bytes | X25519 | 352 | 1416 | 80 | 574 |
 * | P-256, certificate of 293 bytes | X25519 | 352 | 686 | 80 | 574 |
 * | RSA-2048, certificate of 690 bytes | with ML-KEM-768 | 1586 | 2334 | 80 | 574 |
 * | P-256, certificate of 293 bytes | with ML-KEM-768 | 1586 | 1752 | 80 | 574 |
 *
 * So a server's first flight is 322 bytes, its certificate, and its signature. A message of 35 bytes took 57, one of
 * 40,000 took 40,066, and the end of the stream 24: 22 a record of at most 16,384 bytes.
 */
export interface TlsCostOptions {
  /** Key of the server's certificate. */
  readonly key: TlsKey;
  /** Certificates that the server sends, in DER with 5 bytes for each beyond the first; a usual leaf alone by default. */
  readonly certificatesB?: number;
  /** Whether the client offers a post-quantum key share, and the server takes it: new since 2025; false. */
  readonly postQuantum?: boolean;
}

export type TlsKey = 'rsa-2048' | 'ec-p256';

/** Bytes of the stream that one side sends before it waits for the other. */
export interface TlsFlight {
  readonly direction: Direction;
  readonly payloadB: number;
}

/** Record header, content type, tag. */
const recordB = 22;
const fullRecordB = 16_384;

const clientHelloB = 352;
const serverB = 322;
const signatureB: Readonly<Record<TlsKey, number>> = { 'rsa-2048': 256, 'ec-p256': 71 };
/** Leaves with subject alternative names and key identifiers, as any tool makes them. */
const leafB: Readonly<Record<TlsKey, number>> = { 'rsa-2048': 838, 'ec-p256': 443 };
const postQuantumB: Readonly<Record<Direction, number>> = { toServer: 1234, toClient: 1066 };

/** The flights of a full handshake in order, estimated. The tickets at its end need no answer. */
export function tlsHandshake({
  key,
  certificatesB = leafB[key],
  postQuantum = false,
}: TlsCostOptions): readonly TlsFlight[] {
  const extra = postQuantum ? postQuantumB : { toServer: 0, toClient: 0 };
  return [
    { direction: 'toServer', payloadB: clientHelloB + extra.toServer },
    { direction: 'toClient', payloadB: serverB + certificatesB + signatureB[key] + extra.toClient },
    { direction: 'toServer', payloadB: 80 },
    { direction: 'toClient', payloadB: 574 },
  ];
}

/** What so many bytes that are written at once take in records. */
export function tlsRecordsB(payloadB: number): number {
  return payloadB + recordB * Math.ceil(payloadB / fullRecordB);
}

/** The record by which a side ends its stream. */
export const tlsCloseB: number = recordB + 2;
