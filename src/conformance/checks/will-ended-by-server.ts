// Checks of section 3.1.2.5: a server that ends a connection itself, for whatever reason, has to publish its will.
import type { StatementId } from '../../spec/statement.ts';
import { effectMs, soonMs, type CheckBench, type ConnectOptions, type ScriptedClient } from '../bench.ts';
import type { Check, Need } from '../check.ts';

/**
 * One reason to end a connection. The only exception that the text of MQTT-3.1.2-8 knows is a DISCONNECT that was
 * received: a connection that the server ends was ended without it.
 */
interface Reason {
  /** Second half of the check's id. */
  readonly name: string;
  readonly title: string;
  /** What the closed connection itself shows. */
  readonly also?: StatementId;
  readonly needs?: readonly Need[];
  readonly options?: (bench: CheckBench) => ConnectOptions;
  /** Gives the server the reason, and gives back the client that is to leave when all is over. */
  give(bench: CheckBench, owner: ScriptedClient): Promise<ScriptedClient | undefined>;
  /** How long the server may take to close; default: the close timeout. */
  readonly withinMs?: (bench: CheckBench) => number;
}

const willOn = (topic: string, text: string) => ({ topic, payload: Buffer.from(text), qos: 1, retain: false }) as const;

const own = 'ended by the server';
const control = 'of a client that was lost later';

/** Waits for the will; one that does not come at once is compared with that of a client which is lost after its owner. */
const awaitWill = async (bench: CheckBench, observer: ScriptedClient, topic: string): Promise<void> => {
  const { effectTimeoutMs } = bench.parameters;
  if ((await observer.delivery(topic, own, soonMs(bench))) !== undefined) return;
  await (await bench.connect('control', { will: willOn(topic, control) })).abort('rst');
  const later = await observer.delivery(topic, control, effectMs(bench));
  await observer.delivery(topic, own, soonMs(bench) + (later === undefined ? 0 : 2 * effectTimeoutMs));
};

function endedByServer(it: Reason): Check {
  return {
    id: `will/published-on-${it.name}`,
    title: it.title,
    section: '3.1.2.5',
    statements: ['MQTT-3.1.2-8', ...(it.also === undefined ? [] : [it.also])],
    needs: ['will', 'qos1', ...(it.needs ?? [])],
    group: 'parallel',
    accept: ['the server closes the connection, and the observer gets its will once'],
    async drive(bench) {
      const topic = bench.topic('will');
      const options = it.options?.(bench) ?? {};
      const observer = await bench.connect('observer');
      await observer.subscribe({ [topic]: 1 });
      const owner = await bench.connect('owner', { ...options, will: willOn(topic, own) });
      const newer = await it.give(bench, owner);
      // While its connection is kept open no will is due, and another statement is broken.
      if (await owner.closedByServer(it.withinMs?.(bench))) await awaitWill(bench, observer, topic);
      await newer?.ping();
      await bench.quiet();
      await newer?.disconnect();
      if (options.cleanSession === false) await (await bench.connect('owner')).disconnect();
    },
  };
}

const takeOver = (kind: 'clean' | 'kept'): Reason => {
  const cleanSession = kind === 'clean';
  return {
    name: `take-over-${kind}`,
    title: `the will of a client that is taken over is published (CleanSession ${cleanSession ? 1 : 0})`,
    also: 'MQTT-3.1.4-2',
    needs: cleanSession ? [] : ['session'],
    options: () => ({ cleanSession }),
    give: (bench) => bench.connect('owner', { cleanSession }),
  };
};

/** Every reason that a check can give a server. */
const reasons: readonly Reason[] = [
  takeOver('clean'),
  takeOver('kept'),
  {
    name: 'keep-alive',
    title: 'the will of a client that was silent for too long is published',
    also: 'MQTT-3.1.2-24',
    options: ({ pace }) => ({ keepAliveS: pace.keepAliveS }),
    give: () => Promise.resolve(undefined),
    withinMs: ({ parameters, pace }) => pace.keepAliveS * 1500 + parameters.keepAliveFailMs + parameters.quietMs,
  },
  {
    name: 'second-connect',
    title: 'the will of a client that sends CONNECT twice is published',
    async give(bench, owner) {
      await owner.sendIllegal('second CONNECT', bench.connectPacket('owner'));
      return undefined;
    },
  },
  {
    name: 'qos3',
    title: 'the will of a client that publishes with both QoS bits set is published',
    async give(bench, owner) {
      const message = { topic: bench.topic('qos3'), payload: Buffer.from('never'), dup: false, retain: false } as const;
      await owner.sendIllegal('PUBLISH with QoS 3', { type: 'PUBLISH', ...message, qos: 3, packetId: 1 });
      return undefined;
    },
  },
];

export const willEndedByServerChecks: readonly Check[] = reasons.map(endedByServer);
