// Brokers that lose, double and reorder messages are caught by their accounts, and so are expectations that are wrong.
import { expect, test } from 'vitest';
import type { PacketFault } from '../../../src/faults/packet-fault.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startClient } from '../../../src/parts/devices/client.ts';
import { startSubscriber } from '../../../src/parts/devices/subscriber.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import { plainProfile } from '../../../src/faults/link-profile.ts';
import { Account, type AccountOptions } from '../../../src/scenario/expectations/account.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { testBroker, testWorld } from '../../parts/world.ts';

type Qos = 0 | 1 | 2;

/** Six messages to a broker with these faults, which no tap sees; over when so many came. */
async function played(qos: Qos, faults: readonly PacketFault[], comes: number): Promise<readonly HistoryEvent[]> {
  using world = testWorld();
  await using broker = await testBroker();
  const { context } = world;
  const connections = connectionIds();
  await using mutant = await startEmbeddedLink(
    {
      name: 'mutant',
      upstream: broker.endpoint,
      client: 'room',
      server: 'hub',
      profile: plainProfile,
      faults,
      taps: false,
      connectionIds: connections,
    },
    context,
  );
  const line = { server: 'hub', connections };
  const enough = Promise.withResolvers<void>();
  let came = 0;
  await using room = startSubscriber(
    {
      ...line,
      name: 'room',
      endpoint: mutant.endpoint,
      filters: { 'site/#': qos },
      onDelivery: () => {
        came += 1;
        if (came === comes) enough.resolve();
      },
    },
    context,
  );
  await room.online;
  const identity = { clientId: 'level' };
  await using level = startClient(
    { ...line, name: 'level', endpoint: broker.endpoint, role: 'device', identity },
    context,
  );
  await level.online;
  for (let n = 1; n <= 6; n++)
    level.publish({ topic: 'site/level', payload: Buffer.from(`reading ${n}`), qos, retain: false });
  await enough.promise;
  await level.drained(5000);
  world.history.record({ kind: 'mark', name: 'settled' });
  return world.history.events.slice();
}

function outcomeOf(events: readonly HistoryEvent[], options: Partial<AccountOptions> = {}) {
  const account = new Account({ from: 'level', to: 'room', lostAtMost: 0, unplacedAtMost: 0, ...options });
  for (const event of events) account.step(event);
  return account.end();
}

const third = { direction: 'toClient', type: 'PUBLISH', nth: 3, nthTo: 3 } as const;
const losesOne: readonly PacketFault[] = [
  { id: 'confirms', when: third, action: { do: 'inject', toward: 'server', packet: { type: 'PUBACK' } } },
  { id: 'loses', when: third, action: { do: 'drop' } },
];
/** The copy has a packet id of its own, and the broker behind the mutant never hears of it. */
const doublesOne: readonly PacketFault[] = [
  { id: 'doubles', when: third, action: { do: 'duplicate', delayMs: 0, set: { packetId: { add: 1000 } } } },
  {
    id: 'hushes',
    when: { direction: 'toServer', type: ['PUBACK', 'PUBREC'], nth: 4, nthTo: 4 },
    action: { do: 'drop' },
  },
];
const swapsTwo: readonly PacketFault[] = [{ id: 'swaps', when: third, action: { do: 'swap', withinMs: 2000 } }];

test.for([0, 1, 2] as const)('a good broker passes at QoS %i', async (qos) => {
  const events = await played(qos, [], 6);
  expect(outcomeOf(events, { duplicatedAtMost: 0, reorderedAtMost: 0, inFlightAtMost: 0 })).toMatchObject({
    verdict: 'pass',
    actual: '6 intended: 6 delivered',
  });
});

test('a broker that acknowledges and does not deliver is caught', async () => {
  const outcome = outcomeOf(await played(1, losesOne, 5));
  expect(outcome.verdict).toBe('fail');
  expect(outcome.actual).toMatch(
    /^6 intended: 5 delivered, 1 lost \(acknowledged by hub, never sent towards room\); first lost: site\/level no\. 3, /,
  );
});

test('a broker that delivers a QoS 2 message twice is caught', async () => {
  const outcome = outcomeOf(await played(2, doublesOne, 7));
  expect(outcome.verdict).toBe('fail');
  expect(outcome.actual).toMatch(
    /^6 intended: 6 delivered \(1 more than once\); first duplicated at QoS 2: site\/level no\. 3, /,
  );
});

test('a broker that swaps messages is caught', async () => {
  const outcome = outcomeOf(await played(1, swapsTwo, 6), { reorderedAtMost: 0 });
  expect(outcome.verdict).toBe('fail');
  expect(outcome.actual).toMatch(/^6 intended: 6 delivered \(1 out of order\); first reordered: site\/level no\. 3, /);
});

test('what is wrongly expected fails', async () => {
  const lossy = await played(1, losesOne, 5);
  expect(outcomeOf(lossy, { lostAtMost: 1 }).verdict).toBe('pass');
  expect(outcomeOf(lossy, { lostAtMost: 0 }).verdict).toBe('fail');
  const doubled = await played(1, doublesOne, 7);
  expect(outcomeOf(doubled).verdict).toBe('pass');
  expect(outcomeOf(doubled, { duplicatedAtMost: 0 }).verdict).toBe('fail');
  const swapped = await played(1, swapsTwo, 6);
  expect(outcomeOf(swapped).verdict).toBe('pass');
  expect(outcomeOf(swapped, { reorderedAtMost: 0 }).verdict).toBe('fail');
});
