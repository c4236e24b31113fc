// What the page's script reads: every text and packet once, referred to by number, rendered only when a drawer opens.
import type { Verdict } from '../../judge/verdict.ts';
import type { JudgedTarget } from '../../judge/judged.ts';
import type { Evidence } from '../../judge/finding.ts';
import { bytesOf } from '../packet-bytes.ts';
import type { Material } from '../reporter.ts';
import { frameOf } from '../../history/packet-of.ts';
import type { PacketSeen } from '../../history/event.ts';
import { safeText } from '../safe-text.ts';
import { titleOf } from '../sections.ts';
import { verdictWords } from '../verdict-words.ts';
import { conversationsOf } from './conversation.ts';
import type { Conversation, Step } from './conversation.ts';
import { laneName } from './evidence.ts';
import type { Grid } from './grid.ts';
import { readable } from './template.ts';
import { fieldsOf } from './packet-fields.ts';

/** Runs of bytes as kind and text; a packet of plain bytes is one string of hexadecimal digits. */
type Bytes = string | readonly (readonly [kind: string, text: string])[];

/** A packet: its text, its fields as name and value in turn, its bytes. Texts are numbers into {@link Island.texts}. */
type PackedPacket = readonly [text: number, fields: readonly number[], bytes: Bytes];

/**
 * A step: `lane * 3 + way` (0 to the server, 1 to the client, 2 a note), tenths of a millisecond at the client's end
 * since the conversation began, its packet (or text, of a note), and the time at the server's end where that differs.
 */
type PackedStep = readonly [code: number, clientT: number | null, what: number, serverT?: number | null];

/** One check's conversation with one target. */
export interface PackedConversation {
  readonly beganMs: number;
  readonly lanes: readonly number[];
  readonly server: number;
  readonly link?: number;
  readonly steps: readonly PackedStep[];
  /** Steps that findings are about, each with its bytes where some of them are known to be wrong. */
  readonly here: readonly (readonly [step: number, bytes: Bytes | null])[];
  /** Steps that only the journal holds. */
  readonly left: number;
}

/** What the script needs at once. */
export interface Index {
  readonly targets: readonly string[];
  readonly words: Readonly<Record<Verdict, string>>;
  /** Per row of the matrix its statements: id, title, verdict by target (empty: none). */
  readonly statements: readonly (readonly (readonly [
    id: string,
    title: string,
    verdicts: readonly (Verdict | '')[],
  ])[])[];
}

/** What the script needs once a check is opened. */
export interface Island {
  readonly texts: readonly string[];
  readonly packets: readonly PackedPacket[];
  /** By `target/check`, the target by its number. */
  readonly conversations: Readonly<Record<string, PackedConversation>>;
  /** Acceptable outcomes by check. */
  readonly expected: Readonly<Record<string, readonly number[]>>;
  /** Commands that repeat, by `target/check`. */
  readonly repeat: Readonly<Record<string, number>>;
}

/** More steps of one conversation are not for reading; those that findings are about are kept, whatever their number. */
const mostSteps = 600;

/** The small part. */
export function indexOf({ targets, rows }: Grid): Index {
  const words = Object.entries(verdictWords).map(([verdict, { word }]) => [verdict, word] as const);
  return {
    targets: targets.map((it) => plain(it.name)),
    words: Object.fromEntries(words) as Index['words'],
    statements: rows.map((row) =>
      row.ids.map((id) => {
        const verdicts = row.cells.map((cell) => cell.statements.find((it) => it.id === id)?.verdict ?? '');
        return [id, titleOf(id), verdicts] as const;
      }),
    ),
  };
}

/** The large part: the conversations of the checks of a conformance run. */
export function islandOf({ events }: Material, grid: Grid): Island {
  const pack = new Packing();
  const numbers = new Map(grid.targets.map((it, index) => [it.name, index]));
  const conversations = conversationsOf(events).flatMap((it) => {
    const target = numbers.get(it.target);
    const judged = target === undefined ? undefined : grid.targets[target];
    if (target === undefined || judged === undefined) return [];
    return [[`${target}/${it.check}`, pack.conversation(it, marksOf(it.check, judged))] as const];
  });
  const checks = grid.targets.flatMap((it, index) =>
    it.checks.filter(({ kind }) => kind === 'check').map((check) => ({ ...check, key: `${index}/${check.id}` })),
  );
  return {
    expected: Object.fromEntries(checks.map((it) => [it.id, it.expected.map((text) => pack.text(plain(text)))])),
    repeat: Object.fromEntries(checks.map((it) => [it.key, pack.text(plain(it.repeat))])),
    conversations: Object.fromEntries(conversations),
    texts: pack.texts,
    packets: pack.packets,
  };
}

