// Clients that are to be refused, for checks of what they leave behind.
import type { SliceConnection } from '../judge/slice.ts';
import type { Connect } from '../wire/packet.ts';
import type { CheckBench, ConnectOptions } from './bench.ts';
import { atLogin, nobody, withWrongPassword } from './refused-login.ts';

/** Ways to be refused. */
export const intruders = [
  { name: 'wrong', what: 'a CONNECT with a wrong password', spoil: withWrongPassword },
  { name: 'nobody', what: 'a CONNECT without login', spoil: nobody },
] as const;
/** One of {@link intruders}. */
export type Intruder = (typeof intruders)[number];

/** Sends a CONNECT that is to be refused, waits for the end of it, and ends it itself where the server does not. */
export async function intrude(bench: CheckBench, name: string, it: Intruder, options: ConnectOptions): Promise<void> {
  const client = await bench.open(name, { ...atLogin, ...options });
  const connect: Connect = bench.connectPacket(name, { ...atLogin, ...options });
  await client.sendIllegal(it.what, it.spoil(connect));
  if (!(await client.closedByServer())) await client.abort('rst');
}

/** Whether it was let in, which is judged elsewhere: what follows from that is right. */
export const isLetIn = (it: SliceConnection): boolean =>
  it.received('CONNACK', ({ returnCode }) => returnCode === 0).length > 0;
