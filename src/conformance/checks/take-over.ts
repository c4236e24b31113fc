// Checks of section 3.1.4 and 3.1.2.5: a client that is taken over is disconnected, and its will is published.
import { effectMs } from '../bench.ts';
import type { Check } from '../check.ts';

/**
 * The only exception that the text of MQTT-3.1.2-8 knows is a DISCONNECT that was received: a connection which the
 * server ends for a newer one of the same client id was ended without it.
 */
function takeOverWithWill(kind: 'clean' | 'kept'): Check {
  const cleanSession = kind === 'clean';
  return {
    id: `will/published-on-take-over-${kind}`,
    title: `the will of a client that is taken over is published (CleanSession ${cleanSession ? 1 : 0})`,
    section: '3.1.2.5',
    statements: ['MQTT-3.1.2-8', 'MQTT-3.1.4-2'],
    needs: ['will', 'qos1', ...(cleanSession ? [] : (['session'] as const))],
    group: 'parallel',
    accept: [
      'the server closes the older connection and accepts the newer one; the observer gets the will of the older one once',
    ],
    async drive(bench) {
      const topic = bench.topic('will');
      const observer = await bench.connect('observer');
      await observer.subscribe({ [topic]: 1 });
      const will = { topic, payload: Buffer.from('taken over'), qos: 1, retain: false } as const;
      const older = await bench.connect('twice', { cleanSession, will });
      const newer = await bench.connect('twice', { cleanSession });
      await older.closedByServer();
      await newer.ping();
      await observer.delivery(topic, 'taken over', effectMs(bench));
      await bench.quiet();
      await newer.disconnect();
      if (!cleanSession) await (await bench.connect('twice')).disconnect();
    },
  };
}

export const takeOverChecks: readonly Check[] = [takeOverWithWill('clean'), takeOverWithWill('kept')];
