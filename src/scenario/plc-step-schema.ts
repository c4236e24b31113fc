// Steps of a timeline that are about a PLC alone: what they may say.
import { z } from 'zod';
import { duration } from '../bench/files/quantities.ts';
import { partName } from './schema-words.ts';

/** How long it lasts: then it is undone. */
const lasting = { for: duration.optional() };
const cable = { port: z.int().min(1).default(1) };
const unit = { unit: z.int().min(0).max(255) };
const busLine = { line: z.enum(['A', 'B']) };

/** Keys of such steps, beside those of time. */
export const plcStepKeys = {
  restart: { restart: partName, how: z.enum(['warm', 'cold']).optional() },
  input: { input: partName, name: z.string().min(1), value: z.number().optional(), ...lasting },
  dip: { dip: partName, for: duration.refine((ms) => ms > 0, 'expected a length of time above 0') },
  unplug: { unplug: partName, ...cable, ...lasting },
  plug: { plug: partName, ...cable },
  remove: { remove: partName, ...unit, ...lasting },
  insert: { insert: partName, ...unit },
  breakBus: { breakBus: partName, ...busLine, ...lasting },
  mendBus: { mendBus: partName, ...busLine },
} as const;

/** An input that is let go stays so. */
export function lettingGo(
  it: { readonly value?: number | undefined; readonly for?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (it.value !== undefined || it.for === undefined) return;
  context.addIssue({ code: 'custom', path: ['for'], message: 'expected a "value" that lasts so long' });
}
