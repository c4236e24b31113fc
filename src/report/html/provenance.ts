// What ran on what: versions, how each target was started, the machine and its load, and the tolerances of the verdicts.
import type { HistoryEvent } from '../../history/event.ts';
import type { JudgedRun } from '../../judge/judged.ts';
import { numberText } from '../figures.ts';
import { shape } from './badge.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

type Fact = readonly [name: string, value: string];

/** The section. */
export function provenanceSection({ run, end, targets }: JudgedRun, events: readonly HistoryEvent[]): Html {
  const lag = lagOf(events);
  const facts: readonly Fact[] = [
    ['fieldbench', run.fieldbench],
    ['run', run.runId],
    ['started', run.startedAt],
    ['ended', end === undefined ? 'killed: the journal has no end' : [end.how, end.reason].filter(Boolean).join(': ')],
    ['seed', String(run.seed)],
    ['command', run.command],
    ['clock', run.clock],
    ...(run.scenario === undefined ? [] : [['scenario', run.scenario.file] as const]),
    ...Object.entries(run.scenario?.set ?? {}).map(([name, value]) => [`parameter ${name}`, value] as const),
    ...Object.entries(run.provenance)
      .filter(([name]) => name !== 'fieldbench')
      .map(([name, value]) => [inWords(name), value] as const),
    ...(lag === undefined ? [] : [['event loop lag', lagText(lag)] as const]),
  ];
  const strains = [...loadStrain(run.provenance), ...lagStrain(lag, run.parameters)];
  return html`<section id="provenance">
    <h2>Provenance</h2>
    ${
      strains.length === 0
        ? undefined
        : html`<ul class="warnings">
            ${strains.map((it) => html`<li>${shape('warn')} ${it}</li>`)}
          </ul>`
    }
    ${factList(facts)} ${targetTable(targets)}
    ${Object.keys(run.parameters).length === 0 ? undefined : tolerances(run.parameters)}
    ${
      run.scenario === undefined
        ? undefined
        : html`<details>
            <summary>The scenario as it was played</summary>
            ${linesOf(run.scenario.text)}
            ${run.scenario.included?.map(
              (it) =>
                html`<p>${it.file}</p>
                  ${linesOf(it.text)}`,
            )}
          </details>`
    }
  </section>`;
}

interface Lag {
  readonly p99Ms: number;
  readonly maxMs: number;
}

function lagOf(events: readonly HistoryEvent[]): Lag | undefined {
  const mark = events.findLast((it) => it.kind === 'mark' && it.name === 'event-loop-lag');
  const { p99Ms, maxMs } = (mark?.kind === 'mark' && mark.data) || {};
  return typeof p99Ms === 'number' && typeof maxMs === 'number' ? { p99Ms, maxMs } : undefined;
}

function lagText({ p99Ms, maxMs }: Lag): string {
  return `p99 ${numberText(p99Ms)} ms, at most ${numberText(maxMs)} ms: latencies below that are ours`;
}

/** A bench that stood still for longer than it waits may have missed what it waited for. */
function lagStrain(lag: Lag | undefined, parameters: JudgedRun['run']['parameters']): readonly string[] {
  const shortestMs = Math.min(...Object.values(parameters));
  if (lag === undefined || lag.maxMs < shortestMs) return [];
  const [stood, waits] = [numberText(lag.maxMs), numberText(shortestMs)];
  return [`The bench itself stood still for up to ${stood} ms, longer than its shortest tolerance of ${waits} ms.`];
}

/** Load of the last minute above the number of processors, as the run began. */
function loadStrain(provenance: JudgedRun['run']['provenance']): readonly string[] {
  const [load = 0] = (provenance['loadAtStart'] ?? '').split(' ').map(Number);
  const processors = Number.parseInt(provenance['cpu'] ?? '', 10);
  if (!(load > processors)) return [];
  return [`The machine was busy as the run began: load ${numberText(load)} on ${processors} processors.`];
}

/** `congestionControl` as people write it. */
function inWords(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (it) => ` ${it.toLowerCase()}`);
}

function targetTable(targets: JudgedRun['targets']): Html | undefined {
  if (targets.length === 0) return undefined;
  return html`<h3>Targets</h3>
    <table class="origins">
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col">version</th>
          <th scope="col">how it was started</th>
        </tr>
      </thead>
      <tbody>
        ${targets.map(
          (it) =>
            html`<tr>
              <th scope="row">${it.name}</th>
              <td>${it.version}</td>
              <td>${it.how}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function tolerances(parameters: Readonly<Record<string, number>>): Html {
  return html`<h3>Tolerances</h3>
    ${factList(Object.entries(parameters).map(([name, value]) => toleranceOf(name, value)))}`;
}

/** Names carry their unit. */
function toleranceOf(name: string, value: number): Fact {
  return name.endsWith('Ms')
    ? [inWords(name.slice(0, -2)), `${numberText(value)} ms`]
    : [inWords(name), numberText(value)];
}

function factList(facts: readonly Fact[]): Html {
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
