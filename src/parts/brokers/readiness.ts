// Ready means: it answered CONNECT with CONNACK 0. An open port proves nothing.
import { randomUUID } from 'node:crypto';
import { FieldbenchError } from '../../error.ts';
import { pause, type Clock } from '../../net/clock.ts';
import { dial } from '../../net/dial.ts';
import type { Wire } from '../../net/wire.ts';
import { encode } from '../../wire/encode.ts';
import type { Frame } from '../../wire/frame.ts';
import type { Connect } from '../../wire/packet.ts';
import { StreamDecoder } from '../../wire/stream-decoder.ts';
import type { Endpoint, Login } from '../part.ts';

/** What one CONNECT met. */
export type ConnectAnswer =
  | { readonly kind: 'accepted' }
  /** No TCP connection came about. */
  | { readonly kind: 'refused'; readonly why: string }
  /** TCP was accepted, and then nothing (or less than a CONNACK) came within the time. */
  | { readonly kind: 'silence'; readonly afterMs: number; readonly receivedB: number }
  /** The connection ended before a whole CONNACK. */
  | { readonly kind: 'closed'; readonly receivedB: number }
  | { readonly kind: 'connack'; readonly returnCode: number }
  /** What came is no CONNACK. */
  | { readonly kind: 'other'; readonly firstBytes: string };

/** Bounds of the wait; the defaults are the bench's. */
export interface ReadinessBounds {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For the whole wait, default 60 s. */
  readonly overallMs?: number;
  /** For one CONNECT, default 10 s. */
  readonly attemptMs?: number;
  /** What the CONNECT carries; default: nothing. */
  readonly login?: Login;
}

const connackB = 4;
/** How long a server may take to close its side after DISCONNECT. */
const partingMs = 1000;
const pausesMs = [20, 50, 100, 250];

/**
 * Sends CONNECT again and again until CONNACK 0 comes or waiting longer is pointless.
 * Gives `'ready'`, or what was met last, in words; silence in a last try that was cut short by the end says nothing.
 * @throws the signal's reason when aborted.
 */
export async function awaitReady(endpoint: Endpoint, bounds: ReadinessBounds): Promise<string> {
  const { clock, signal, overallMs = 60_000, attemptMs = 10_000 } = bounds;
  const endMs = clock.nowMs() + overallMs;
  let met: ConnectAnswer | undefined;
  for (let attempt = 0; ; attempt++) {
    const forMs = Math.min(attemptMs, endMs - clock.nowMs());
    const came = await tryConnect(endpoint, { ...bounds, attemptMs: forMs });
    if (came.kind === 'accepted') return 'ready';
    const pauseMs = pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0;
    const answer = met !== undefined && came.kind === 'silence' && forMs < attemptMs ? met : came;
    met = answer;
    if (isFinal(answer)) return answerText(answer);
    if (clock.nowMs() + pauseMs >= endMs) return `${answerText(answer)}, for ${Math.round(overallMs / 1000)} s`;
    await pause(clock, pauseMs, signal);
  }
}

/** A program that is still starting refuses, is silent, closes, or says "server unavailable" (3); nothing else changes by waiting. */
function isFinal(answer: ConnectAnswer): boolean {
  return answer.kind === 'other' || (answer.kind === 'connack' && answer.returnCode !== 3);
}

/** The answer in words, for an error. */
export function answerText(answer: ConnectAnswer): string {
  switch (answer.kind) {
    case 'accepted':
      return 'CONNACK with code 0';
    case 'refused':
      return `no TCP connection (${answer.why})`;
    case 'silence':
      return answer.receivedB === 0
        ? `it accepted TCP and never answered CONNECT (waited ${Math.round(answer.afterMs)} ms)`
        : `it sent ${answer.receivedB} of the ${connackB} bytes of a CONNACK and no more (waited ${Math.round(answer.afterMs)} ms)`;
    case 'closed':
      return `it closed the connection ${answer.receivedB === 0 ? 'without an answer' : 'in the middle of a packet'}`;
    case 'connack':
      return `CONNACK with code ${answer.returnCode} (${meaning[answer.returnCode] ?? 'no code of MQTT 3.1.1'})`;
    case 'other':
    default:
      return `it answered with something that is no CONNACK (first bytes ${answer.firstBytes})`;
  }
}

