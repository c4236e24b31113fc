// How much of the standard a run judged on a target, against what can be seen on a server at all.
import type { JudgedStatement, JudgedTarget } from '../judge/judged.ts';
import { isJudged } from '../judge/verdict.ts';
import type { Verdict } from '../judge/verdict.ts';
import { isObservable, statements311 } from '../spec/catalogue.ts';
import type { Statement, StatementId } from '../spec/statement.ts';
import { bySection } from './sections.ts';

/** A statement that could have been judged, and was not. */
export interface Unjudged {
  readonly id: StatementId;
  readonly title: string;
  /** `notYet`: nothing in the run judges it. */
  readonly kind: 'skipped' | 'notExercised' | 'inconclusive' | 'notYet';
  readonly why: string;
}

/** Coverage of one section of the standard. */
export interface SectionCoverage {
  readonly title: string;
  readonly observable: number;
  readonly judged: number;
  readonly unjudged: readonly Unjudged[];
}

/** Coverage of one target. What was skipped, not exercised or inconclusive does not count as judged. */
export interface Coverage {
  /** Numbered statements of the standard. */
  readonly numbered: number;
  /** Those whose observance shows on a server from outside: the denominator. */
  readonly observable: number;
  readonly judged: number;
  /** Judged besides: prose without a number, and statements that show only through others. */
  readonly besides: number;
  readonly sections: readonly SectionCoverage[];
}

/** The numbered statements whose observance shows on a server from outside. */
export function observableOnServers(): readonly Statement[] {
  return statements311().filter((it) => isObservable(it, 'server'));
}

/** Works out what was covered on a target. */
export function coverageOf(target: JudgedTarget): Coverage {
  const observable = observableOnServers();
  const verdicts = new Map(target.statements.map((it) => [it.id, it]));
  const isCovered = (it: { readonly id: StatementId }): boolean =>
    isJudged(verdicts.get(it.id)?.verdict ?? 'notExercised');
  const judged = observable.filter(isCovered).length;
  return {
    numbered: statements311().length,
    observable: observable.length,
    judged,
    besides: target.statements.filter((it) => isJudged(it.verdict)).length - judged,
    sections: bySection(observable).map(({ title, items }) => ({
      title,
      observable: items.length,
      judged: items.filter(isCovered).length,
      unjudged: items.filter((it) => !isCovered(it)).map((it) => unjudged(it, verdicts.get(it.id))),
    })),
  };
}

function unjudged({ id, title }: Statement, judged: JudgedStatement | undefined): Unjudged {
  const kind = kindOf(judged?.verdict);
  return { id, title, kind, why: whyNot[kind] };
}

function kindOf(verdict: Verdict | undefined): Unjudged['kind'] {
  return verdict === undefined || isJudged(verdict) ? 'notYet' : (verdict as Unjudged['kind']);
}

const whyNot: Readonly<Record<Unjudged['kind'], string>> = {
  skipped: 'skipped: the target or the machine rules it out',
  notExercised: 'its situation never arose',
  inconclusive: 'inconclusive',
  notYet: 'nothing in this run judges it',
};
