// CONNACK: the server's answer to CONNECT, two bytes.
import { hex } from '../body-reader.ts';
import type { BodyReader } from '../body-reader.ts';
import type { BodyWriter } from '../body-writer.ts';
import type { Connack } from '../packet.ts';

/** Reads a CONNACK (two bytes: MQTT311-NN-05). */
export function decodeConnack(r: BodyReader): Connack | undefined {
  if (r.left < 2) return r.missing('acknowledge flags and return code', 'MQTT311-NN-05');
  const flags = r.u8();
  const returnCode = r.u8();
  const sessionPresent = (flags & 1) === 1;
  if (flags > 1) r.deviate('connack-flags', 'MQTT311-NN-16', r.at - 2, 1, 'bits 7 to 1 clear', hex(flags));
  if (sessionPresent && returnCode !== 0) {
    r.deviate('session-present-on-refusal', 'MQTT-3.2.2-4', r.at - 2, 1, 'session present 0 on a refusal', '1');
  }
  if (returnCode > 5)
    r.deviate('connack-code', 'MQTT311-NN-17', r.at - 1, 1, 'a return code from 0 to 5', hex(returnCode));
  r.finish('MQTT311-NN-16');
  return { type: 'CONNACK', sessionPresent, returnCode };
}

/** Writes a CONNACK; `flags` in place of the acknowledge flags, if given. */
export function encodeConnack(w: BodyWriter, packet: Connack, flags = packet.sessionPresent ? 1 : 0): void {
  w.u8(flags, 'acknowledge flags');
  w.u8(packet.returnCode, 'return code');
}
