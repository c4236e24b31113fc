// Findings as they happen: a judge that steps along with the run, and the packets that it has just seen.
import type { ConnectionId, HistoryEvent } from '../history/event.ts';
import type { Finding } from '../judge/finding.ts';
import type { Judge } from '../judge/judge.ts';
import { Excerpts } from './excerpt.ts';
import { clockText } from './figures.ts';
import { labelled } from './layout.ts';
import type { Paint } from './paint.ts';
import { problemText } from './problem-text.ts';
import type { Problem } from './problems.ts';
import { safeText } from './safe-text.ts';
import { verdictWords } from './verdict-words.ts';

/** Events kept of each connection, at both taps together. */
const keptEvents = 24;
const keptB = 32 * 1024;
/** Ends of connections, as taps tell them, until the first of them is forgotten. */
const keptOver = 400;

/** Feed it every event of a run; it gives what each brought to light, as lines for a terminal. */
export class LiveFindings {
  readonly #judge: Judge;
  readonly #screen: { readonly paint: Paint; readonly width: number };
  readonly #recent = new Map<ConnectionId, HistoryEvent[]>();
  readonly #peers = new Map<ConnectionId, string>();
  readonly #over: ConnectionId[] = [];

  constructor(judge: Judge, screen: { readonly paint: Paint; readonly width: number }) {
    this.#judge = judge;
    this.#screen = screen;
  }

  /** Connections of which packets are still at hand. */
  get keptConnections(): number {
    return this.#recent.size;
  }

  /** Takes the next event; gives the lines of each finding. */
  note(event: HistoryEvent): readonly (readonly string[])[] {
    this.#keep(event);
    return this.#judge.step(event).flatMap((finding) => {
      const lines = this.#linesOf(finding, event);
      return lines.length === 0 ? [] : [lines];
    });
  }

  #keep(event: HistoryEvent): void {
    if (!('connection' in event) || event.connection === undefined) return;
    const known = this.#recent.get(event.connection) ?? [];
    this.#recent.set(event.connection, known);
    known.push(event);
    let weightB = known.reduce((sum, it) => sum + weightOf(it), 0);
    while (known.length > 1 && (known.length > keptEvents || weightB > keptB)) weightB -= weightOf(known.shift());
    if (event.kind === 'opened' && event.peer !== undefined) this.#peers.set(event.connection, event.peer);
    if (event.kind === 'ended') this.#over.push(event.connection); // By each of its taps.
    if (this.#over.length > keptOver) this.#forget(this.#over.shift() ?? '');
  }

  #forget(connection: ConnectionId): void {
    this.#recent.delete(connection);
    this.#peers.delete(connection);
  }

  #linesOf(finding: Finding, now: HistoryEvent): readonly string[] {
    const { paint, width } = this.#screen;
    const problem = problemOf(finding);
    if (problem === undefined) return [];
    const it = problemText(problem, this.#excerptsOf(finding));
    const { sign, word } = verdictWords[problem.verdict];
    const head = `${sign} ${word}  ${this.#whoOf(finding)}  ${it.title}`;
    const seen = it.packets.length > 0 ? it.packets : [`events ${finding.evidence.events.join(', ')} of the journal`];
    return [
      ...labelled(`${clockText(now.tMs).padStart(9)}  `, head, width).map((line) =>
        paint.verdict(problem.verdict, line),
      ),
      ...it.expected.flatMap((text, at) =>
        labelled(at === 0 ? '           expected  ' : '                 or  ', text, width),
      ),
      ...labelled('           came      ', it.actual, width),
      ...seen.map((line) =>
        line.startsWith('>') ? paint.verdict(problem.verdict, `           ${line}`) : `           ${line}`,
      ),
      ...(it.bytes === '' ? [] : labelled('           bytes     ', it.bytes, width)),
    ];
  }

  /** Device or broker, and the connection with its address. */
  #whoOf({ target = '', connection }: Finding): string {
    if (connection === undefined) return safeText(target, 'terminal');
    const peer = this.#peers.get(connection);
    return safeText(`${target} (${connection}${peer === undefined ? '' : ` from ${peer}`})`, 'terminal');
  }

  /** Other connections than the finding's own may show it too. */
  #excerptsOf(finding: Finding): Excerpts {
    const cited = new Set(finding.evidence.events);
    const all = [...this.#recent.values()].filter(
      (events) => events.some((it) => cited.has(it.seq)) || isOf(events, finding.connection),
    );
    return new Excerpts(all.flat().toSorted((a, b) => a.seq - b.seq));
  }
}

function isOf([first]: readonly HistoryEvent[], connection: ConnectionId | undefined): boolean {
  return first !== undefined && 'connection' in first && first.connection === connection;
}

const weightOf = (event: HistoryEvent | undefined): number => (event?.kind === 'packet' ? event.bytes.length : 0);

/** Passes are no news. */
function problemOf(finding: Finding): Problem | undefined {
  const { target = '', verdict, statement, by, expected, actual, evidence, measured = [], count } = finding;
  if (verdict !== 'fail' && verdict !== 'inconclusive' && verdict !== 'warn') return undefined;
  const statements = statement === undefined ? [] : [statement];
  return { target, verdict, statements, by, checks: [], expected, actual, evidence, measured, count, repeat: '' };
}
