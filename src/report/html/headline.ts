// The head of the page: the verdict in one sentence, what places and repeats the run, declared limits, warnings.
import type { JudgedRun } from '../../judge/judged.ts';
import { isJudged } from '../../judge/verdict.ts';
import { linkWords, runLine, verdictSentence, verdictWords } from '../verdict-words.ts';
import { shape } from './badge.ts';
import { limitsList } from './limits.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** More targets than these cannot be told of one by one in a sentence that anybody reads. */
const toldApart = 2;

/** The head; `sections` are the anchors of what follows, with their names. */
export function headline(run: JudgedRun, sections: readonly (readonly [anchor: string, name: string])[]): Html {
  return html`<header class="${run.verdict}">
    <p class="verdict">${shape(run.verdict)} ${verdictWords[run.verdict].word}</p>
    <h1>${oneSentence(run)}</h1>
    <p class="aside">${runLine(run)}</p>
    ${linkAside(run)}
    <p class="repeat"><span class="label">Repeat</span> <code>${run.run.command}</code></p>
    ${limitsList(run.targets)} ${warningsList(run.warnings)}
    <nav aria-label="Sections">${sections.map(([anchor, name]) => html`<a href="#${anchor}">${name}</a>`)}</nav>
  </header>`;
}

/** The verdict; of many targets together. */
export function oneSentence(run: JudgedRun): string {
  if (run.targets.length <= toldApart || run.run.mode !== 'conform') return verdictSentence(run);
  const judged = run.targets.filter((it) => it.statements.some(({ verdict }) => isJudged(verdict)));
  const broke = judged.filter((it) => it.statements.some(({ verdict }) => verdict === 'fail'));
  const ids = new Set(
    broke.flatMap((it) => it.statements.filter((each) => each.verdict === 'fail').map(({ id }) => id)),
  );
  const told =
    broke.length === 0
      ? `All ${judged.length} targets kept every statement that was judged`
      : `${broke.length} of ${judged.length} targets broke statements, ${ids.size} different ones in all`;
  const unjudged = run.targets.length - judged.length;
  const rest = unjudged === 0 ? '' : `; ${unjudged} could not be judged`;
  const end =
    run.end === undefined
      ? '; the bench was killed before the run was over'
      : run.end.how === 'completed'
        ? ''
        : `; the run was ${run.end.how}`;
  return `${told}${rest}${end}.`;
}

function linkAside(run: JudgedRun): Html | undefined {
  const link = linkWords(run);
  return link && html`<p class="aside">${link.over}; ${link.patience.join('; ')}</p>`;
}

function warningsList(warnings: readonly string[]): Html | undefined {
  if (warnings.length === 0) return undefined;
  return html`<ul class="warnings">
    ${warnings.map((it) => html`<li>${shape('warn')} ${it}</li>`)}
  </ul>`;
}
