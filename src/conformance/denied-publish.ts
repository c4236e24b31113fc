// Publishes what an access control list does not allow, and sees the exchange through as far as the server goes along.
import type { CheckBench } from './bench.ts';

/** A message that the list denies. */
export interface DeniedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain?: boolean;
}

const packetId = 1;

/** Does so on a connection of its own, since the server may end it. */
export async function publishDenied(
  bench: CheckBench,
  name: string,
  { topic, payload, qos, retain = false }: DeniedMessage,
): Promise<void> {
  const client = await bench.connect(name, { variant: 'acl' });
  // Not illegal as a packet: the taint tells the rules that nobody promises its delivery.
  await client.sendIllegal('PUBLISH to a topic that is denied to the login', {
    type: 'PUBLISH',
    dup: false,
    qos,
    retain,
    topic,
    ...(qos > 0 && { packetId }),
    payload: Buffer.from(payload),
  });
  if (qos === 0) {
    // Behind it, either its answer or the end shows that the message was read.
    await client.ping();
    return;
  }
  const answer = await client.next(qos === 1 ? 'PUBACK' : 'PUBREC');
  if (answer?.type === 'PUBREC') {
    await client.send({ type: 'PUBREL', packetId });
    if (await client.next('PUBCOMP')) return;
  } else if (answer) return;
  await client.closedByServer();
}
