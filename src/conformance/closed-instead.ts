// Judges a server that ends the connection where it owes an answer: once may be an error that passes, every time is conduct.
import type { StatementId } from '../spec/statement.ts';
import type { Finding } from '../judge/finding.ts';
import type { Slice, SliceConnection } from '../judge/slice.ts';
import type { PacketType } from '../wire/packet.ts';

/** So many connections have to end this way, and none may get the answer. */
const certainFrom = 3;

/**
 * For a check's judge: fails the statements when each of its connections that sent the request was closed by the server
 * instead of being answered. One connection alone proves nothing: a server must close one on which it meets a transient
 * error (MQTT-4.8.0-2).
 */
export function closedInstead(
  slice: Slice,
  request: PacketType,
  answer: PacketType,
  statements: readonly StatementId[],
): readonly Omit<Finding, 'by' | 'check' | 'target'>[] {
  const asking = slice.connections.filter((it) => it.sent(request).length > 0);
  const isClosed = (it: SliceConnection): boolean => it.received(answer).length === 0 && it.ended?.by === 'server';
  if (asking.length < certainFrom || !asking.every(isClosed)) return [];
  const events = asking.flatMap((it) => [
    ...it.sent(request).map(({ seq }) => seq),
    ...(it.ended ? [it.ended.seq] : []),
  ]);
  return statements.map((statement) => ({
    statement,
    verdict: 'fail',
    expected: [`${answer} on each ${request}`],
    actual: `the server closed all ${asking.length} connections instead`,
    evidence: { events },
    count: asking.length,
  }));
}
