// What a target file may say: the one definition behind validation, error messages and editors' completion.
import { z } from 'zod';
import { allowances } from './allowance.ts';
import { needs } from './need.ts';
import { containerWay, processWay, version } from './way-schema.ts';

const line = z.string().min(1);
const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');
const webPage = z
  .string()
  .regex(/^https?:\/\/[^\s/]+/, 'expected the https:// address of the page of the vendor that says so');

/** Something that the broker's own documentation says it does not do. */
const limit = z.strictObject({
  needs: z.enum(needs, `expected one of: ${needs.join(', ')}`),
  says: line,
  source: webPage,
});

/** A broker that somebody else runs. */
const remoteWay = z.strictObject({
  url: line,
  credentials: z.strictObject({ userNameFrom: environmentName, passwordFrom: environmentName }).optional(),
  /** MQTT over WebSocket on the same broker: `ws://` or `wss://`. */
  websocket: line.optional(),
  /** Certificate of the CA to trust over TLS; a path beside the target file. */
  caFile: line.optional(),
  /** Certificate of the client and its key, for a broker that asks for one. */
  certFile: line.optional(),
  keyFile: line.optional(),
  version: version.default({ text: 'unknown' }),
});

/** Ways to have a broker, in the order of preference where none is asked for. */
export const ways = ['embedded', 'process', 'container', 'remote'] as const;
export type Way = (typeof ways)[number];

/** The schema of a target file. */
export const targetSchema = z
  .strictObject({
    /** What it is, in one line. */
    title: line,
    /** Whether somebody has seen it start, and be judged. */
    status: z.enum(['tested', 'untested']).default('untested'),
    /** What one should know of it before it is used. */
    notes: line.optional(),
    /** System -> the command that installs it there. */
    install: z.record(line, line).default({}),
    /** A shipped target whose limits are this one's too. */
    like: line.optional(),
    /** Started by code of ours. */
    embedded: z.literal('aedes').optional(),
    process: processWay.optional(),
    container: containerWay.optional(),
    remote: remoteWay.optional(),
    limits: z.array(limit).default([]),
    /** What may be done to it. */
    allows: z.array(z.enum(allowances)).default([...allowances]),
  })
  .superRefine((it, context) => {
    if (ways.some((way) => it[way] !== undefined)) return;
    context.addIssue({ code: 'custom', message: `expected at least one of: ${ways.join(', ')}` });
  });

/** A target as a file gives it: lengths of time in milliseconds, defaults filled in. */
export type WrittenTarget = z.output<typeof targetSchema>;

/** JSON Schema of target files, for editors. */
export function targetJsonSchema(): unknown {
  return z.toJSONSchema(targetSchema, { io: 'input' });
}
