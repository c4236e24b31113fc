// Which packets the forwarder of a lab loses: known from the seed alone.
import { draw } from '../../faults/draw.ts';
import type { Direction } from '../../faults/packet-fault.ts';

/** A number in [0, 1) for the nth packet of a direction, counted from 1. */
export function labDraw(seed: number, direction: Direction, n: number): number {
  return draw({ seed, link: 'lab', connection: 0, direction, purpose: 'loss', n });
}
