// Where later work sits on every packet of a fleet: who watches, and what stands between a device and its socket.
import type { Direction, Vantage } from '../history/event.ts';
import type { Frame } from '../wire/frame.ts';
import type { TimerWheel } from './timer-wheel.ts';

/**
 * Sees every packet of a process: rules, excerpts for the history. Without a link model there is one tap, `wire`; with
 * one there are two, at the device (`clientEnd`) and at its socket (`serverEnd`).
 */
export interface PacketWatch {
  /** `connection` counts the connections of the device, from 1. */
  opened(device: number, connection: number, nowMs: number): void;
  /** The frame's bytes are good until this returns; its offset is not that of the stream. */
  packet(device: number, direction: Direction, seenAt: Vantage, frame: Frame, nowMs: number): void;
  /** `by` is who closed; `how` the code of the error, empty for a FIN. */
  ended(device: number, by: 'client' | 'server', how: string, nowMs: number): void;
}

/** The two ends of the link of each device. */
export interface LinkEnds {
  /** Bytes come out at the socket. */
  toServer(device: number, bytes: Uint8Array): void;
  /** Bytes come out at the device. */
  toClient(device: number, bytes: Uint8Array): void;
  /** The link breaks the device's connection. */
  reset(device: number): void;
}

/**
 * What stands between each device and its socket, and hands bytes on, at once or later. Bytes that it holds it copies:
 * they are good only until it returns.
 */
export interface LinkModel {
  /** The device's connection stands; what was held for an earlier one is void. */
  opened(device: number, nowMs: number): void;
  /** The device sends, or its socket received. */
  take(device: number, direction: Direction, bytes: Uint8Array, nowMs: number): void;
  /** The device's connection is over. */
  closed(device: number, nowMs: number): void;
  /** A timer of the model is due: one for each device, by {@link LinkTimers}. */
  due(device: number, nowMs: number): void;
}

/** The timer that the model has for each device. */
export type LinkTimers = Pick<TimerWheel, 'arm' | 'disarm'>;

/** What a fleet is run with; each costs one branch for a packet where it is absent. */
export interface FleetHooks {
  readonly watch?: PacketWatch;
  readonly link?: (ends: LinkEnds, timers: LinkTimers) => LinkModel;
}
