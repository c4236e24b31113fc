// Turns the words of a file into packet faults, and says which of them could never act.
import { faultProblems } from '../faults/checked-fault.ts';
import type { PacketAction, PacketFault, PacketMatch, PacketRewrite } from '../faults/packet-fault.ts';
import type { WrittenFault } from './fault-schema.ts';

/** The fault that a file describes. */
export function packetFaultOf(written: WrittenFault): PacketFault {
  const { id, when, times } = written;
  return { id, when: matchOf(when), action: actionOf(written), ...(times !== undefined && { times }) };
}

/** What is wrong with faults that the schema lets through; `path` leads into the list. */
export interface WrittenProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint?: string;
}

/** Faults that could never act, and ids that are taken. */
export function writtenProblems(faults: readonly WrittenFault[]): readonly WrittenProblem[] {
  return faults.flatMap((it, at): WrittenProblem[] => {
    const isTaken = faults.slice(0, at).some((other) => other.id === it.id);
    const taken = {
      path: [at, 'id'],
      message: `another fault is called "${it.id}"`,
      hint: 'give each an id of its own',
    };
    const wrong = faultProblems(packetFaultOf(it)).map(({ path, ...rest }) => ({
      ...rest,
      path: [at, ...path.map((key) => (key === 'keepAliveS' ? 'keepAlive' : key))],
    }));
    return isTaken ? [taken, ...wrong] : wrong;
  });
}

function matchOf({ nth, connection, after, clientId, ...same }: WrittenFault['when']): PacketMatch {
  const { from, to } = typeof nth === 'object' ? nth : { from: nth, to: nth };
  return {
    ...defined(same),
    ...clientIdOf(clientId),
    ...(from !== undefined && { nth: from }),
    ...(to !== undefined && { nthTo: to }),
    ...(connection !== undefined && { connectionNth: connection }),
    ...(typeof after === 'number' && { afterMs: after }),
    ...(typeof after === 'string' && { after }),
  };
}

function clientIdOf(clientId: string | undefined): Pick<PacketMatch, 'clientId' | 'clientIdGlob'> {
  if (clientId === undefined) return {};
  return clientId.includes('*') ? { clientIdGlob: clientId } : { clientId };
}

function actionOf(it: WrittenFault): PacketAction {
  switch (it.do) {
    case 'drop':
      return { do: 'drop' };
    case 'hold':
      return { do: 'hold', holdMs: it.for };
    case 'duplicate':
      return { do: 'duplicate', delayMs: it.delay, ...(it.set && { set: rewriteOf(it.set) }) };
    case 'rewrite':
      return { do: 'rewrite', set: rewriteOf(it.set) };
    case 'reorder':
      return { do: 'swap', withinMs: it.within, past: it.past };
    case 'rst':
    case 'fin':
      return { do: it.do, side: it.side };
    case 'half-open':
      return { do: 'half-open', ...(it.dead && { dead: it.dead }) };
    case 'black-hole':
      return { do: 'black-hole', ...(it.for !== undefined && { forMs: it.for }) };
    case 'corrupt':
      if (it.bits !== undefined) return { do: 'corrupt', bits: it.bits };
      return { do: 'corrupt', bytes: it.bytes ?? [], ...(it.xor !== undefined && { xor: it.xor }) };
    case 'truncate':
      return { do: 'truncate', keepB: it.keep };
  }
}

type WrittenSet = Extract<WrittenFault, { do: 'rewrite' }>['set'];

function rewriteOf({ keepAlive, payload, ...same }: WrittenSet): PacketRewrite {
  return {
    ...defined(same),
    ...(keepAlive !== undefined && { keepAliveS: keepAlive / 1000 }),
    ...(payload !== undefined && { payload: payloadOf(payload) }),
  };
}

function payloadOf(payload: NonNullable<WrittenSet['payload']>): NonNullable<PacketRewrite['payload']> {
  if (typeof payload === 'string') return { text: payload };
  return 'cutTo' in payload ? { cutToB: payload.cutTo } : payload;
}

/** Without the keys that were left out. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, it]) => it !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> }; // optional keys stay optional
}