/** Return codes of MQTT 3.1.1, table 3.1. */
const meaning: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol level',
  2: 'client identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};

/**
 * One CONNECT on a connection of its own, and what came of it; ends politely with DISCONNECT after CONNACK 0.
 * @throws the signal's reason when aborted.
 */
export async function tryConnect(endpoint: Endpoint, bounds: ReadinessBounds): Promise<ConnectAnswer> {
  const { clock, signal, attemptMs = 10_000 } = bounds;
  const beganMs = clock.nowMs();
  const wire = await dial(endpoint, { clock, signal, timeoutMs: attemptMs }).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof FieldbenchError)) throw error;
    return { why: error.actual ?? error.message };
  });
  if ('why' in wire) return { kind: 'refused', why: wire.why };
  const leftMs = Math.max(0, beganMs + attemptMs - clock.nowMs());
  const answer = await firstAnswer(wire, { ...bounds, attemptMs: leftMs });
  if (answer.kind === 'accepted') {
    await wire.send(encode({ type: 'DISCONNECT' }));
    wire.end();
    // A server that never closes its own side would keep this process alive for ever.
    void endWithin(wire, clock);
  } else await wire[Symbol.asyncDispose]();
  signal.throwIfAborted();
  return answer.kind === 'silence' ? { ...answer, afterMs: clock.nowMs() - beganMs } : answer;
}

async function endWithin(wire: Wire, clock: Clock): Promise<void> {
  const cancel = clock.after(partingMs, () => void wire[Symbol.asyncDispose]());
  await wire.closed;
  cancel();
}

async function firstAnswer(
  wire: Wire,
  { clock, signal, attemptMs, login }: ReadinessBounds & { readonly attemptMs: number },
): Promise<ConnectAnswer> {
  const { promise, resolve } = Promise.withResolvers<ConnectAnswer>();
  const decoder = new StreamDecoder('server', { maxPacketB: connackB });
  let receivedB = 0;
  wire.onPeerEnd(() => resolve({ kind: 'closed', receivedB }));
  wire.onBytes((chunk) => {
    receivedB += chunk.length;
    const [frame] = decoder.push(chunk);
    if (frame) resolve(answerOf(frame));
  });
  void wire.closed.then(() => resolve({ kind: 'closed', receivedB }));
  const cancel = clock.after(attemptMs, () => resolve({ kind: 'silence', afterMs: attemptMs, receivedB }));
  const abort = (): void => resolve({ kind: 'silence', afterMs: 0, receivedB });
  signal.addEventListener('abort', abort, { once: true });
  await wire.send(encode(connectPacket(login)));
  const answer = await promise;
  cancel();
  signal.removeEventListener('abort', abort);
  return answer;
}

function answerOf({ packet, bytes, deviations }: Frame): ConnectAnswer {
  if (packet?.type !== 'CONNACK' || deviations.length > 0) {
    return { kind: 'other', firstBytes: Buffer.from(bytes.subarray(0, 8)).toString('hex') };
  }
  return packet.returnCode === 0 ? { kind: 'accepted' } : { kind: 'connack', returnCode: packet.returnCode };
}

function connectPacket(login?: Login): Connect {
  return {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolLevel: 4,
    cleanSession: true,
    keepAliveS: 30,
    // At most 23 letters and digits: every broker must take that (MQTT-3.1.3-5).
    clientId: `fbready${randomUUID().replaceAll('-', '').slice(0, 16)}`,
    ...(login && { userName: login.userName, password: Buffer.from(login.password) }),
  };
}
