// Programs that a plan needs and fieldbench does not bring along: looked for once, before anything starts.
import { plainProfile } from '../faults/link-profile.ts';
import type { FoundProgram } from '../parts/foreign/find-foreign.ts';
import { libraryOf } from '../parts/foreign/foreign-device.ts';
import { nodeRedProgram } from '../parts/gateways/node-red.ts';
import type { Plan, PlannedLink } from './plan.ts';
import type { PlannedDevice, PlannedForeign, PlannedNodeRed } from './planned-device.ts';

/** A device that is a program of somebody else. */
export type ForeignPlanned = PlannedForeign | PlannedNodeRed;

/** By kind of device. */
export type ForeignPrograms = ReadonlyMap<PlannedDevice['kind'], FoundProgram>;

/**
 * Looks for the programs of a plan.
 * @throws FieldbenchError `FB_DEVICE_PROGRAM_MISSING`
 */
export async function findPrograms({ devices }: Plan, signal: AbortSignal): Promise<ForeignPrograms> {
  const found = new Map<PlannedDevice['kind'], FoundProgram>();
  for (const it of devices) {
    if (!isForeign(it) || found.has(it.kind)) continue;
    found.set(it.kind, it.kind === 'node-red' ? await nodeRedProgram() : await libraryOf(it.kind, signal));
  }
  return found;
}

export function isForeign(it: PlannedDevice): it is ForeignPlanned {
  return it.kind === 'mqtt-js' || it.kind === 'paho-python' || it.kind === 'node-red';
}

/** Who is not ours does not record what it sees: where no link stands before it, one that does nothing does. */
export function tapOf(name: string): PlannedLink {
  return { name: `tap of ${name}`, backend: 'embedded', profile: plainProfile };
}
