// What makes a string unfit for MQTT: as text, as a topic name, as a topic filter.

const LONGEST_TEXT_B = 0xffff;

/** @returns what is wrong with a string field, or undefined. */
export function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'holds a lone surrogate'; // MQTT-1.5.3-1
  if (text.includes('\0')) return 'holds U+0000'; // MQTT-1.5.3-2, MQTT-4.7.3-2
  if (Buffer.byteLength(text) > LONGEST_TEXT_B) return `longer than ${LONGEST_TEXT_B} bytes`; // MQTT-4.7.3-3
  return undefined;
}

/** @returns what is wrong with a topic name, or undefined. */
export function topicFault(topic: string): string | undefined {
  if (topic === '') return 'empty'; // MQTT-4.7.3-1
  if (/[+#]/.test(topic)) return 'holds a wildcard'; // MQTT-4.7.1-1, MQTT-3.3.2-2
  return textFault(topic);
}

/** @returns what is wrong with a topic filter, or undefined. */
export function filterFault(filter: string): string | undefined {
  if (filter === '') return 'empty'; // MQTT-4.7.3-1
  const levels = filter.split('/');
  if (levels.some((level, at) => level.includes('#') && (level !== '#' || at < levels.length - 1))) {
    return '# that is not alone on the last level'; // MQTT-4.7.1-2
  }
  if (levels.some((level) => level.includes('+') && level !== '+')) return '+ that is not alone on its level'; // MQTT-4.7.1-3
  return textFault(filter);
}
