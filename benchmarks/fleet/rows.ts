// The rows of the table, and the two sizes in which they can be played.
import { backS } from './curves.ts';
import type { Goal, Row, Size } from './row.ts';
import { nowS } from './now.ts';

export const sizes: Readonly<Record<'full' | 'smoke', Size>> = {
  full: { share: 1, warmUpS: 1, publishS: 8, keepAliveS: 60 },
  smoke: { share: 0.02, warmUpS: 0.1, publishS: 0.5, keepAliveS: 4 },
};

const payloadB = 64;
const window = 256;
const kB = 1000;
const c = 'C, epoll';

function publishing(qos: 1 | 2, goals: readonly Goal[]): Row {
  return {
    id: `publish-qos${qos}`,
    title: `QoS ${qos}: 50 connections, one message of ${payloadB} B in flight on each`,
    feat: 'publish',
    setting: () => ({ connections: 50, brokers: 1, load: { qos, payloadB, keepAliveS: 0, window } }),
    figures: {
      perCpuS: { title: 'messages per CPU-second', digits: 0, better: 'more', goals },
      perS: { title: 'messages per second', digits: 0 },
      engineShare: { title: 'engine, % of a core', digits: 0 },
      brokerShare: { title: 'broker, % of a core', digits: 0 },
    },
    async play(stage, { warmUpS, publishS }) {
      await stage.competitor.connect();
      await stage.competitor.publish({ seconds: warmUpS });
      const before = await stage.cost();
      const { messages, seconds } = await stage.competitor.publish({ seconds: publishS });
      const after = await stage.cost();
      const engineCpuS = after.engineCpuS - before.engineCpuS;
      return {
        perCpuS: messages / engineCpuS,
        perS: messages / seconds,
        engineShare: (engineCpuS / seconds) * 100,
        brokerShare: ((after.brokerCpuS - before.brokerCpuS) / seconds) * 100,
      };
    },
  };
}

const connecting: Row = {
  id: 'connect',
  title: '15,000 connections in one process',
  setting: ({ share }) => ({
    connections: 15_000 * share,
    brokers: 1,
    load: { qos: 1, payloadB, keepAliveS: 0, window },
  }),
  figures: {
    perCpuS: {
      title: 'connects per CPU-second',
      digits: 0,
      better: 'more',
      goals: [{ against: 'mqtt.js', required: 2, aim: 3 }],
    },
    residentKb: { title: 'kB per connection', digits: 2, better: 'less', goals: [{ required: 6, aim: 4.5 }] },
    tookS: { title: 'seconds', digits: 2 },
    brokerCpuS: { title: 'broker, CPU seconds', digits: 2 },
  },
  async play(stage) {
    await stage.competitor.rest();
    const before = await stage.cost();
    const beganS = nowS();
    await stage.competitor.connect();
    const tookS = nowS() - beganS;
    const after = await stage.cost();
    await stage.competitor.rest();
    const { engineResidentB } = await stage.cost();
    return {
      perCpuS: stage.connections / (after.engineCpuS - before.engineCpuS),
      residentKb: (engineResidentB - before.engineResidentB) / stage.connections / kB,
      tookS,
      brokerCpuS: after.brokerCpuS - before.brokerCpuS,
    };
  },
};

const idling: Row = {
  id: 'idle',
  title:
    '30,000 connections in two processes that do nothing but keep alive, for as long as the keep alive says (60 s)',
  feat: 'idle',
  setting: ({ share, keepAliveS }) => ({
    connections: 30_000 * share,
    brokers: 2,
    load: { qos: 1, payloadB, keepAliveS, window },
  }),
  figures: {
    coreShare: { title: 'engine, % of a core', digits: 2, better: 'less', goals: [{ required: 2, aim: 1.5 }] },
    pings: { title: 'answered PINGREQ per connection', digits: 2 },
    residentMb: { title: 'engine, MB', digits: 0 },
    brokerShare: { title: 'brokers, % of a core', digits: 2 },
  },
  async play(stage, { keepAliveS }) {
    await stage.competitor.connect();
    await stage.competitor.rest();
    const before = await stage.cost();
    const beganS = nowS();
    const { answers } = await stage.competitor.idle(keepAliveS);
    const seconds = nowS() - beganS;
    const after = await stage.cost();
    return {
      coreShare: ((after.engineCpuS - before.engineCpuS) / seconds) * 100,
      pings: answers / stage.connections,
      residentMb: after.engineResidentB / kB / kB,
      brokerShare: ((after.brokerCpuS - before.brokerCpuS) / seconds) * 100,
    };
  },
};

const reconnecting: Row = {
  id: 'reconnect',
  title: '30,000 connections in two processes whose brokers are killed and started again',
  feat: 'reconnect',
  setting: ({ share }) => ({
    connections: 30_000 * share,
    brokers: 2,
    load: { qos: 1, payloadB, keepAliveS: 0, window },
  }),
  figures: {
    backS: {
      title: 'seconds to 99 % online',
      digits: 2,
      better: 'less',
      goals: [{ against: c, required: 2, aim: 1.2 }],
    },
    engineCpuS: { title: 'engine, CPU seconds', digits: 2 },
    brokerCpuS: { title: 'brokers, CPU seconds', digits: 2 },
  },
  async play(stage) {
    await stage.competitor.connect();
    const before = await stage.cost();
    const { back } = await stage.competitor.watch();
    back.catch(() => {}); // Awaited below; the brokers come first.
    await Promise.all(stage.brokers.map((it) => it.kill()));
    const startedS = nowS();
    for (const it of stage.brokers) it.launch();
    const curves = await back;
    const after = await stage.cost();
    return {
      backS: backS(curves, Math.ceil(stage.connections * 0.99)) - startedS,
      engineCpuS: after.engineCpuS - before.engineCpuS,
      brokerCpuS: after.brokerCpuS, // They are new processes.
    };
  },
};

export const rows: readonly Row[] = [
  publishing(1, [
    { against: c, required: 0.5, aim: 0.75 },
    { against: 'mqtt.js', required: 2.5, aim: 3.5 },
    { against: 'Paho for Go', required: 1.5, aim: 2 },
  ]),
  publishing(2, []),
  connecting,
  idling,
  reconnecting,
];
