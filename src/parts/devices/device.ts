// What every simulated device and gateway offers to the bench that bolted it on.
import type { StartedPart } from '../part.ts';

/** A device that runs. Disposing stops it. */
export interface StartedDevice extends StartedPart {
  /**
   * Resolves when it does its work for the first time: connected, and a subscriber subscribed.
   * Rejects with FieldbenchError `FB_DEVICE_REFUSED` when the broker refuses it for good, `FB_DEVICE_STOPPED` when it
   * is stopped before; nobody has to listen.
   */
  readonly online: Promise<void>;
  /** Begins nothing new from here on; what is under way goes on, connections stay. */
  rest(): void;
  /** Leaves politely and waits until everything it opened is closed; bounded. Calling it twice does nothing more. */
  stop(): Promise<void>;
  /** A sensor measures this value from now on; `undefined`: its signal again. */
  stimulate?(value: number | undefined): void;
  /** A sensor raises or clears its alarm at once, whatever it measures. */
  raiseAlarm?(on: boolean): void;
  /** Puts the clock of the device forward, or back when negative. */
  stepClock?(byMs: number): void;
}
