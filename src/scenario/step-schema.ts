// What a scenario's timeline may say: when, and what happens to which part.
import { z } from 'zod';
import { duration, timeStep } from '../bench/files/quantities.ts';
import { faultSchema } from './fault-schema.ts';
import { figureKeys, linkWord, oneDelay } from './link-schema.ts';
import { partName, phaseName, qos, topic } from './schema-words.ts';
import { lettingGo, plcStepKeys } from './plc-step-schema.ts';
import { oneTiming, onceKeys, timingKeys, type Timing } from './step-timing.ts';
import { stepWords } from './step-words.ts';

/** How long it lasts: then it is undone. */
const lasting = { for: duration.optional() };
const message = { topic, payload: z.string().default(''), qos: qos.default(1), retain: z.boolean().default(false) };

/** One line that happens at its time, or at random. */
const line = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject({ ...timingKeys, ...shape })
    // Its keys of time are those, whatever the other keys are; for a shape that is not known yet TypeScript cannot tell.
    .superRefine((it, context) => oneTiming(it as unknown as Timing, context));

/** One line of the timeline. */
export const step = z.union(
  [
    line({ shape: partName, profile: linkWord.optional(), ...figureKeys, ...lasting }).superRefine(oneDelay),
    line({ cut: partName, how: z.enum(['drop', 'rst']).default('drop'), ...lasting }),
    line({ halfOpen: partName, dead: z.enum(['toServer', 'toClient']), ...lasting }),
    line({ restore: partName }),
    /** Adds packet faults to a link. */
    z
      .strictObject({ ...onceKeys, fault: partName, with: z.union([faultSchema, z.array(faultSchema).min(1)]) })
      .superRefine(oneTiming),
    line({ start: partName }),
    line({ stop: partName, ...lasting }),
    line({ kill: partName, ...lasting }),
    line({ pause: partName, ...lasting }),
    line({ resume: partName }),
    line(plcStepKeys.restart),
    /** Holds what a sensor measures at a value; without one it measures again. */
    line({ stimulate: partName, value: z.number().optional(), ...lasting }),
    line({ alarm: partName, on: z.boolean().default(true), ...lasting }),
    line(plcStepKeys.input).superRefine(lettingGo),
    line(plcStepKeys.dip),
    line(plcStepKeys.unplug),
    line(plcStepKeys.plug),
    line(plcStepKeys.remove),
    line(plcStepKeys.insert),
    line(plcStepKeys.breakBus),
    line(plcStepKeys.mendBus),
    line({ clock: partName, step: timeStep }),
    line({ publish: partName, ...message }),
    line({
      request: partName,
      ...message,
      answer: z.strictObject({ topic: z.string().min(1), within: duration.default(5000) }),
    }),
    /** From here on the run is in this phase: other steps may count from it. */
    z.strictObject({ ...onceKeys, phase: phaseName }).superRefine(oneTiming),
  ],
  `expected one of: ${stepWords.join(', ')}, with its time`,
);
