// The latest of what a process saw, so that a failure can show what was around it; nothing older is kept.
import { RecordReader, RecordWriter, recordB, type Draft, type SeenRecord } from './seen-records.ts';

/** Pages of records, written one after another. */
const PAGE_B = 262_144;

interface Page {
  readonly writer: RecordWriter;
  /** Ordinal of its first record. */
  readonly first: number;
  /** Bytes that were handed out by `fresh`. */
  takenB: number;
}

/** Records by ordinal, from 1. */
export class RecordRing {
  readonly #pages: Page[] = [];
  readonly #mostPages: number;
  #last = 0;

  /** @param keptB about how much is kept */
  constructor(keptB: number) {
    this.#mostPages = Math.max(2, Math.ceil(keptB / PAGE_B));
  }

  /** Ordinal of the latest record. */
  get last(): number {
    return this.#last;
  }

  /** Takes a record, and gives its ordinal. */
  add(it: Draft): number {
    this.#last += 1;
    const page = this.#pages.at(-1);
    if (page?.writer.write(it) !== true) this.#newPage(recordB(it.bytes)).writer.write(it);
    return this.#last;
  }

  /** What was written since the last call, in order. */
  fresh(): readonly Buffer[] {
    return this.#pages.flatMap((page) => {
      const { buffer, lengthB } = page.writer;
      const from = page.takenB;
      page.takenB = lengthB;
      return from === lengthB ? [] : [buffer.subarray(from, lengthB)];
    });
  }

  /** Bytes that wait for `fresh`. */
  get freshB(): number {
    let sum = 0;
    for (let at = this.#pages.length - 1; at >= 0; at--) {
      const page = this.#pages[at];
      if (page === undefined || page.takenB === page.writer.lengthB) break;
      sum += page.writer.lengthB - page.takenB;
    }
    return sum;
  }

  /** A record; nothing where it is not kept any more. */
  find(ordinal: number): SeenRecord | undefined {
    const page = this.#pages.findLast((it) => it.first <= ordinal);
    if (page === undefined) return undefined;
    const reader = readerOf(page);
    for (let n = page.first; n < ordinal; n++) reader.next();
    return reader.next();
  }

  /** Every record that is kept, with its ordinal, oldest first. */
  *all(): Generator<readonly [ordinal: number, record: SeenRecord]> {
    for (const page of this.#pages) {
      const reader = readerOf(page);
      let ordinal = page.first;
      for (let it = reader.next(); it; it = reader.next()) yield [ordinal++, it];
    }
  }

  #newPage(leastB: number): Page {
    // A page that still has to be handed out stays, however many there are.
    const oldest = this.#pages[0];
    if (this.#pages.length >= this.#mostPages && oldest?.takenB === oldest?.writer.lengthB) this.#pages.shift();
    const page = { writer: new RecordWriter(Math.max(PAGE_B, leastB)), first: this.#last, takenB: 0 };
    this.#pages.push(page);
    return page;
  }
}

const readerOf = ({ writer }: Page): RecordReader => new RecordReader(writer.buffer, 0, writer.lengthB);
