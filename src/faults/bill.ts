// What traffic is billed as, by the rules of a contract: bytes first, exact; then what they cost.
import { FieldbenchError } from '../error.ts';
import { billLines } from './bill-lines.ts';
import type { Bill, BillingRule, MessageSizes, SessionUsage, Tariff, Usage } from './tariff.ts';

interface Tally {
  sessions: number;
  messages: number;
  readonly measured: { upB: number; downB: number };
  readonly billed: { upB: number; downB: number; jointB: number };
  readonly rules: Partial<Record<BillingRule, { times: number; addedB: number }>>;
}

/**
 * The bill for a usage.
 * @throws FieldbenchError `FB_TARIFF_USAGE` when a tariff that bills messages gets a session without their sizes.
 */
export function billOf(tariff: Tariff, usage: Usage): Bill {
  const tally: Tally = {
    sessions: 0,
    messages: 0,
    measured: { upB: 0, downB: 0 },
    billed: { upB: 0, downB: 0, jointB: 0 },
    rules: {},
  };
  for (const session of usage.sessions) addSession(tally, tariff, session);
  const { upB, downB, jointB } = tally.billed;
  const totalB = upB + downB + jointB;
  const days = Math.max(1, Math.ceil(usage.days));
  const includedB = Math.min(totalB, Math.floor(((tariff.includedB ?? 0) * days) / 30));
  // Bytes of neither direction cost what the dearer one costs; the fee covers all alike.
  const jointPrice = Math.max(tariff.perMbUp, tariff.perMbDown);
  const perMb = (upB * tariff.perMbUp + downB * tariff.perMbDown + jointB * jointPrice) / tariff.mbBytes;
  const usageCost = totalB === 0 ? 0 : (perMb * (totalB - includedB)) / totalB;
  const fee = ((tariff.monthly ?? 0) * days) / 30;
  const bill = {
    tariff: tariff.name,
    currency: tariff.currency,
    ...tally,
    billed: { upB, downB, jointB, totalB },
    includedB,
    cost: { usage: usageCost, fee, total: usageCost + fee },
    assumed: assumedOf(tariff),
  };
  return { ...bill, lines: billLines(tariff, bill, days) };
}

/** The figures of a tariff whose evidence is `assumed`, or that have none. */
function assumedOf(tariff: Tariff): readonly string[] {
  return Object.entries(tariff)
    .filter(([field]) => !['name', 'title', 'currency', 'evidence'].includes(field))
    .filter(([field]) => (tariff.evidence[field] ?? 'assumed').startsWith('assumed'))
    .map(([field, value]) => `${field} = ${String(value)}`);
}

function addSession(tally: Tally, tariff: Tariff, session: SessionUsage): void {
  const { upB, downB, times = 1 } = session;
  tally.sessions += times;
  if (tariff.roundingPer === 'message') {
    addMessages(tally, tariff, 'upB', session.upMessages, session);
    addMessages(tally, tariff, 'downB', session.downMessages, session);
    return;
  }
  tally.measured.upB += upB * times;
  tally.measured.downB += downB * times;
  const counted = (volumeB: number): number => times * billedAs(tally, tariff, volumeB, session);
  if (tariff.roundingPer === 'direction') {
    tally.billed.upB += counted(upB);
    tally.billed.downB += counted(downB);
    return;
  }
  tally.billed.upB += upB * times;
  tally.billed.downB += downB * times;
  tally.billed.jointB += counted(upB + downB) - (upB + downB) * times;
}

/** What the volume of one such session counts as. */
function billedAs(tally: Tally, tariff: Tariff, volumeB: number, { startMs, endMs, times = 1 }: SessionUsage): number {
  const { incrementB = 1, minSessionB = 0, minPerSecondB, graceS = 0 } = tariff;
  const seconds = Math.ceil((endMs - startMs) / 1000);
  const bySecond = minPerSecondB !== undefined && seconds > graceS;
  const leastB = bySecond ? minPerSecondB * seconds : minSessionB;
  const rules = ['increment', bySecond ? 'minPerSecond' : 'minSession'] as const;
  return decide(tally, volumeB, roundedUp(volumeB, incrementB), leastB, rules, times);
}

function addMessages(
  tally: Tally,
  tariff: Tariff,
  direction: 'upB' | 'downB',
  sizes: MessageSizes | undefined,
  session: SessionUsage,
): void {
  if (sizes === undefined && session[direction] > 0) {
    throw new FieldbenchError({
      code: 'FB_TARIFF_USAGE',
      message: `the tariff ${tariff.name} bills messages, and a session came without their sizes`,
      hint: 'count messages on this link, or take a tariff that bills volume',
    });
  }
  const { messageIncrementB = 1, minMessageB = 0 } = tariff;
  for (const [sizeB, count] of sizes ?? []) {
    const times = count * (session.times ?? 1);
    tally.messages += times;
    tally.measured[direction] += sizeB * times;
    const rules = ['messageIncrement', 'minMessage'] as const;
    tally.billed[direction] +=
      times * decide(tally, sizeB, roundedUp(sizeB, messageIncrementB), minMessageB, rules, times);
  }
}

/** The larger of both, and a note of which rule it was. */
function decide(
  tally: Tally,
  volumeB: number,
  roundedB: number,
  leastB: number,
  [rounding, least]: readonly [BillingRule, BillingRule],
  times: number,
): number {
  const billedB = Math.max(roundedB, leastB);
  const rule = billedB === volumeB ? 'measured' : leastB > roundedB ? least : rounding;
  const share = (tally.rules[rule] ??= { times: 0, addedB: 0 });
  share.times += times;
  share.addedB += (billedB - volumeB) * times;
  return billedB;
}

const roundedUp = (volumeB: number, incrementB: number): number => Math.ceil(volumeB / incrementB) * incrementB;
