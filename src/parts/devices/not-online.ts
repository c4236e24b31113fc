// Why a party never came online, told alike by every kind of device and gateway.
import { FieldbenchError } from '../../error.ts';

/** It was stopped before. */
export function stoppedBefore(name: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_STOPPED',
    message: `"${name}" was stopped before it was online`,
    hint: 'the history tells what it met: its connections and their ends stand under its name',
  });
}

/** A SUBACK refused a topic filter. `who`: its name, or what it is with its name. */
export function notGranted(who: string, returnCodes: readonly number[]): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_NOT_GRANTED',
    message: `the broker refuses a subscription of ${who}`,
    expected: 'SUBACK with 0, 1 or 2 for every topic filter',
    actual: `SUBACK with ${returnCodes.join(', ')}`,
    hint: "Look at the broker's access rules for this client id.",
  });
}
