// Reads a journal back, also one that a killed bench left behind or that somebody else wrote.
import { createReadStream } from 'node:fs';
import { FieldbenchError, placeText, type SourcePlace } from '../error.ts';
import type { Gap, HistoryEvent } from './event.ts';
import { problemOf } from './event-shape.ts';

/** A line longer than this is no event of ours; it is skipped without being held in memory. */
const longestLineB = 16 * 1024 * 1024;

/**
 * The events of a journal, in order.
 *
 * The first line must be a `run` of a schema that is known here. Behind it nothing is fatal: a line that is damaged,
 * torn off by a kill, or out of order becomes a `gap` that names file and line.
 * Numbers may be missing (somebody took lines out); evidence still points to the events that are left.
 *
 * @throws FieldbenchError `FB_JOURNAL` with file:line:column when the file cannot be read or is no journal.
 */
export async function* readJournal(file: string): AsyncGenerator<HistoryEvent> {
  let seq = 0;
  let tMs = 0;
  for await (const line of linesOf(file)) {
    const place: SourcePlace = { file, line: line.number };
    const event = line.number === 1 ? firstEvent(line, file) : parsed(line, place, seq);
    if (typeof event === 'string') {
      seq += 1;
      yield { kind: 'gap', seq, tMs, why: `${placeText(place)}: ${event}` } satisfies Gap;
    } else {
      ({ seq, tMs } = event);
      yield event;
    }
  }
  if (seq === 0) throw noJournal({ file, line: 1, column: 1 }, 'an empty file');
}

interface Line {
  readonly number: number;
  readonly text: string;
  /** The file ended before the line did. */
  readonly isTorn: boolean;
  readonly isTooLong: boolean;
}

/** An event, or what is wrong with the line. */
function parsed(line: Line, place: SourcePlace, lastSeq: number): HistoryEvent | string {
  if (line.isTooLong) return `a line of more than ${longestLineB} B`;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (error) {
    return line.isTorn ? 'the last line is torn: the bench was killed while it wrote' : (error as Error).message;
  }
  const problem = problemOf(value);
  if (problem !== undefined) return problem;
  const event = value as HistoryEvent;
  if (event.seq <= lastSeq) return `seq ${event.seq} comes after ${lastSeq}`;
  if (event.kind === 'run' && place.line !== 1) return 'a second run begins';
  return event;
}

function firstEvent(line: Line, file: string): HistoryEvent {
  const place = { file, line: 1, column: 1 };
  const schema = schemaOf(line.text);
  if (typeof schema === 'number' && schema !== 1) throw noJournal(place, `schema ${schema}, of another fieldbench`);
  const event = parsed(line, place, 0);
  if (typeof event === 'string') throw noJournal({ ...place, column: columnOf(line.text) }, event);
  if (event.kind !== 'run') throw noJournal(place, `an event of kind ${event.kind}`);
  return event;
}

function schemaOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { schema?: unknown } | null)?.schema;
  } catch {
    return undefined;
  }
}

/** Column of the first character that is no JSON. */
function columnOf(text: string): number {
  try {
    JSON.parse(text);
    return 1;
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    if (position !== undefined) return Number(position) + 1;
    return message.includes('end of JSON') ? text.length + 1 : 1; // V8 names no position where all of it is short.
  }
}

function noJournal(at: SourcePlace, actual: string, cause?: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_JOURNAL',
    message: 'this is not a journal that can be read here',
    expected: 'a first line {"kind":"run","schema":1,...} as fieldbench writes it',
    actual,
    hint: 'name a run folder, or its journal.ndjson',
    at,
    cause,
  });
}

/** Lines of a file, without holding on to more than the longest that is allowed. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let number = 1;
  let held: Buffer[] = [];
  let heldB = 0;
  const take = (isTorn: boolean): Line => {
    const isTooLong = heldB > longestLineB;
    const line = { number, text: isTooLong ? '' : Buffer.concat(held).toString('utf8'), isTorn, isTooLong };
    number += 1;
    held = [];
    heldB = 0;
    return line;
  };
  const hold = (part: Buffer): void => {
    heldB += part.length;
    if (heldB <= longestLineB) held.push(part);
    else held = [];
  };
  for await (const chunk of chunksOf(file)) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      hold(chunk.subarray(from, at));
      from = at + 1;
      yield take(false);
    }
    hold(chunk.subarray(from));
  }
  if (heldB > 0) yield take(true);
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) yield chunk as Buffer;
  } catch (cause) {
    throw noJournal({ file }, (cause as Error).message, cause);
  }
}
