// What a check's own judge says: a finding before the bench has added who said it, and of which target.
import type { Finding } from '../judge/finding.ts';
import type { SliceConnection } from '../judge/slice.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { StatementId } from '../spec/statement.ts';
import type { Publish } from '../wire/packet.ts';

/** One judgement of a check. */
export type Judgement = Omit<Finding, 'by' | 'check' | 'target'>;

/** Anything with a place in the journal, or nothing. */
type Shown = { readonly seq: number } | undefined;

/** Judges one thing: a verdict in words, with the events that show it, the offending one last. */
export type Say = (verdict: Verdict, actual: string, ...shown: readonly Shown[]) => Judgement;

/** For a check's judge: says what became of one thing that it expected. */
export function saying(
  expected: readonly string[],
  { connection, statement }: { readonly connection?: SliceConnection; readonly statement?: StatementId },
): Say {
  return (verdict, actual, ...shown) => ({
    ...(statement !== undefined && { statement }),
    verdict,
    expected,
    actual,
    ...(connection !== undefined && { connection: connection.id }),
    evidence: { events: shown.flatMap((it) => (it === undefined ? [] : [it.seq])) },
    count: 1,
  });
}

/** Everything that happened on a connection, its end included. */
export const all = ({ packets, ended }: SliceConnection): Judgement['evidence'] => ({
  events: [...packets.map(({ seq }) => seq), ...(ended ? [ended.seq] : [])],
});

/** A close shows something of what was sent before it only. */
export const isOverBefore = ({ packets, ended }: SliceConnection): boolean =>
  ended !== undefined && !packets.some((it) => it.direction === 'toServer' && it.seq < ended.seq);

/** Fits the messages with this payload. */
export const isText =
  (text: string) =>
  ({ payload }: Publish): boolean =>
    Buffer.from(text).equals(payload);
