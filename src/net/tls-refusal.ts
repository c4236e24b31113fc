// Why a TLS handshake came to nothing, in the words of somebody who can do something about it.

/** What came instead of a handshake, and what to do. */
export interface TlsRefusal {
  readonly actual: string;
  readonly hint: string;
}

/** First match wins; codes are those of Node and OpenSSL. */
const refusals: readonly (readonly [code: RegExp, actual: string, hint: string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'a certificate that has expired', "renew it; is this machine's clock right?"],
  [/^CERT_NOT_YET_VALID$/, 'a certificate that is not valid yet', "is this machine's clock right?"],
  [/ALTNAME_INVALID/, 'a certificate for another name', 'dial a name that it holds, or say which one to expect there'],
  [
    /INVALID_PURPOSE/,
    'a certificate for another purpose',
    'its extended key usage says whether servers or clients show it',
  ],
  [/SELF_SIGNED|ISSUER|LEAF_SIG|UNTRUSTED/, 'a certificate of an unknown CA', 'give the certificate of its CA (PEM)'],
  [
    /WRONG_VERSION|UNEXPECTED_MESSAGE|RECORD/,
    'something that is not TLS',
    'MQTT without TLS mostly listens on port 1883',
  ],
  [
    /PROTOCOL/,
    'no TLS version that both sides speak',
    'at least TLS 1.2 is spoken here; the other side has older ones only',
  ],
  [/ALERT/, 'a refusal of the other side', 'does it want a client certificate, or another name?'],
  [/^(ECONNRESET|EPIPE)$/, 'an end of the connection within the handshake', 'does it speak TLS at this port?'],
  [
    /OSSL|PEM|X509/,
    'certificates or a key that cannot be used',
    'give PEM text, and the key that belongs to the certificate',
  ],
];

/** Tells what an error of a TLS handshake means. */
export function tlsRefusalOf(error: Error): TlsRefusal {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = refusals.find(([codes]) => codes.test(code));
  const detail = detailOf(error);
  if (known === undefined) return { actual: detail, hint: 'see what OpenSSL says of this server: openssl s_client' };
  return { actual: `${known[1]}: ${detail}`, hint: known[2] };
}

/** OpenSSL's own messages hold addresses in memory and places in its source; the reason in them is what tells. */
function detailOf(error: Error): string {
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return reason.split(';')[0]?.trim() ?? reason;
}

/**
 * Who ended a handshake that a client dialled: the server by an alert, or by going away within it; else the client, which
 * did not like what it was shown.
 */
export function refusedBy(error: Error): 'client' | 'server' {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /ALERT|^ECONNRESET$|^EPIPE$/.test(code) ? 'server' : 'client';
}
