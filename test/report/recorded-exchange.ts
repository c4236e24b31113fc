// A conversation over a link as its two taps record it: small, large and cut messages, a password, an end.
import type { HistoryEvent, RunStarted } from '../../src/history/event.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { defaultCaps, RecordingBudget } from '../../src/history/recorder.ts';
import { Tap, type Ending } from '../../src/net/tap.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import {
  connack,
  connect,
  disconnect,
  pingreq,
  pingresp,
  puback,
  publish,
  suback,
  subscribe,
} from '../judge/packets.ts';

/** A run that began at a known time. */
export const run: RunStarted = {
  kind: 'run',
  seq: 1,
  tMs: 0,
  schema: 1,
  runId: '20261122-7',
  fieldbench: '0.1.0',
  mode: 'scenario',
  seed: 7,
  startedAt: '2026-11-22T20:00:00.250Z',
  clock: 'machine-monotonic',
  command: 'fieldbench run scenarios/quickstart.yaml --seed 7',
  parameters: {},
  provenance: {},
};

const message = (topic: string, payloadB: number, packetId: number): Packet =>
  publish(1, packetId, { topic, payload: Buffer.alloc(payloadB, 0x61) });

const password = Buffer.from('hunter2');

/** What client and server say to each other, in order. */
const exchange: readonly (readonly ['client' | 'server', Packet])[] = [
  ['client', connect({ clientId: 'pump-7', keepAliveS: 60, userName: 'field', password })],
  ['server', connack()],
  ['client', subscribe(1, { 'site/+/set': 1 })],
  ['server', suback(1, 1)],
  ['client', message('site/pump/level', 64, 2)],
  ['server', puback(2)],
  ['client', message('site/pump/log', 10_000, 3)],
  ['server', puback(3)],
  ['server', message('site/pump/set', 300_000, 9)],
  ['client', puback(9)],
  ['client', pingreq],
  ['server', pingresp],
  ['client', disconnect],
];

/** The events of so many connections, one after the other, over a link of 30 ms one way. */
export function recordedExchange({
  connections = 1,
  payloadB = defaultCaps.payloadB,
  ending = { by: 'client', how: 'fin' },
}: { connections?: number; payloadB?: number; ending?: Ending } = {}): readonly HistoryEvent[] {
  let nowMs = 0;
  const history = memoryHistory(() => nowMs);
  const { seq: _, tMs: __, ...begun } = run;
  history.record(begun);
  for (let i = 1; i <= connections; i++) {
    const budget = new RecordingBudget({ ...defaultCaps, payloadB });
    const names = { client: `pump-${i}`, server: 'broker', link: 'geo-vsat' };
    const shared = { history, connection: `c${i}`, names, budget };
    const near = new Tap({ ...shared, seenAt: 'clientEnd' });
    const far = new Tap({ ...shared, seenAt: 'serverEnd' });
    const pass = (from: Tap, to: Tap, see: (tap: Tap) => void): void => {
      see(from);
      nowMs += 30;
      see(to);
      nowMs += 1.25;
    };
    pass(near, far, (tap) => tap.opened());
    for (const [sender, packet] of exchange) {
      const direction = sender === 'client' ? 'toServer' : 'toClient';
      const bytes = Buffer.from(encode(packet));
      pass(...(sender === 'client' ? ([near, far] as const) : ([far, near] as const)), (tap) =>
        tap.bytes(direction, bytes),
      );
    }
    pass(near, far, (tap) => tap.ended(ending));
  }
  return history.events;
}
