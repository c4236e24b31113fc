// What the bench and a foreign client program say to each other, a line of JSON each: orders on stdin, intents on stdout.
import { z } from 'zod';
import type { Message } from '../../session/session-output.ts';

/** How the program connects, and what it does then; the first line that it is told. */
export interface ForeignOrders {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly userName?: string;
  readonly password?: string;
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  readonly reconnect: { readonly baseMs: number; readonly capMs: number };
  readonly publishes?: { readonly topic: string; readonly qos: 0 | 1 | 2; readonly intervalMs: number };
  /** QoS by topic filter. */
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
}

/** Told later: it publishes nothing new by itself. */
export const restLine = JSON.stringify({ do: 'rest' });

const intent = z.strictObject({
  intent: z.strictObject({
    topic: z.string(),
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    retain: z.boolean(),
    payload: z.base64(),
    /** When, by the machine's monotonic clock. */
    monotonicMs: z.number(),
  }),
});

/** What a program meant to publish, and how long ago. */
export interface ToldIntent {
  readonly message: Message;
  readonly agoMs: number;
}

/** Longer ago than any line may take from a program to us: such a clock is not ours. */
const longestMs = 60_000;

/** The intent that a line tells; nothing where it tells none, as what a library prints by itself. */
export function toldIntent(line: string): ToldIntent | undefined {
  const told = intent.safeParse(parsed(line));
  if (!told.success) return undefined;
  const { topic, qos, retain, payload, monotonicMs } = told.data.intent;
  const agoMs = Number(process.hrtime.bigint()) / 1e6 - monotonicMs;
  return {
    message: { topic, qos, retain, payload: Buffer.from(payload, 'base64') },
    agoMs: agoMs >= 0 && agoMs < longestMs ? agoMs : 0,
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
