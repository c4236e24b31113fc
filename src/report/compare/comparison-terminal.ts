// Two runs beside each other in a terminal: what differs about them, how much of what was judged changed, and what.
import { labelled } from '../layout.ts';
import { paintFor, type Paint } from '../paint.ts';
import { safeText } from '../safe-text.ts';
import { changeWords, directionTitles, pairName, runWords, talliedWords, unpairedWords } from './comparison-words.ts';
import { directions } from './comparison.ts';
import type { ComparedTarget, Comparison } from './comparison.ts';
import type { Fact } from './facts.ts';

/** Of one direction; two selections may have little in common. */
const mostRows = 40;

/** How the terminal is. */
export interface ComparisonScreen {
  readonly colour: boolean;
  readonly width: number;
}

/** The comparison as lines without line ends. */
export function comparisonLines(it: Comparison, { colour, width }: ComparisonScreen): readonly string[] {
  const paint = paintFor(colour);
  return [
    ...labelled('first   ', plain(runWords(it.first)), width),
    ...labelled('second  ', plain(runWords(it.second)), width),
    ...it.facts.flatMap((fact) => factLines(fact, width)).map(paint.dim),
    ...unpairedWords(it.onlyFirst, it.onlySecond).flatMap((text) => labelled('! ', plain(text), width)),
    ...it.targets.flatMap((target) => ['', ...targetLines(target, paint, width)]),
  ];
}

function targetLines(it: ComparedTarget, paint: Paint, width: number): readonly string[] {
  return [
    paint.bold(plain(pairName(it))),
    ...it.facts.flatMap((fact) => factLines(fact, width)).map(paint.dim),
    ...labelled('  statements  ', talliedWords(it.statements, it.observable), width),
    ...labelled('  checks      ', talliedWords(it.checks), width),
    ...directions.flatMap((direction) => {
      const own = it.changes.filter((change) => change.direction === direction);
      if (own.length === 0) return [];
      const title = `${directionTitles[direction]} (${own.length})`;
      const widest = Math.max(...own.map((change) => changeWords(change).length));
      return [
        '',
        `  ${paint.bold(title)}`,
        ...own
          .slice(0, mostRows)
          .flatMap((change) => labelled(`    ${changeWords(change).padEnd(widest)}  `, plain(change.title), width)),
        ...(own.length > mostRows ? [`    and ${own.length - mostRows} more in compare.md`] : []),
      ];
    }),
  ];
}

function factLines({ name, first, second }: Fact, width: number): readonly string[] {
  return labelled(`  ${plain(name)}: `, plain(`${first || 'none'} → ${second || 'none'}`), width);
}

function plain(text: string): string {
  return safeText(text, 'terminal');
}
