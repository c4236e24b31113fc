// Which waivers cover a finding: one for its statement does everywhere, one for a check covers what the check is about.
import type { Waiver } from '../../history/run-gate.ts';
import type { Finding } from '../finding.ts';
import type { JudgedCheck } from '../judged.ts';
import { namePattern } from '../name-pattern.ts';
import type { Verdict } from '../verdict.ts';
import { isAbout } from './items.ts';
import type { Item } from './items.ts';

/** Nobody can take upon himself what nobody has seen: what is inconclusive or missing cannot be waived. */
export function canBeWaived(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'warn' || verdict === 'limit';
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
   * The waivers without which an item would not be covered: for each of its findings those that cover it. Where one
   * finding has none, the item is not waived.
   */
  coveringAll(item: Item): readonly (readonly Waiver[])[] {
    if (item.findings.length === 0) return [this.#own.filter((it) => it.id === item.id)];
    return item.findings.map((it) => this.covering(it));
  }

  #isOfCheck(id: string, finding: Finding): boolean {
    const check = this.#checks.get(id);
    return check !== undefined && isAbout(finding, check);
  }
}
