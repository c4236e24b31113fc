// What makes a string unfit for a packet that a conforming client sends: as text, as topic name, as topic filter.
import { topicFilterFlaw, topicNameFlaw } from '../wire/topic.ts';

const LONGEST_TEXT_B = 0xffff;

/** @returns what is wrong with a string field, or undefined. */
export function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'a lone surrogate'; // MQTT-1.5.3-1
  if (text.includes('\0')) return 'U+0000'; // MQTT-1.5.3-2, MQTT-4.7.3-2
  if (Buffer.byteLength(text) > LONGEST_TEXT_B) return `more than ${LONGEST_TEXT_B} bytes`; // MQTT-4.7.3-3
  return undefined;
}

/** Up to here a loop over characters is faster than four searches. */
const SHORT_TEXT = 64;

/** Whether a topic name is short and of ASCII characters none of which is special: what nearly every topic is. */
function isPlain(topic: string): boolean {
  if (topic === '' || topic.length > SHORT_TEXT) return false;
  for (let i = 0; i < topic.length; i++) {
    const unit = topic.charCodeAt(i);
    if (unit === 0 || unit >= 0x80 || unit === 0x23 || unit === 0x2b) return false; // NUL, # and +
  }
  return true;
}

/** @returns what is wrong with a topic name, or undefined. */
export function topicFault(topic: string): string | undefined {
  if (isPlain(topic)) return undefined;
  return topicNameFlaw(topic)?.code ?? textFault(topic); // MQTT-4.7.3-1, MQTT-3.3.2-2, MQTT-4.7.1-1
}

/** @returns what is wrong with a topic filter, or undefined. */
export function filterFault(filter: string): string | undefined {
  return topicFilterFlaw(filter)?.code ?? textFault(filter); // MQTT-4.7.3-1, MQTT-4.7.1-2, MQTT-4.7.1-3
}
