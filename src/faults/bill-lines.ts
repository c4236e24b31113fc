// Says how a bill came about: each rule that decided something, in words that can be held against the contract.
import type { Bill, BillingRule, Tariff } from './tariff.ts';

const figure = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 4 });

const counted = (count: number, what: string): string => `${figure(count)} ${what}${count === 1 ? '' : 's'}`;

/** The lines of a bill, first the bytes and then the money. */
export function billLines(tariff: Tariff, bill: Omit<Bill, 'lines'>, days: number): readonly string[] {
  const layer = tariff.layer === 'ip' ? 'at IP level' : 'of payload';
  const { measured, billed, cost } = bill;
  const messages = tariff.roundingPer === 'message' ? `, ${counted(bill.messages, 'message')}` : '';
  return [
    `${counted(bill.sessions, 'session')}${messages}: ${figure(measured.upB)} B up and ${figure(measured.downB)} B down ${layer}`,
    ...ruleLines(tariff, bill.rules),
    `billed: ${figure(billed.totalB)} B${directions(billed)}`,
    ...(tariff.includedB === undefined
      ? []
      : [
          `covered by the fee: ${figure(bill.includedB)} B, of ${figure(tariff.includedB)} B a month, a thirtieth a day, ${counted(days, 'day')}`,
        ]),
    `volume: ${money(cost.usage, bill)}, at ${figure(tariff.perMbUp)} up and ${figure(tariff.perMbDown)} down per ${figure(tariff.mbBytes)} B`,
    ...(tariff.monthly === undefined
      ? []
      : [
          `fee: ${money(cost.fee, bill)}, of ${figure(tariff.monthly)} a month, a thirtieth a day, ${counted(days, 'day')}`,
        ]),
  ];
}

const money = (amount: number, { currency }: { readonly currency: string }): string => `${figure(amount)} ${currency}`;

function directions({ upB, downB, jointB }: Bill['billed']): string {
  const joint = jointB === 0 ? '' : `, ${figure(jointB)} for both together`;
  return ` (${figure(upB)} up, ${figure(downB)} down${joint})`;
}

function ruleLines(tariff: Tariff, rules: Bill['rules']): readonly string[] {
  const words = ruleWords(tariff);
  return Object.entries(words).flatMap(([rule, text]) => {
    const share = Object.entries(rules).find(([name]) => name === rule)?.[1];
    return share === undefined ? [] : [`${text}: ${counted(share.times, 'time')}, ${figure(share.addedB)} B more`];
  });
}

/** What each rule of this tariff says. */
export function ruleWords(tariff: Tariff): Readonly<Record<Exclude<BillingRule, 'measured'>, string>> {
  const per = { session: 'a session', direction: 'each direction of a session', message: 'a message' }[
    tariff.roundingPer
  ];
  const grace = tariff.graceS === undefined ? '' : ` that lasts longer than ${figure(tariff.graceS)} s`;
  return {
    increment: `${per} counts in whole increments of ${figure(tariff.incrementB ?? 1)} B`,
    minSession: `${per} counts as at least ${figure(tariff.minSessionB ?? 0)} B`,
    minPerSecond: `${per}${grace} counts as at least ${figure(tariff.minPerSecondB ?? 0)} B a second`,
    minMessage: `a message counts as at least ${figure(tariff.minMessageB ?? 0)} B`,
    messageIncrement: `a message counts in whole increments of ${figure(tariff.messageIncrementB ?? 1)} B`,
  };
}
