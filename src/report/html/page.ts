// report.html: one file that needs nothing else, opens from a disk, and reads without its script.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Offences } from '../offence.ts';
import type { Material, Reporter } from '../reporter.ts';
import { verdictWords } from '../verdict-words.ts';
import { shapeSheet } from './badge.ts';
import { lanesOf } from './conversation.ts';
import { coverageSection } from './coverage.ts';
import { decisionSection } from './decision.ts';
import { drawers } from './drawers.ts';
import { expectationsOf, expectationsSection } from './expectations.ts';
import { filterBar } from './filters.ts';
import { gridOf } from './grid.ts';
import { headline, oneSentence } from './headline.ts';
import { indexOf, islandOf } from './island.ts';
import { matrixSection } from './matrix.ts';
import { problemsSection } from './problems.ts';
import { provenanceSection } from './provenance.ts';
import { script } from './script.ts';
import { seriesSection } from './series-section.ts';
import { style } from './style.ts';
import { html, trusted } from './template.ts';
import type { Html } from './template.ts';
import { topologySection } from './topology.ts';

/** Writes report.html. */
export const htmlPage: Reporter = {
  output: 'report.html',
  write: (material, path) => writeFile(path, pageText(material)),
};

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Even if something slipped through the escaping: no request, no script and no style but ours. */
const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;

/** Not written inside a template: the policy holds the hashes of exactly these texts. */
const styleSheet = trusted(`<style>${style}</style>`);
const ourScript = trusted(`<script>${script}</script>`);

/** The whole page. */
export function pageText(material: Material): string {
  const { run, problems, excerpts, events, series } = material;
  const grid = gridOf(run);
  const sections = sectionsOf(material, grid.rows.length > 0);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${verdictWords[run.verdict].word}: ${oneSentence(run)}</title>
        ${styleSheet}
      </head>
      <body>
        ${shapeSheet()} ${headline(run, sections)}
        <main>
          ${decisionSection(run)} ${filterBar(grid.targets)}
          ${problemsSection(problems, { excerpts, lanes: lanesOf(events), grid })}
          ${expectationsSection(run.targets, events)} ${series && seriesSection(series)} ${series && topology(material)}
          ${matrixSection(grid)} ${coverageSection(grid.targets)} ${provenanceSection(run, events)}
        </main>
        ${data('index', indexOf(grid))} ${ourScript} ${data('island', islandOf(material, grid))} ${drawers(grid)}
      </body>
    </html> `.toString();
}

/** As things stood when an expectation was first not met. */
function topology({ run, events }: Material): Html | undefined {
  return topologySection(events, new Offences(events).firstMs(expectationsOf(run.targets)));
}

function sectionsOf(
  { run, problems, series, events }: Material,
  hasMatrix: boolean,
): readonly (readonly [string, string])[] {
  const expects = run.targets.some((it) => it.checks.some(({ kind }) => kind === 'expectation'));
  return [
    ...(decisionSection(run) === undefined ? [] : [['decision', 'Decision'] as const]),
    ['failures', problems.some((it) => it.verdict === 'fail') || problems.length === 0 ? 'Failures' : 'To look at'],
    ...(expects ? [['expectations', 'Expectations'] as const] : []),
    ...(series === undefined ? [] : [['series', 'What happened'] as const]),
    ...(series !== undefined && events.some((it) => it.kind === 'opened') ? [['topology', 'Topology'] as const] : []),
    ...(hasMatrix ? [['matrix', 'Sections and targets'] as const] : []),
    ...(run.targets.some((it) => it.role === 'target') ? [['coverage', 'Coverage'] as const] : []),
    ['provenance', 'Provenance'],
  ];
}

/** Data for the script: nothing in it can end the element, be taken for markup, or be unseen. */
function data(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replaceAll(
    /[<>&\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu,
    escapedUnits,
  );
  return html`<script type="application/json" id="${id}">
    ${trusted(text)}
  </script>`;
}

/** As JSON escapes it, unit by unit. */
function escapedUnits(it: string): string {
  return it
    .split('')
    .map((unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'))
    .join('');
}
