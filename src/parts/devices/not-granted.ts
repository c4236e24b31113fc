// The error of whoever wanted to subscribe and may not, told alike by every kind of device.
import { FieldbenchError } from '../../error.ts';

/** A SUBACK that refuses a topic filter. */
export function notGranted(name: string, returnCodes: readonly number[]): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_NOT_GRANTED',
    message: `the broker refuses a subscription of "${name}"`,
    expected: 'SUBACK with 0, 1 or 2 for every topic filter',
    actual: `SUBACK with ${returnCodes.join(', ')}`,
    hint: "Look at the broker's access rules for this client id.",
  });
}
