// capture.pcapng: what the tap saw, for Wireshark.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pcapngOf } from './pcapng.ts';
import type { Reporter } from './reporter.ts';

/** Writes capture.pcapng, block by block: it is as large as the journal. */
export const capture: Reporter = {
  output: 'capture.pcapng',
  write: ({ events }, path) => pipeline(Readable.from(pcapngOf(events)), createWriteStream(path)),
};
