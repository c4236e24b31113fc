// The last result of a trial as a page: when, of which commit, by which command, with which figures.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** What a trial found. */
export interface TrialRecord {
  /** Name of the trial: of its file, its command and its page. */
  readonly name: string;
  /** What was done and what decides, in a few sentences. */
  readonly about: string;
  /** Name -> value, in the order of the page. */
  readonly figures: Readonly<Record<string, string>>;
  /** Tables and the like, as Markdown. */
  readonly body: string;
}

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** What is being tried, as it was when the trial began: a long one may outlive the next commit. */
const dirty = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes not committed';
/** The commit that is being tried. */
export const commitOfTrial = `${git('rev-parse', '--short', 'HEAD')}${dirty}`;

/** Writes docs/trials/NAME.md anew. */
export function writeTrial({ name, about, figures, body }: TrialRecord): void {
  const lines = Object.entries({
    date: new Date().toISOString().slice(0, 10),
    commit: commitOfTrial,
    command: `\`npm run trials -- ${name}\``,
    ...figures,
  }).map(([figure, value]) => `- ${figure}: ${value}`);
  writeFileSync(`docs/trials/${name}.md`, `# Trial: ${name}\n\n${about}\n\n${lines.join('\n')}\n\n${body}\n`);
}
