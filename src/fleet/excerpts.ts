// What shows a failure is kept: its packets, and all that is on its connections within two seconds before and after.
import { momentPlace, packetPlace, type EvidencePlace } from '../judge/recorded-findings.ts';
import type { RecordRing } from './record-ring.ts';
import { RecordWriter, recordB, type SeenRecord } from './seen-records.ts';
import type { SeenNames } from './seen-names.ts';

/** How long before and after it. */
const AROUND_MS = 2000;

/** Chooses from a ring what is worth keeping. */
export class Excerpts {
  readonly #ring: RecordRing;
  readonly #names: SeenNames;
  readonly #keep: (records: Uint8Array) => void;
  /** Records that were kept, by ordinal. */
  readonly #kept = new Set<number>();
  /** Until when what is seen on a device's connection is kept. */
  readonly #untilMs = new Map<number, number>();

  constructor(ring: RecordRing, names: SeenNames, keep: (records: Uint8Array) => void) {
    this.#ring = ring;
    this.#names = names;
    this.#keep = keep;
  }

  /** Keeps these records and what is around them; gives the places of those that are still there. */
  around(ordinals: readonly number[], nowMs: number): readonly EvidencePlace[] {
    const places: EvidencePlace[] = [];
    const fromMs = new Map<string, number>();
    for (const ordinal of ordinals) {
      const it = this.#ring.find(ordinal);
      if (!it) continue;
      const connection = this.#names.connection(it.device, it.connection);
      places.push(it.kind === 'packet' ? packetPlace(connection, it) : momentPlace(connection, it.kind, it.seenAt));
      fromMs.set(connection, Math.min(fromMs.get(connection) ?? Infinity, it.tMs - AROUND_MS));
      if (it.tMs + AROUND_MS > nowMs) this.#untilMs.set(it.device, it.tMs + AROUND_MS);
    }
    const wanted = new Set(ordinals);
    const chosen: SeenRecord[] = [];
    for (const [ordinal, it] of fromMs.size > 0 ? this.#ring.all() : []) {
      if (this.#kept.has(ordinal)) continue;
      const from = fromMs.get(this.#names.connection(it.device, it.connection));
      if (from === undefined || (it.tMs < from && !wanted.has(ordinal))) continue;
      this.#kept.add(ordinal);
      chosen.push(it);
    }
    if (chosen.length > 0) this.#keep(written(chosen));
    return places;
  }

  /** Something was seen behind a failure. */
  behind(ordinal: number, device: number, tMs: number): void {
    if (this.#untilMs.size === 0) return;
    const untilMs = this.#untilMs.get(device);
    if (untilMs === undefined) return;
    if (tMs > untilMs) {
      this.#untilMs.delete(device);
      return;
    }
    const it = this.#ring.find(ordinal);
    if (!it || this.#kept.has(ordinal)) return;
    this.#kept.add(ordinal);
    this.#keep(written([it]));
  }
}

function written(records: readonly SeenRecord[]): Uint8Array {
  const writer = new RecordWriter(records.reduce((sum, { bytes }) => sum + recordB(bytes), 0));
  for (const it of records) writer.write(it);
  return writer.buffer.subarray(0, writer.lengthB);
}
