// Finds the faults that could never act, or say two things at once: each is a mistake of whoever wrote it.
import type { PacketType } from '../wire/packet.ts';
import { topicFilterFlaw, topicNameFlaw } from '../wire/topic.ts';
import { mostBits } from './damage.ts';
import type { PacketAction, PacketFault, PacketMatch, PacketRewrite } from './packet-fault.ts';
import { travels, typesToSet, typesWith } from './packet-traits.ts';

/** One thing that is wrong with a fault; `path` leads to the field, e.g. `['when', 'topic']`. */
export interface FaultProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
}

/** Everything that is wrong with a fault; nothing when it can act. */
export function faultProblems({ when, action }: PacketFault): readonly FaultProblem[] {
  const types = typesOf(when);
  return [...matchProblems(when, types), ...actionProblems(action, types)];
}

/** The types that the match names; none named: any. */
function typesOf({ type }: PacketMatch): readonly PacketType[] {
  if (type === undefined) return [];
  return typeof type === 'string' ? [type] : type;
}

function matchProblems(when: PacketMatch, types: readonly PacketType[]): FaultProblem[] {
  const { direction, topic, qos, nth = 1, nthTo } = when;
  const problems: FaultProblem[] = [];
  const wrong = (field: string, message: string, hint?: string): void => {
    problems.push({ path: ['when', field], message, ...(hint !== undefined && { hint }) });
  };
  if (direction !== undefined && types.length > 0 && !types.some((it) => travels(it, direction))) {
    wrong('direction', `no ${types.join(' or ')} travels ${direction}`, 'leave "direction" out');
  }
  for (const field of Object.keys(when) as (keyof PacketMatch)[]) {
    const have = typesWith(field);
    if (have === undefined || when[field] === undefined || fitsSome(types, have)) continue;
    wrong(
      field,
      `${types.join(' and ')} ${has(types)} no ${words[field] ?? field}`,
      `it is a field of ${have.join(', ')}`,
    );
  }
  const flaw = topic === undefined ? undefined : topicFilterFlaw(topic);
  if (flaw) wrong('topic', `no topic filter: ${flaw.expected} is expected`);
  if (qos === 0 && (when.packetId !== undefined || when.dup === true)) {
    wrong('qos', `a PUBLISH at QoS 0 has no ${when.dup === true ? 'DUP' : 'packet identifier'}`);
  }
  if (nthTo !== undefined && nthTo < nth)
    wrong('nth', `it ends with number ${nthTo} before it begins with number ${nth}`);
  return problems;
}

function actionProblems(action: PacketAction, types: readonly PacketType[]): FaultProblem[] {
  switch (action.do) {
    case 'rewrite':
      return setProblems(action.set, types);
    case 'duplicate':
      return action.set === undefined ? [] : setProblems(action.set, types);
    case 'corrupt':
      return 'bits' in action && action.bits > mostBits
        ? [
            {
              path: ['bits'],
              message: `more than ${mostBits} bits of one packet`,
              hint: 'that many are noise as good as more',
            },
          ]
        : [];
    default:
      return [];
  }
}

function setProblems(set: PacketRewrite, types: readonly PacketType[]): FaultProblem[] {
  const fields = Object.keys(set) as (keyof PacketRewrite)[];
  if (fields.length === 0) return [{ path: ['set'], message: 'sets nothing', hint: 'name a field of the packet' }];
  const strangers = fields.flatMap((field): FaultProblem[] => {
    const have = typesToSet(field);
    if (have === undefined || fitsSome(types, have)) return [];
    const message = `${types.join(' and ')} ${has(types)} no ${words[field] ?? field}`;
    return [{ path: ['set', field], message, hint: `it is a field of ${have.join(', ')}` }];
  });
  const flaw = typeof set.topic === 'string' ? topicNameFlaw(set.topic) : undefined;
  return flaw
    ? [...strangers, { path: ['set', 'topic'], message: `no topic: ${flaw.expected} is expected` }]
    : strangers;
}

function fitsSome(types: readonly PacketType[], have: readonly PacketType[]): boolean {
  return types.length === 0 || types.some((it) => have.includes(it));
}

const has = (types: readonly PacketType[]): string => (types.length === 1 ? 'has' : 'have');

/** Fields whose name is no word. */
const words: Readonly<Record<string, string>> = {
  qos: 'QoS',
  dup: 'DUP flag',
  retain: 'RETAIN flag',
  packetId: 'packet identifier',
  returnCode: 'return code',
  returnCodes: 'return codes',
  sessionPresent: 'session present flag',
  requestedQos: 'requested QoS',
  cleanSession: 'clean session flag',
  keepAliveS: 'keep alive',
  clientId: 'client id',
  userName: 'user name',
};
