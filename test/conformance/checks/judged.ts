// What a check's own judge says of a written history: client name -> its connections' stories, in order.
import type { Check } from '../../../src/conformance/check.ts';
import type { Judgement } from '../../../src/conformance/judgement.ts';
import { cutSlice } from '../../../src/judge/slice.ts';
import { HistoryOf, type Conn } from '../../judge/history-of.ts';

/** What happens on a connection. */
export type Story = (it: Conn) => unknown;

/**
 * Plays each client's story and gives what the check's judge says.
 * @throws Error when there is no such check
 */
export function judged(
  checks: readonly Check[],
  id: string,
  stories: readonly (readonly [client: string, story: Story])[],
): readonly Judgement[] {
  const check = checks.find((it) => it.id === id);
  if (check?.judge === undefined) throw new Error(`no check ${id} with a judge of its own`);
  const of = { check: id, target: 'broker' };
  const h = new HistoryOf();
  for (const [client, story] of stories) story(h.conn(client, of));
  return check.judge(cutSlice(h.events, of.check, of.target));
}
