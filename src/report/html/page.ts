// report.html: one file that needs nothing else, runs no script, and opens from a disk.
import { writeFile } from 'node:fs/promises';
import type { Material, Reporter } from '../reporter.ts';
import { verdictSentence } from '../verdict-words.ts';
import { html } from './template.ts';

/** Writes report.html. */
export const htmlPage: Reporter = {
  output: 'report.html',
  write: (material, path) => writeFile(path, pageText(material)),
};

/** The whole page. */
export function pageText(material: Material): string {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" /><title>fieldbench</title>
      <p>${verdictSentence(material.run)}</p>
    </html>`.toString();
}
