// How many bits a second come out of a link that has a rate, seen where they come out.
import type { PartContext } from '../../parts/part.ts';
import { linkedTraffic, profileOf } from './bed.ts';
import { bulkPieceB } from './message.ts';
import { signed, type CalibrationRow } from './row.ts';
import type { Chunk } from './traffic.ts';

/** A rate that is asked for, with as many large packets as take some seconds. */
interface Rate {
  readonly bitPerS: number;
  readonly pieces: number;
}

/** The rate that is planted wrong, too. */
export const middleRate: Rate = { bitPerS: 128_000, pieces: 11 };

/** What is asked for. */
export const rates: readonly Rate[] = [{ bitPerS: 9_600, pieces: 3 }, middleRate, { bitPerS: 1_000_000, pieces: 60 }];

const tolerancePct = 3;
/** What a wrong link has too much. */
const plantedPct = 10;
/**
 * The share of the bytes that may come before the flow counts as steady. Where one segment takes longer than TCP waits
 * for an acknowledgement at first, as at 9600 bit/s, TCP repeats its first segments until it has learnt that.
 */
const warmUpShare = 0.5;

/** A rate counts IP packets; these carry so much each. */
const segment = { payloadB: 1448, ipB: 1500 } as const;

/** Bits per second in the network layer, over full segments, after the flow has become steady. */
export function steadyBitPerS(chunks: readonly Chunk[]): number {
  const totalB = chunks.reduce((sum, it) => sum + it.sizeB, 0);
  let beforeB = 0;
  const first = chunks.findIndex((it) => (beforeB += it.sizeB) >= warmUpShare * totalB);
  const [from, to] = [chunks[first], chunks.at(-1)];
  if (!from || !to) return Number.NaN;
  return ((totalB - beforeB) * 8000 * (segment.ipB / segment.payloadB)) / (to.arrivedMs - from.arrivedMs);
}

/** A row for one rate. */
export async function rateRow(rate: Rate, context: PartContext): Promise<CalibrationRow> {
  return rateRowOf(rate.bitPerS, await poured(rate.bitPerS, rate.pieces, context));
}

/** A link that is faster than it was told to be must be seen. */
export async function rateControl({ bitPerS, pieces }: Rate, context: PartContext): Promise<CalibrationRow> {
  return rateControlOf(bitPerS, await poured(bitPerS * (1 + plantedPct / 100), pieces, context));
}

/** What came, judged. */
export function rateRowOf(askedBitPerS: number, chunks: readonly Chunk[]): CalibrationRow {
  const { errorPct, ...said } = compared(askedBitPerS, chunks);
  return {
    id: `rate/embedded/${askedBitPerS}`,
    asked: `embedded: ${askedBitPerS} bit/s of IP packets`,
    tolerance: `+/-${tolerancePct} %`,
    verdict: Math.abs(errorPct) <= tolerancePct ? 'ok' : 'off',
    isControl: false,
    ...said,
  };
}

/** Flagged: beyond the tolerance, and by about as much as was planted. */
export function rateControlOf(askedBitPerS: number, chunks: readonly Chunk[]): CalibrationRow {
  const { errorPct, ...said } = compared(askedBitPerS, chunks);
  const isFlagged = errorPct > tolerancePct && Math.abs(errorPct - plantedPct) <= plantedPct / 2;
  return {
    id: `control/rate/${askedBitPerS}`,
    asked: `embedded: ${askedBitPerS} bit/s of IP packets, and +${plantedPct} % planted`,
    tolerance: `beyond ${tolerancePct} %`,
    verdict: isFlagged ? 'ok' : 'off',
    isControl: true,
    ...said,
  };
}

function compared(
  askedBitPerS: number,
  chunks: readonly Chunk[],
): Pick<CalibrationRow, 'measured' | 'figures'> & { readonly errorPct: number } {
  const bitPerS = steadyBitPerS(chunks);
  const errorPct = 100 * (bitPerS / askedBitPerS - 1);
  const payloadB = chunks.reduce((sum, it) => sum + it.sizeB, 0);
  return {
    errorPct,
    measured: `${Math.round(bitPerS)} bit/s, ${signed(errorPct)} % (${payloadB} B of payload)`,
    figures: { bitPerS, errorPct, payloadB },
  };
}

async function poured(rateBitPerS: number, pieces: number, context: PartContext): Promise<readonly Chunk[]> {
  const profile = profileOf(0, { rateBitPerS });
  await using linked = await linkedTraffic({ backend: 'embedded', profile, connections: 1, messageB: 0 }, context);
  const [chunks] = await Promise.all([linked.receiver.bytes(pieces * bulkPieceB), linked.sender.pour(pieces)]);
  return chunks;
}
