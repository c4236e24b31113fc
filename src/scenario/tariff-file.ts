// What a tariff file may say, and how one is read: a contract is data that anybody can hold against the paper.
import { z } from 'zod';
import type { Tariff } from '../faults/tariff.ts';
import { parseYamlFile, readYamlFile, type FileWords } from '../bench/files/yaml-file.ts';

const bytes = z.int('expected a whole number of bytes').min(1, 'expected at least 1 byte');
const seconds = z.number().positive('expected a number of seconds above 0');
const price = z.number().min(0, 'expected a price, 0 or more');

const figures = {
  perMbUp: price,
  perMbDown: price,
  mbBytes: z.union([z.literal(1_000_000), z.literal(1_048_576)], 'expected 1000000 or 1048576'),
  layer: z.enum(['ip', 'app'], 'expected ip or app'),
  roundingPer: z.enum(['session', 'direction', 'message'], 'expected session, direction or message'),
  incrementB: bytes.optional(),
  minSessionB: bytes.optional(),
  minPerSecondB: bytes.optional(),
  graceS: seconds.optional(),
  minMessageB: bytes.optional(),
  messageIncrementB: bytes.optional(),
  sessionIdleEndS: seconds.optional(),
  sessionMaxS: seconds.optional(),
  sessionMaxB: bytes.optional(),
  monthly: price.optional(),
  includedB: bytes.optional(),
};

/** Figures that say nothing for one kind of rounding. */
const idle = {
  message: ['incrementB', 'minSessionB', 'minPerSecondB', 'graceS'],
  volume: ['minMessageB', 'messageIncrementB'],
} as const;

/** The schema of a tariff file. */
const tariffSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and dashes'),
    title: z.string().min(1),
    currency: z.string().regex(/^[A-Z]{3}$/, 'expected a currency of three letters, such as USD'),
    ...figures,
    /** Where every figure is from that `evidence` does not name, for instance the number of one's own contract. */
    source: z.string().min(1).optional(),
    evidence: z.partialRecord(z.enum(Object.keys(figures)), z.string().min(1)).default({}),
  })
  .superRefine((tariff, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    for (const figure of idle[tariff.roundingPer === 'message' ? 'message' : 'volume']) {
      if (tariff[figure] !== undefined) wrong(figure, `says nothing where rounding is per ${tariff.roundingPer}`);
    }
    if (tariff.graceS !== undefined && tariff.minPerSecondB === undefined) wrong('graceS', 'needs minPerSecondB');
    if (tariff.includedB !== undefined && tariff.monthly === undefined) wrong('includedB', 'needs monthly');
  });

const words: FileWords = {
  kind: 'tariff file',
  hint: 'fieldbench list tariffs shows the ones that are shipped',
  codes: { file: 'FB_TARIFF_FILE', yaml: 'FB_TARIFF_YAML', schema: 'FB_TARIFF_SCHEMA' },
};

/**
 * Reads and validates a tariff file.
 * @throws FieldbenchError `FB_TARIFF_FILE` when it cannot be read; FileErrors for what is wrong in it.
 */
export async function readTariff(file: string): Promise<Tariff> {
  return tariffOf((await readYamlFile(file, tariffSchema, words)).value);
}

/** As {@link readTariff}, from text. */
export function parseTariff(file: string, text: string): Tariff {
  return tariffOf(parseYamlFile(file, text, tariffSchema, words).value);
}

/** Each figure gets its evidence: its own, else the source of the whole file, else none. */
function tariffOf({ source = 'assumed', evidence, ...tariff }: z.output<typeof tariffSchema>): Tariff {
  const stated = Object.keys(figures).filter((it) => Object.hasOwn(tariff, it));
  const all = stated.map((it) => [it, evidence[it] ?? source] as const);
  return { ...withoutAbsent(tariff), evidence: Object.fromEntries(all) };
}

/** An optional figure of the schema may be there and undefined; one of a tariff is there or not. */
function withoutAbsent(tariff: Omit<z.output<typeof tariffSchema>, 'source' | 'evidence'>): Omit<Tariff, 'evidence'> {
  const { name, title, currency, perMbUp, perMbDown, mbBytes, layer, roundingPer, ...rest } = tariff;
  const present = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { name, title, currency, perMbUp, perMbDown, mbBytes, layer, roundingPer, ...present };
}
