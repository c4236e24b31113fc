// Checks of section 3.1.2.10 and 3.12: silence that is too long, and silence that is not.
import type { ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';

/** Five PINGREQ packets in a row; tells whether all were answered. */
const burst = async (client: ScriptedClient): Promise<boolean> => {
  for (let n = 0; n < 5; n++) await client.send({ type: 'PINGREQ' });
  for (let n = 0; n < 5; n++) if ((await client.next('PINGRESP')) === undefined) return false;
  return true;
};

export const keepAliveChecks: readonly Check[] = [
  {
    id: 'keep-alive/enforced',
    title: 'a client that is silent for one and a half keep alive periods is disconnected',
    section: '3.1.2.10',
    statements: ['MQTT-3.1.2-24'],
    needs: [],
    group: 'parallel',
    accept: ['the server closes the connection at 1.5 keep alive periods; later within the tolerance is a remark'],
    async drive(bench) {
      const { keepAliveFailMs } = bench.parameters;
      const { keepAliveS } = bench.pace;
      const boundMs = keepAliveS * 1500 + keepAliveFailMs;
      // Three samples with staggered starts: servers that look at all clients now and then are late for some of them.
      const silent = async (index: number): Promise<void> => {
        await bench.elapse(index * 300);
        const client = await bench.connect(`silent${index}`, { keepAliveS });
        await client.closedByServer(boundMs + 500);
      };
      await Promise.all([0, 1, 2].map(silent));
      // Only of a server that lives on can it be said that it chose to close.
      await bench.connect('witness');
    },
  },
  {
    id: 'keep-alive/kept',
    title: 'a client that pings in time stays connected, and every PINGREQ is answered',
    section: '3.12.4',
    statements: ['MQTT-3.12.4-1'],
    needs: [],
    group: 'parallel',
    accept: ['one PINGRESP for each PINGREQ, with keep alive 0 too, and the connection stays open'],
    async drive(bench) {
      const { keepAliveS, pingEveryMs } = bench.pace;
      const inTime = async (client: ScriptedClient): Promise<void> => {
        let isAnswered = await burst(client);
        for (let n = 0; n < 3 && isAnswered; n++) {
          await bench.elapse(pingEveryMs);
          isAnswered = await client.ping();
        }
      };
      const clients = [await bench.connect('pinging', { keepAliveS }), await bench.connect('unbound')] as const;
      await Promise.all([inTime(clients[0]), burst(clients[1])]);
      // A server that answers no PINGREQ may be quite alive: then this shows it.
      await bench.connect('witness');
    },
  },
];
