// What every simulated device and gateway offers to the bench that bolted it on.
import type { Message } from '../../session/session-output.ts';
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
  /** Gone at once, as without power. Absent: the power that it runs on is cut, see {@link PartContext.power}. */
  kill?(): Promise<void>;
  /** Stands still with its connections open. Absent: the power that it runs on is paused. */
  pause?(): Promise<void>;
  resume?(): Promise<void>;
  /** Publishes now, or when it can. */
  publish?(message: Message): void;
  /** Holds what it measures at this value; without one it measures again. */
  stimulate?(value: number | undefined): void;
  /** Raises its alarm, or takes it back. */
  raiseAlarm?(on: boolean): void;
  /** Sets its clock forward, or back where it is negative. */
  stepClock?(byMs: number): void;
}