/** What findings other than passes cite last, with the bytes that are wrong where they say so. */
function marksOf(check: string, target: JudgedTarget): ReadonlyMap<number, Evidence['bytes']> {
  const own = [...target.findings, ...target.checks.map((it) => ({ ...it, check: it.id }))].filter(
    (it) => it.check === check && ['fail', 'inconclusive', 'warn'].includes(it.verdict),
  );
  return new Map(
    own.flatMap(({ evidence }) => {
      const seq = evidence.bytes?.event ?? evidence.events.at(-1);
      return seq === undefined ? [] : [[seq, evidence.bytes] as const];
    }),
  );
}

/** Numbers texts and packets in the order in which they come up. */
class Packing {
  readonly texts: string[] = [];
  readonly packets: PackedPacket[] = [];
  readonly #textNumbers = new Map<string, number>();
  readonly #packetNumbers = new Map<string, number>();

  text(text: string): number {
    return numbered(text, text, this.#textNumbers, this.texts);
  }

  conversation({ lanes, steps }: Conversation, marks: ReadonlyMap<number, Evidence['bytes']>): PackedConversation {
    const marked = steps.map((step) => step.seqs.find((seq) => marks.has(seq)));
    const kept = steps.flatMap((step, index) =>
      index < mostSteps || marked[index] !== undefined ? [{ step, seq: marked[index] }] : [],
    );
    const beganMs = steps.reduce(
      (least, { clientMs, serverMs }) => Math.min(least, clientMs ?? serverMs ?? Infinity),
      Infinity,
    );
    const order = lanes.map((it) => it.connection);
    const link = lanes.find((it) => it.link !== undefined)?.link;
    return {
      beganMs,
      lanes: lanes.map((it) => this.text(laneName(it.connection, it))),
      server: this.text(plain(lanes[0]?.server ?? 'server')),
      ...(link !== undefined && { link: this.text(plain(link)) }),
      steps: kept.map(({ step }) => this.#step(step, order.indexOf(step.connection), beganMs)),
      here: kept.flatMap(({ step, seq }, index) =>
        seq === undefined ? [] : [[index, wrongBytes(step, marks.get(seq))] as const],
      ),
      left: steps.length - kept.length,
    };
  }

  #step({ way, clientMs, serverMs, packet, text }: Step, lane: number, beganMs: number): PackedStep {
    const tenths = (ms: number | undefined): number | null =>
      ms === undefined ? null : Math.round((ms - beganMs) * 10);
    const code = lane * 3 + (way === 'toServer' ? 0 : way === 'toClient' ? 1 : 2);
    const what = packet === undefined ? this.text(text) : this.#packet(packet, text);
    const [client, server] = [tenths(clientMs), tenths(serverMs)];
    return clientMs === serverMs ? [code, client, what] : [code, client, what, server];
  }

  #packet(event: PacketSeen, text: string): number {
    const { direction, bytes, omittedB, masked } = event;
    const key = JSON.stringify([direction, text, bytes, omittedB, masked]);
    const known = this.#packetNumbers.get(key);
    if (known !== undefined) return known;
    const fields = fieldsOf(event).flatMap((pair) => pair.map((it) => this.text(it)));
    return numbered(
      key,
      [this.text(text), fields, packedBytes(event, flawOf(event))],
      this.#packetNumbers,
      this.packets,
    );
  }
}

function numbered<T>(key: string, value: T, numbers: Map<string, number>, values: T[]): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, values.length);
  return values.push(value) - 1;
}

/** Bytes that break the form of a packet are known without a finding. */
function flawOf(event: PacketSeen): { readonly offset: number; readonly length: number } | undefined {
  const flaw = frameOf(event).deviations.find((it) => it.length > 0);
  return flaw && { offset: flaw.offset - event.offset, length: flaw.length };
}

function wrongBytes({ packet }: Step, wrong: Evidence['bytes']): Bytes | null {
  return packet === undefined || wrong === undefined ? null : packedBytes(packet, wrong);
}

function packedBytes(event: PacketSeen, wrong?: { readonly offset: number; readonly length: number }): Bytes {
  const runs = bytesOf(event, wrong);
  const [only] = runs;
  if (runs.length === 1 && only?.kind === 'plain') return only.text.replaceAll(' ', '');
  return runs.map((it) => [it.kind, it.text] as const);
}

function plain(text: string): string {
  return safeText(readable(text), 'terminal');
}
