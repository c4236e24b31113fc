// The world in which a calibration measures: a run registry of its own, links before receivers, and no history.
import { plainProfile, type DirectionProfile, type LinkProfile, type Loss } from '../../faults/link-profile.ts';
import { machineClock } from '../../net/clock.ts';
import { connectionIds } from '../../net/connection-ids.ts';
import { linkBackend } from '../../parts/links/backend.ts';
import type { StartedFaultyLink } from '../../parts/links/link-options.ts';
import type { Endpoint, PartContext } from '../../parts/part.ts';
import { openRunRegistry } from '../run-registry.ts';
import { startReceiver, startSender, type Receiver, type Sender } from './traffic.ts';

/** Where measuring happens. Disposing ends whatever is left of it. */
export interface Bed extends AsyncDisposable {
  readonly context: PartContext;
}

/**
 * Opens a bed.
 * @throws FieldbenchError `FB_STATE_FOLDER`
 */
export async function openBed(seed: number, signal: AbortSignal): Promise<Bed> {
  const registry = await openRunRegistry();
  const context = { clock: machineClock(), seed, history: { record() {} }, owns: registry, signal };
  return { context, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

/** Which link is put before what. */
export interface BedLinkOptions {
  readonly profile: LinkProfile;
  readonly upstream: Endpoint;
  /** Without taps a link does not read what it carries, and does not meter it. */
  readonly taps: boolean;
}

/** @throws FieldbenchError those of the backend */
export function startBedLink(
  backend: string,
  options: BedLinkOptions,
  context: PartContext,
): Promise<StartedFaultyLink> {
  const named = { ...options, name: 'calibration', client: 'sender', server: 'receiver' };
  return linkBackend(backend).start({ ...named, connectionIds: connectionIds() }, context);
}

/** What is put between a sender and a receiver. */
export interface LinkedOptions {
  readonly backend: string;
  readonly profile: LinkProfile;
  readonly connections: number;
  /** See `startReceiver`. */
  readonly messageB: number;
}

/** Both ends, with the link between them. */
export interface LinkedTraffic extends AsyncDisposable {
  readonly sender: Sender;
  readonly receiver: Receiver;
}

const spreadMs = 200;

/**
 * Each connection has carried a message when this resolves.
 * @throws FieldbenchError `FB_CALIBRATION` and those of the backend
 */
export async function linkedTraffic(
  { backend, profile, connections, messageB }: LinkedOptions,
  context: PartContext,
): Promise<LinkedTraffic> {
  await using starting = new AsyncDisposableStack();
  const receiver = starting.use(await startReceiver(messageB, context));
  const link = starting.use(
    await startBedLink(backend, { profile, upstream: receiver.endpoint, taps: false }, context),
  );
  const sender = starting.use(await startSender({ to: link.endpoint, connections, messageB }, context));
  // The far half of a connection is dialled behind the near one: what waits for that is not the link's delay or loss.
  if (messageB > 0) {
    await sender.play({ perConnection: 1, everyMs: spreadMs });
    await receiver.messages(connections);
  }
  const running = starting.move();
  return { sender, receiver, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A link with the same delay both ways and, on the way up, what is given. */
export function profileOf(delayMs: number, up: Partial<DirectionProfile> = {}): LinkProfile {
  const base = { ...plainProfile.up, delayMs };
  return { ...plainProfile, name: 'calibration', title: 'made to be measured', up: { ...base, ...up }, down: base };
}

/** Both ways the same. */
export function lossyProfile(delayMs: number, loss: Loss): LinkProfile {
  const direction = { ...plainProfile.up, delayMs, loss };
  return { ...profileOf(delayMs), up: direction, down: direction };
}
