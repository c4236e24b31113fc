// How a check gets into its target: which listener, over which TLS, and as whom.
import type { Endpoint, TlsDial } from '../net/wire.ts';
import type { Connect } from '../wire/packet.ts';
import { SituationFailed, type ConnectOptions, type SaidLogin, type TlsConduct } from './bench.ts';
import type { DrivenPlace } from './driven-target.ts';

type Asked = Pick<ConnectOptions, 'variant' | 'login' | 'tls'>;

/** Where a connection goes to, and how it is dialled. */
export function wayIn(place: DrivenPlace, { variant, tls }: Asked): Endpoint {
  const endpoint = listenerOf(place, variant);
  if (tls === undefined) return endpoint;
  const { tls: good, ...plain } = endpoint;
  if (tls === 'plain') return plain;
  if (good === undefined) throw new SituationFailed(`the ${variant ?? 'plain'} listener of the target has no TLS`);
  return { ...plain, tls: conducted(good, tls, place) };
}

function listenerOf({ endpoint, variants }: DrivenPlace, variant: ConnectOptions['variant']): Endpoint {
  if (variant === undefined) return endpoint;
  const it = variants[variant];
  if (it === undefined) throw new SituationFailed(`the target has no ${variant} listener`);
  return 'endpoint' in it ? it.endpoint : it;
}

function conducted(good: TlsDial, conduct: Exclude<TlsConduct, 'plain'>, { variants }: DrivenPlace): TlsDial {
  const { certPem: _certPem, keyPem: _keyPem, ...anonymous } = good;
  const { caPem: _caPem, ...untold } = good;
  switch (conduct) {
    case 'trustsOthers':
      return untold;
    case 'trustsAnybody':
      return { ...good, insecure: true };
    case 'expiredCertificate':
      return { ...anonymous, ...variants.clientCertificates?.expired };
    case 'unknownCertificate':
      return { ...anonymous, ...variants.clientCertificates?.unknown };
    case 'noCertificate':
      return anonymous;
  }
}

/** What the CONNECT of a connection says of its user. */
export function loginAt(place: DrivenPlace, { variant, login }: Asked): Pick<Connect, 'userName' | 'password'> {
  const { userName, password } = login ?? loginOf(place, variant);
  return {
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password: Buffer.from(password) }),
  };
}

function loginOf({ login, variants }: DrivenPlace, variant: ConnectOptions['variant']): SaidLogin {
  if (variant === 'acl' || variant === 'login') return variants[variant] ?? {};
  return login ?? {};
}
