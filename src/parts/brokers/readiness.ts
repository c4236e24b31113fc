// Ready means: it answered CONNECT with CONNACK 0. An open port proves nothing.
import { randomUUID } from 'node:crypto';
import { connect as dial, type Socket } from 'node:net';
import { pause, type Clock } from '../../net/clock.ts';
import type { Endpoint } from '../part.ts';

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
  readonly signal?: AbortSignal;
  /** For the whole wait, default 60 s. */
  readonly overallMs?: number;
  /** For one CONNECT, default 10 s. */
  readonly attemptMs?: number;
}

const connackB = 4;
const pausesMs = [20, 50, 100, 250];

/**
 * Sends CONNECT again and again until CONNACK 0 comes or waiting longer is pointless.
 * Gives `'ready'`, or what was met last, in words.
 * @throws the signal's reason when aborted.
 */
export async function awaitReady(endpoint: Endpoint, bounds: ReadinessBounds): Promise<string> {
  const { clock, signal, overallMs = 60_000, attemptMs = 10_000 } = bounds;
  const endMs = clock.nowMs() + overallMs;
  for (let attempt = 0; ; attempt++) {
    const leftMs = endMs - clock.nowMs();
    const answer = await tryConnect(endpoint, { ...bounds, attemptMs: Math.min(attemptMs, leftMs) });
    if (answer.kind === 'accepted') return 'ready';
    const pauseMs = pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0;
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
  signal?.throwIfAborted();
  const beganMs = clock.nowMs();
  const socket = dial({ ...endpoint, noDelay: true });
  let connected = false;
  socket.once('connect', () => (connected = true));
  const enough = new AbortController();
  const timeout = pause(clock, attemptMs, signal ? AbortSignal.any([signal, enough.signal]) : enough.signal);
  try {
    const answer = await Promise.race([firstAnswer(socket), timeout]);
    if (answer?.kind === 'accepted') socket.end(Buffer.from([0xe0, 0x00]), () => socket.destroy());
    else socket.destroy();
    if (answer) return answer;
    const afterMs = clock.nowMs() - beganMs;
    if (!connected) return { kind: 'refused', why: `no answer within ${Math.round(afterMs)} ms` };
    return { kind: 'silence', afterMs, receivedB: socket.bytesRead };
  } finally {
    enough.abort();
    timeout.catch(() => undefined);
  }
}

function firstAnswer(socket: Socket): Promise<ConnectAnswer> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    socket.once('connect', () => socket.write(connectPacket()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = readConnack(received);
      if (answer) resolve(answer);
    });
    socket.once('error', (error) => {
      resolve(
        socket.bytesWritten === 0
          ? { kind: 'refused', why: error.message }
          : { kind: 'closed', receivedB: received.length },
      );
    });
    socket.once('close', () => resolve({ kind: 'closed', receivedB: received.length }));
  });
}

function connectPacket(): Buffer {
  const id = Buffer.from(`fieldbench-${randomUUID().slice(0, 8)}`);
  const head = [0x10, 12 + id.length, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 30, 0, id.length];
  return Buffer.concat([Buffer.from(head), id]);
}

function readConnack(received: Buffer): ConnectAnswer | undefined {
  const [type, length, , code] = received;
  const fits = (type ?? 0x20) === 0x20 && (length ?? 2) === 2;
  if (!fits) return { kind: 'other', firstBytes: received.subarray(0, 8).toString('hex') };
  if (code === undefined) return undefined;
  return code === 0 ? { kind: 'accepted' } : { kind: 'connack', returnCode: code };
}
