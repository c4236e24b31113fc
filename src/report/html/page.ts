// report.html: one file that needs nothing else, runs no script, and opens from a disk.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { JudgedRun } from '../../judge/judged.ts';
import type { Material, Reporter } from '../reporter.ts';
import { linkWords, runLine, verdictSentence, verdictWords } from '../verdict-words.ts';
import { shape, shapeSheet } from './badge.ts';
import { coverageSection } from './coverage.ts';
import { problemsSection } from './problems.ts';
import { decisionSection } from './decision.ts';
import { provenanceSection } from './provenance.ts';
import { style } from './style.ts';
import { targetSection } from './targets.ts';
import { html, trusted } from './template.ts';
import type { Html } from './template.ts';

/** Writes report.html. */
export const htmlPage: Reporter = {
  output: 'report.html',
  write: (material, path) => writeFile(path, pageText(material)),
};

/** Even if something slipped through the escaping: no script, no request, no style but ours. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** Not written inside a template: the policy holds the hash of exactly this text. */
const styleSheet = trusted(`<style>${style}</style>`);

/** The whole page. */
export function pageText({ run, problems, excerpts }: Material): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${verdictWords[run.verdict].word}: ${verdictSentence(run)}</title>
        ${styleSheet}
      </head>
      <body>
        ${shapeSheet()} ${header(run)}
        <main>
          ${decisionSection(run)} ${problemsSection(problems, excerpts)} ${run.targets.map(targetSection)}
          ${run.targets.length === 0 ? undefined : coverageSection(run.targets)} ${provenanceSection(run)}
        </main>
      </body>
    </html> `.toString();
}

function linkAside(run: JudgedRun): Html | undefined {
  const link = linkWords(run);
  return link && html`<p class="aside">${link.over}; ${link.patience.join('; ')}</p>`;
}

function header(run: JudgedRun): Html {
  return html`<header class="${run.verdict}">
    <p class="verdict">${shape(run.verdict)} ${verdictWords[run.verdict].word}</p>
    <h1>${verdictSentence(run)}</h1>
    <p class="aside">${runLine(run)}</p>
    ${linkAside(run)}
    <p class="repeat"><span class="label">Repeat</span> <code>${run.run.command}</code></p>
    ${
      run.warnings.length === 0
        ? undefined
        : html`<ul class="warnings">
            ${run.warnings.map((it) => html`<li>${shape('warn')} ${it}</li>`)}
          </ul>`
    }
    <nav aria-label="Sections">
      <a href="#failures">Failures</a
      >${run.targets.map((it, index) => html`<a href="#target-${index}">${it.name}</a>`)}<a href="#coverage">Coverage</a
      ><a href="#provenance">Provenance</a>
    </nav>
  </header>`;
}
