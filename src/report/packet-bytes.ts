// The bytes of one packet as hexadecimal runs, with the wrong ones and the masked ones told apart.
import type { PacketSeen } from '../history/event.ts';

/** What a run of bytes is. */
type ByteKind = 'plain' | 'wrong' | 'masked' | 'omitted';

/** Neighbouring bytes of one kind, e.g. `30 07 00`; `omitted` holds words instead. */
export interface ByteRun {
  readonly kind: ByteKind;
  readonly text: string;
}

const mostBytes = 64;

/** The packet in runs; of a long one, its beginning and what is around the wrong bytes. */
export function bytesOf(
  event: PacketSeen,
  wrong?: { readonly offset: number; readonly length: number },
): readonly ByteRun[] {
  const bytes = Buffer.from(event.bytes, 'base64');
  const from = wrong === undefined || wrong.offset < mostBytes / 2 ? 0 : wrong.offset - mostBytes / 2;
  const to = Math.min(bytes.length, from + mostBytes);
  const missing = bytes.length - to + (event.omittedB ?? 0);
  return [
    ...(from > 0 ? [omitted(from)] : []),
    ...runsOf(bytes.subarray(from, to), (index) => kindOf(event, from + index, wrong)),
    ...(missing > 0 ? [omitted(missing)] : []),
  ];
}

/** The runs on one line, wrong bytes in brackets: `30 [07] 00 … 12 B`. */
export function bytesText(runs: readonly ByteRun[]): string {
  return runs.map((it) => (it.kind === 'wrong' ? `[${it.text}]` : it.text)).join(' ');
}

function omitted(count: number): ByteRun {
  return { kind: 'omitted', text: `… ${count} B …` };
}

function kindOf(
  event: PacketSeen,
  index: number,
  wrong?: { readonly offset: number; readonly length: number },
): ByteKind {
  if (event.masked?.some(([start, length]) => index >= start && index < start + length)) return 'masked';
  return wrong !== undefined && index >= wrong.offset && index < wrong.offset + wrong.length ? 'wrong' : 'plain';
}

function runsOf(bytes: Uint8Array, kind: (index: number) => ByteKind): readonly ByteRun[] {
  const runs: { kind: ByteKind; bytes: string[] }[] = [];
  for (const [index, byte] of bytes.entries()) {
    const is = kind(index);
    const text = is === 'masked' ? '**' : byte.toString(16).padStart(2, '0');
    const last = runs.at(-1);
    if (last?.kind === is) last.bytes.push(text);
    else runs.push({ kind: is, bytes: [text] });
  }
  return runs.map((it) => ({ kind: it.kind, text: it.bytes.join(' ') }));
}
