// What a check may need of a target, and a target may declare that it has not: one list, so that the two fit.

/**
 * `websocket`, `acl`, `login`, `tls` and `clientCertificates` are listeners beside the plain one, `restart` is a broker
 * that the bench may stop, kill and start again; the others are features of MQTT.
 */
export const needs = [
  'qos1',
  'qos2',
  'retain',
  'will',
  'session',
  'wildcards',
  'websocket',
  'acl',
  'login',
  'tls',
  'clientCertificates',
  'restart',
] as const;

/** One of {@link needs}. */
export type Need = (typeof needs)[number];

/** Ways in that let in only those whom they know; a broker may offer them at an instance of their own. */
export type SecuredNeed = 'login' | 'tls' | 'clientCertificates' | 'acl';
