// What a check leaves in a session goes with it: clearing up is no part of what is judged.
import type { CheckBench } from './bench.ts';

/** Leaves the target as it was found, as far as it lets us: some close on a client id that comes back too soon. */
export async function forget(bench: CheckBench, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const client = await bench.open(name);
    await client.send(bench.connectPacket(name));
    await client.next('CONNACK');
    await client.disconnect();
  }
}
