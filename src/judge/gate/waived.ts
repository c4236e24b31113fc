// Which waivers cover a finding: one for its statement does everywhere, one for a check covers what the check is about.
import type { Waiver } from '../../history/run-gate.ts';
import type { Finding } from '../finding.ts';
import type { JudgedCheck } from '../judged.ts';
import { namePattern } from '../name-pattern.ts';
import { foldVerdicts } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import { isAbout } from './items.ts';
import type { Item } from './items.ts';

/**
 * Nobody can take upon himself what nobody has seen: what is inconclusive or missing cannot be waived. Neither can a
 * declared limit, which is about no statement and no check.
 */
export function canBeWaived(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'warn';
}

/** Whether the waiver's last day has gone by; ISO dates sort as text. */
export function hasExpired(waiver: Waiver, today: string): boolean {
  return waiver.expires < today;
}

/** The waivers of one target. */
export class WaiversOf {
  readonly #own: readonly Waiver[];
  readonly #checks: ReadonlyMap<string, JudgedCheck>;

  constructor(waivers: readonly Waiver[], target: string, checks: readonly JudgedCheck[]) {
    this.#own = waivers.filter((it) => namePattern(it.target).test(target));
    this.#checks = new Map(checks.map((it) => [it.id, it]));
  }

  /** Those that cover a finding. */
  covering(finding: Finding): readonly Waiver[] {
    return this.#own.filter(({ id }) => id === finding.statement || this.#isOfCheck(id, finding));
  }

  /**
   * The waivers without which an item would not be covered: for each of the findings that make its verdict those that
   * cover it. Where one finding has none, the item is not waived.
   */
  coveringAll({ id, verdict, findings }: Item): readonly (readonly Waiver[])[] {
    const deciding = findings.filter((it) => it.verdict === verdict);
    if (deciding.length === 0) return [this.#own.filter((it) => it.id === id)];
    return deciding.map((it) => this.covering(it));
  }

  /** The verdict on what is left of an item without the findings that a waiver covers which holds today. */
  leftOf({ findings }: Item, today: string): Verdict {
    const isWaived = (it: Finding): boolean =>
      canBeWaived(it.verdict) && this.covering(it).some((waiver) => !hasExpired(waiver, today));
    return foldVerdicts(findings.flatMap((it) => (isWaived(it) ? [] : [it.verdict])));
  }

  #isOfCheck(id: string, finding: Finding): boolean {
    const check = this.#checks.get(id);
    return check !== undefined && isAbout(finding, check);
  }
}
