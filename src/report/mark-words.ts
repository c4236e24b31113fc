// A mark of the history in words: what a step did or did not, what a link carried, what befell a part.
import type { Marked } from '../history/event.ts';
import { costText, durationText, numberText } from './figures.ts';

type Data = NonNullable<Marked['data']>;

/** As text that is not safe yet: names and topics stand in it as they are. */
export function markWords({ name, data = {} }: Pick<Marked, 'name' | 'data'>): string {
  switch (name) {
    case 'dropped':
      return `${textOf(data, 'part')} gives up '${textOf(data, 'topic')}' #${Number(data['ordinal'])}: ${textOf(data, 'why')}`;
    case 'not-done':
      return `not done: ${textOf(data, 'step')} (${textOf(data, 'why')})`;
    case 'phase':
      return `phase ${textOf(data, 'phase')}`;
    case 'link-usage':
      return usageWords(data);
    case 'request':
      return requestWords(data);
    default:
      return otherWords(name, data);
  }
}

/** A step says all; else what happened, to whom, and why. */
function otherWords(name: string, data: Data): string {
  if (typeof data['step'] === 'string') return data['step'];
  const whom = typeof data['part'] === 'string' ? `${data['part']}: ` : '';
  const why = typeof data['why'] === 'string' ? `, ${data['why']}` : '';
  return `${whom}${name}${why}`;
}

/** Bytes at IP level are estimates. */
function usageWords(data: Data): string {
  const { link, upIpB, downIpB, monthCost, currency } = data;
  const carried = `${numberText(Number(upIpB))} B up and ${numberText(Number(downIpB))} B down at IP level, estimated`;
  const month = typeof monthCost === 'number' ? { total: monthCost, currency: String(currency) } : undefined;
  return `link ${String(link)} carried ${carried}${month === undefined ? '' : `; ${costText(month)} a month`}`;
}

function requestWords(data: Data): string {
  const asked = `${textOf(data, 'part')} asked on '${textOf(data, 'topic')}'`;
  return data['isAnswered'] === true
    ? `${asked}, answered in ${durationText(Number(data['tookMs']))}`
    : `${asked}, no answer within ${durationText(Number(data['withinMs']))}`;
}

const textOf = (data: Data, key: string): string => String(data[key] ?? '');
