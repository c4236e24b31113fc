// Who a client is, as its CONNECT says it.
import { FieldbenchError } from '../error.ts';
import type { Will } from '../wire/packet.ts';
import { textFault, topicFault } from './topic-check.ts';

/** Who a client is: what differs from device to device. */
export interface SessionIdentity {
  readonly clientId: string;
  readonly will?: Will | undefined;
  readonly userName?: string | undefined;
  readonly password?: Uint8Array | undefined;
}

/** @throws FieldbenchError `FB_SESSION_IDENTITY`. */
export function checkIdentity(identity: SessionIdentity, cleanSession: boolean): void {
  const { clientId, will, userName, password } = identity;
  const clientIdFault = textFault(clientId); // MQTT-3.1.3-4
  if (clientIdFault) throw identityError('client id', clientIdFault);
  if (clientId === '' && !cleanSession) throw identityError('client id', 'empty without clean session'); // MQTT-3.1.3-7
  if (password && userName === undefined) throw identityError('password', 'given without a user name'); // MQTT-3.1.2-22
  const userNameFault = userName === undefined ? undefined : textFault(userName); // MQTT-3.1.3-11
  if (userNameFault) throw identityError('user name', userNameFault);
  if (!will) return;
  const willFault = topicFault(will.topic); // MQTT-3.1.3-10
  if (willFault) throw identityError('will topic', willFault);
  if (will.qos > 2) throw identityError('will QoS', `${will.qos}`); // MQTT-3.1.2-14
}

function identityError(what: string, actual: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SESSION_IDENTITY',
    message: `no client may connect with this ${what}`,
    actual: `${what}: ${actual}`,
    hint: 'illegal CONNECT packets are sent by checks, with the encoder, not by devices',
  });
}
