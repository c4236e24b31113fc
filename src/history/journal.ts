// The history on disk: one JSON event per line, written so soon that a killed bench leaves a readable record.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { FieldbenchError } from '../error.ts';
import type { EventDraft, HistoryEvent } from './event.ts';
import { liveHistory, type LiveHistory } from './live-history.ts';

/** Where and how large a journal may become. */
export interface JournalOptions {
  /** Path of the file; its folder is made when missing. An existing file is never written over. */
  readonly file: string;
  /** The run's clock, see net/clock.ts. */
  readonly nowMs: () => number;
  /** Size at which the journal ends in a `truncated` event; passed by one event at most. Default {@link defaultJournalB}. */
  readonly maxB?: number;
}

/** An open journal. */
export interface Journal extends LiveHistory, Disposable {
  readonly file: string;
  /** Why nothing more is recorded; absent while all is well. */
  readonly truncated: string | undefined;
  /** Writes out what was recorded in this turn of the event loop. */
  flush(): void;
  /** Flushes and closes; what is recorded later is ignored. Calling it twice does nothing. */
  close(): void;
}

/** A day of some 20 messages per second at two taps, and small enough to open again. */
export const defaultJournalB = 512 * 1024 * 1024;

/** Written at once when this much waits, so that one long turn cannot hold a whole run back. */
const batchB = 64 * 1024;

/**
 * Opens a new journal.
 *
 * Lines go to the kernel at the end of the event-loop turn that recorded them (and at 64 KiB, and when the process
 * exits): killing the bench loses at most that turn. There is no fsync, so power loss is not covered. Measured on two
 * shared cores: 3 to 6 µs per event on top of decoding it, the most where every turn records a single one.
 *
 * @throws FieldbenchError `FB_REPORT_FOLDER` when the file cannot be made.
 */
export function openJournal(options: JournalOptions): Journal {
  const writer = new LineWriter(openNew(options.file), options.maxB ?? defaultJournalB);
  const live = liveHistory(options.nowMs, (event) => writer.add(event));
  let truncated: string | undefined;
  let turnEnds: NodeJS.Immediate | undefined;

  function record(draft: EventDraft): void {
    if (writer.closed || (truncated !== undefined && draft.kind !== 'end')) return;
    live.record(draft);
    if (truncated === undefined && writer.full) truncate(`the journal reached its cap of ${writer.maxB} B`);
    if (writer.waitingB >= batchB) flush();
    else turnEnds ??= setImmediate(flush);
  }

  function flush(): void {
    clearImmediate(turnEnds);
    turnEnds = undefined;
    const problem = writer.flush();
    if (problem === undefined || truncated !== undefined) return;
    truncate(`the journal could not be written: ${problem}`);
    writer.flush(); // Cutting the torn line off may have made room for this last one.
  }

  function truncate(why: string): void {
    truncated = why;
    live.record({ kind: 'truncated', why });
  }

  function close(): void {
    if (writer.closed) return;
    flush();
    process.off('exit', flush);
    writer.close();
  }

  process.once('exit', flush);
  return {
    file: options.file,
    get truncated() {
      return truncated;
    },
    record,
    watch: (watcher) => live.watch(watcher),
    flush,
    close,
    [Symbol.dispose]: close,
  };
}

function openNew(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'ax', 0o600);
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new FieldbenchError({
      code: 'FB_REPORT_FOLDER',
      message: exists ? `${file} holds an earlier run` : `${file} cannot be written`,
      expected: 'a folder that this user may write to, without a journal in it',
      actual: (cause as Error).message,
      hint: 'name another folder with --report DIR',
      cause,
    });
  }
}

/** Collects lines and writes them in batches; a failed write leaves whole lines only. */
class LineWriter {
  readonly #fd: number;
  readonly maxB: number;
  #waiting: string[] = [];
  #writtenB = 0;
  /** About the bytes that wait: counted in UTF-16 units, which is exact for all but non-ASCII topics' names. */
  waitingB = 0;
  closed = false;

  constructor(fd: number, maxB: number) {
    this.#fd = fd;
    this.maxB = maxB;
  }

  get full(): boolean {
    return this.#writtenB + this.waitingB >= this.maxB;
  }

  add(event: HistoryEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    this.#waiting.push(line);
    this.waitingB += line.length;
  }

  /** Gives what went wrong, if anything did. */
  flush(): string | undefined {
    if (this.#waiting.length === 0) return undefined;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.waitingB = 0;
    let doneB = 0;
    try {
      while (doneB < bytes.length) doneB += writeSync(this.#fd, bytes, doneB);
      this.#writtenB += doneB;
      return undefined;
    } catch (error) {
      this.#keepWholeLines(doneB === 0 ? 0 : bytes.lastIndexOf('\n', doneB - 1) + 1);
      return (error as Error).message;
    }
  }

  #keepWholeLines(wholeB: number): void {
    this.#writtenB += wholeB;
    try {
      ftruncateSync(this.#fd, this.#writtenB);
    } catch {
      // The reader shows the torn line as a gap.
    }
  }

  close(): void {
    this.closed = true;
    closeSync(this.#fd);
  }
}
