// A packet fault in words: what a plan prints before it starts, and what a tap says when a key adds one.
import type { PacketAction, PacketFault, PacketMatch } from './packet-fault.ts';

/** The fault on one line, e.g. `lose-one: drop PUBREC toClient, 1 time`. */
export function faultInWords({ id, when, action, times }: PacketFault): string {
  const often = times === undefined ? '' : `, ${times} time${times === 1 ? '' : 's'}`;
  return `${id}: ${actionWords(action)} ${matchWords(when)}${often}`;
}

function matchWords(when: PacketMatch): string {
  const { type, direction, topic, qos, clientId, clientIdGlob, after, afterMs, nth, nthTo, connectionNth } = when;
  const types = type === undefined ? 'any packet' : typeof type === 'string' ? type : type.join(' or ');
  const told = new Set<string>(['type', 'direction', 'topic', 'qos', 'clientId', 'clientIdGlob', 'after', 'afterMs']);
  const counts = new Set<string>(['nth', 'nthTo', 'connectionNth']);
  const others = Object.entries(when).filter(([key, it]) => it !== undefined && !told.has(key) && !counts.has(key));
  const client = clientId ?? clientIdGlob;
  const words = [
    ...(direction === undefined ? [] : [direction]),
    ...(topic === undefined ? [] : [`on ${topic}`]),
    ...(qos === undefined ? [] : [`at QoS ${qos}`]),
    ...others.map(([key, it]) => `with ${key} ${JSON.stringify(it)}`),
    ...(client === undefined ? [] : [`of client ${JSON.stringify(client)}`]),
    ...(after === undefined ? [] : [`once ${after} has passed`]),
    ...(afterMs === undefined ? [] : [`once the connection has stood for ${afterMs} ms`]),
    ...(connectionNth === undefined ? [] : [`on connection ${connectionNth} of a client`]),
    ...(nth === undefined && nthTo === undefined ? [] : [countWords(nth ?? 1, nthTo)]),
  ];
  return [types, ...words].join(' ');
}

function countWords(nth: number, nthTo: number | undefined): string {
  if (nth === nthTo) return `number ${nth} of its connection`;
  return nthTo === undefined
    ? `from number ${nth} of its connection on`
    : `numbers ${nth} to ${nthTo} of its connection`;
}

function actionWords(action: PacketAction): string {
  switch (action.do) {
    case 'hold':
      return `hold for ${action.holdMs} ms`;
    case 'duplicate':
      return `send again ${action.delayMs === 0 ? 'right behind it' : `after ${action.delayMs} ms`}`;
    case 'rewrite':
      return `rewrite ${Object.keys(action.set).join(', ')} of`;
    case 'swap':
      return 'let others go before';
    case 'inject':
      return `send ${action.packet.type} to the ${action.toward} at`;
    case 'rst':
    case 'fin':
      return `${action.do.toUpperCase()} to ${action.side === 'both' ? 'both sides' : `the ${action.side}`} instead of`;
    case 'keep-open':
      return 'keep closes from the client from';
    case 'half-open':
      return `half-open${action.dead === undefined ? '' : ` (nothing passes ${action.dead})`} at`;
    case 'black-hole':
      return `black hole${action.forMs === undefined ? '' : ` for ${action.forMs} ms`} at`;
    case 'truncate':
      return `keep the first ${action.keepB} B of`;
    case 'corrupt':
      return 'bits' in action ? `flip ${action.bits} bits of` : `corrupt bytes ${action.bytes.join(', ')} of`;
    case 'drop':
    case 'mend':
      return action.do;
  }
}
