// A check in one file: the mutant that proves it, the situation, and the judge.
import type { Check } from '../src/conformance/check.ts';
import { saying } from '../src/conformance/judgement.ts';
import { drop, fromBroker, mutant } from '../src/conformance/mutants/plant.ts';

/** First of all, written from the statement alone: a good broker with this statement broken, and nothing else. */
export const forgetsOne = mutant('ping-forgotten', 'MQTT-3.12.4-1', 'leaves the second PINGREQ unanswered', [
  fromBroker('PINGRESP', { nth: 2, nthTo: 2 }),
  drop,
]);

const pings = 3;
const accept = [`${pings} PINGRESP for ${pings} PINGREQ, at any time within the response timeout`];

export const pingsAnswered: Check = {
  id: 'keep-alive/pings-answered',
  title: 'every PINGREQ is answered',
  section: '3.12.4',
  statements: ['MQTT-3.12.4-1'],
  needs: [],
  group: 'parallel',
  accept,
  // Brings the situation about and never judges. Each wait has a bound; client ids and topics are the check's own.
  async drive(bench) {
    const client = await bench.connect('pinging');
    for (let n = 0; n < pings; n++) await client.send({ type: 'PINGREQ' });
    for (let n = 0; n < pings; n++) await client.next('PINGRESP');
    await bench.connect('witness');
  },
  // Sees only what was left in the history: the same verdict today, and from the journal in a year.
  judge(slice) {
    const client = slice.client('pinging');
    const say = saying(accept, { connection: client, statement: 'MQTT-3.12.4-1' });
    const answers = client.received('PINGRESP');
    if (answers.length >= pings) return [say('pass', `${pings} answers`, answers.at(-1))];
    // Nobody is blamed for an answer that is missing unless something shows that it was alive.
    const isAlive = slice.client('witness').received('CONNACK').length > 0;
    const last = client.sent('PINGREQ').at(-1);
    return [say(isAlive ? 'fail' : 'inconclusive', `${answers.length} answers to ${pings} PINGREQ`, last)];
  },
};
