// What ran on what: versions, how each target was started, the machine, and the tolerances behind the verdicts.
import type { JudgedRun } from '../../judge/judged.ts';
import { numberText } from '../figures.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section. */
export function provenanceSection({ run, end, targets }: JudgedRun): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['fieldbench', run.fieldbench],
    ['run', run.runId],
    ['started', run.startedAt],
    ['ended', end === undefined ? 'killed: the journal has no end' : [end.how, end.reason].filter(Boolean).join(': ')],
    ['seed', String(run.seed)],
    ['command', run.command],
    ['clock', run.clock],
    ...(run.scenario === undefined ? [] : [['scenario', run.scenario.file] as const]),
    ...targets.map((it) => [`target ${it.name}`, `${it.version}; ${it.how}`] as const),
    ...Object.entries(run.provenance),
  ];
  return html`<section id="provenance">
    <h2>Provenance</h2>
    ${factList(facts)} ${Object.keys(run.parameters).length === 0 ? undefined : tolerances(run.parameters)}
    ${
      run.scenario === undefined
        ? undefined
        : html`<details>
            <summary>The scenario as it was played</summary>
            ${linesOf(run.scenario.text)}
          </details>`
    }
  </section>`;
}

function tolerances(parameters: Readonly<Record<string, number>>): Html {
  return html`<h3>Tolerances</h3>
    ${factList(Object.entries(parameters).map(([name, value]) => [name, numberText(value)] as const))}`;
}

function factList(facts: readonly (readonly [string, string])[]): Html {
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Text of several lines; each is made safe on its own. */
function linesOf(text: string): Html {
  return html`<pre>${text.split(/\r?\n/).map((line) => html`${line}${'\u00a0'}<br />`)}</pre>`;
}
