// Waits until a part is online, and no longer than everybody may take at the beginning.
import { FieldbenchError } from '../error.ts';
import { pause } from '../net/clock.ts';
import type { StartedDevice } from '../parts/devices/device.ts';
import type { PartContext } from '../parts/part.ts';

/** How long everybody may take to be online at the beginning. */
const onlineWithinMs = 60_000;

/**
 * Resolves when it is online for the first time.
 * @throws FieldbenchError `FB_NOT_ONLINE` when it takes longer than a minute; the signal's reason
 */
export async function untilOnline(
  device: Pick<StartedDevice, 'name' | 'online'>,
  { clock, signal }: Pick<PartContext, 'clock' | 'signal'>,
): Promise<void> {
  const enough = new AbortController();
  // A device that waits for a mute broker does not hear of an interruption itself.
  const late = pause(clock, onlineWithinMs, AbortSignal.any([signal, enough.signal])).then(() => {
    throw notOnline(device.name);
  });
  try {
    await Promise.race([device.online, late]);
  } finally {
    enough.abort();
  }
}

function notOnline(name: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_NOT_ONLINE',
    message: `"${name}" was not online within ${onlineWithinMs / 1000} s`,
    expected: 'CONNACK 0, and every subscription granted',
    hint: 'the journal shows what it met: its connections stand under its name',
  });
}
