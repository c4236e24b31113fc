// Programs that a plan needs and fieldbench does not bring along: looked for once, before anything starts.
import { plainProfile } from '../faults/link-profile.ts';
import type { FoundProgram } from '../parts/foreign/find-foreign.ts';
import { libraryOf } from '../parts/foreign/foreign-device.ts';
import { nodeRedImage, nodeRedProgram } from '../parts/gateways/node-red.ts';
import type { Plan, PlannedLink } from './plan.ts';
import type { PlannedDevice, PlannedForeign, PlannedNodeRed } from './planned-device.ts';

/** A device that is a program of somebody else. */
export type ForeignPlanned = PlannedForeign | PlannedNodeRed;

/** By name of device. */
export type ForeignPrograms = ReadonlyMap<string, FoundProgram>;

/**
 * Looks for the programs of a plan.
 * @throws FieldbenchError `FB_DEVICE_PROGRAM_MISSING`; for containers `FB_DOCKER_ABSENT`, `FB_IMAGE_ABSENT`
 */
export async function findPrograms({ devices }: Plan, signal: AbortSignal): Promise<ForeignPrograms> {
  const looked = new Map<string, Promise<FoundProgram>>();
  const found = new Map<string, FoundProgram>();
  for (const it of devices.filter(isForeign)) {
    const what = JSON.stringify([it.kind, 'image' in it ? it.image : undefined]);
    const looking = looked.get(what) ?? programOf(it, signal);
    looked.set(what, looking);
    found.set(it.name, await looking);
  }
  return found;
}

function programOf(it: ForeignPlanned, signal: AbortSignal): Promise<FoundProgram> {
  switch (it.kind) {
    case 'node-red':
      return nodeRedProgram();
    case 'container:node-red':
      return nodeRedImage(it.image);
    case 'mqtt-js':
    case 'paho-python':
      return libraryOf(it.kind, signal);
  }
}

export function isForeign(it: PlannedDevice): it is ForeignPlanned {
  return ['mqtt-js', 'paho-python', 'node-red', 'container:node-red'].includes(it.kind);
}

/** Who is not ours does not record what it sees: where no link stands before it, one that does nothing does. */
export function tapOf(name: string): PlannedLink {
  return { name: `tap of ${name}`, backend: 'embedded', profile: plainProfile };
}
