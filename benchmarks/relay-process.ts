// A link in a process of its own, for the benchmark of links: argv names the upstream port and whether its ends are tapped.
import { plainProfile } from '../src/faults/link-profile.ts';
import { machineClock } from '../src/net/clock.ts';
import { connectionIds } from '../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../src/parts/links/embedded.ts';

const [upstream, taps] = process.argv.slice(2);
const nobody = { ownProcess() {}, ownContainer() {}, ownPath() {}, release() {}, labels: {}, scratch: '' };
const link = await startEmbeddedLink(
  {
    name: 'bench',
    upstream: { host: '127.0.0.1', port: Number(upstream) },
    client: 'sender',
    server: 'receiver',
    profile: plainProfile,
    taps: taps === 'tapped',
    connectionIds: connectionIds(),
  },
  {
    clock: machineClock(),
    seed: 1,
    history: { record: () => {} },
    owns: nobody,
    signal: new AbortController().signal,
  },
);
process.send?.(link.endpoint.port);
process.once('disconnect', () => process.exit());
