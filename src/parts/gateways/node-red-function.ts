// What a function node of the flow does, as JavaScript: words to values, and those that changed to messages.
import type { FlowRead } from './node-red-reads.ts';

/** Where its messages go. */
export interface FunctionOptions {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  /** One of the functions says whether the PLC answers. */
  readonly tellsPlc: boolean;
}

/** The code of the node behind one read; data goes in as JSON, and nothing else of it is made here. */
export function decodeFunction(read: FlowRead, options: FunctionOptions): string {
  return `const read = ${JSON.stringify(read)};\nconst options = ${JSON.stringify(options)};\n${body}`;
}

/** Plain JavaScript of Node-RED's: `msg`, `context` and `global` are its own, `bench` stands in our settings file. */
const body = `
const bench = global.get('bench');
if (bench.isResting) return null;
const messages = [];
const tell = (topic, payload, qos) => {
  bench.tell(topic, payload, qos, true);
  messages.push({ topic, payload, qos, retain: true });
};
const isBit = read.table === 'coil' || read.table === 'discrete';
const widths = { int16: 1, uint16: 1, int32: 2, uint32: 2, float32: 2, float64: 4 };
const getters = { int16: 'getInt16', uint16: 'getUint16', int32: 'getInt32', uint32: 'getUint32', float32: 'getFloat32', float64: 'getFloat64' };

const answers = Array.isArray(msg.payload) && msg.payload.length >= read.quantity;
if (options.tellsPlc) {
  const state = answers ? 'connected' : 'lost';
  if (context.get('plc') !== state) tell(options.topic + '/plc', state, 1);
  context.set('plc', state);
}
const published = context.get('published') || {};
for (const [name, it] of answers ? read.registers : []) {
  const at = it.address - read.start;
  const value = isBit ? (msg.payload[at] ? 1 : 0) : decode(it, msg.payload.slice(at, at + widths[it.type]));
  const before = published[name];
  if (before !== undefined && (before === value || Math.abs(value - before) <= it.deadband)) continue;
  published[name] = value;
  tell(options.topic + '/' + name, JSON.stringify({ value, unit: it.unit, quality: 'good' }), options.qos);
}
context.set('published', published);
return messages.length > 0 ? [messages] : null;

function decode(it, words) {
  const inOrder = it.wordOrder === 'little' ? words.slice().reverse() : words;
  const buffer = Buffer.alloc(words.length * 2);
  inOrder.forEach((word, index) => {
    if (it.byteOrder === 'little') buffer.writeUInt16LE(word, index * 2);
    else buffer.writeUInt16BE(word, index * 2);
  });
  const raw = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)[getters[it.type]](0);
  const value = raw * it.scale + (it.offset || 0);
  return it.type === 'float64' ? value : Number(value.toPrecision(it.type === 'float32' ? 7 : 12));
}
`;
