// What a scenario may say of a device or gateway, kind by kind.
import { z } from 'zod';
import { signalSchema } from '../bench/devices/signal-schema.ts';
import { duration } from '../bench/files/quantities.ts';
import { partName, qos, topic } from './schema-words.ts';

const session = {
  broker: partName,
  link: partName.optional(),
  keepAlive: duration
    .refine((ms) => ms % 1000 === 0 && ms <= 65_535_000, 'expected whole seconds, at most 65535s')
    .default(60_000),
  cleanSession: z.boolean().default(false),
  /** `later`: when the timeline starts it. */
  starts: z.enum(['at-once', 'later']).default('at-once'),
  /** Back-off with full jitter: the n-th try waits up to base x 2^n, at most the cap. */
  reconnect: z
    .strictObject({ base: duration.default(500), cap: duration.default(5000) })
    .default({ base: 500, cap: 5000 }),
};

const alarm = z
  .strictObject({
    name: partName,
    above: z.number().optional(),
    below: z.number().optional(),
    /** How far the value must come back before it clears. */
    hysteresis: z.number().min(0).default(0),
    onDelay: duration.default(0),
    offDelay: duration.default(0),
  })
  .refine((it) => (it.above === undefined) !== (it.below === undefined), 'expected one of "above" and "below"');

/** Messages that wait for a connection. */
const store = z.strictObject({
  limit: z.int().min(1),
  drop: z.enum(['oldest', 'newest']).default('oldest'),
  survivesPowerLoss: z.boolean().default(false),
});

const sensor = z
  .strictObject({
    kind: z.literal('sensor'),
    ...session,
    topic,
    qos: qos.default(1),
    interval: duration.refine((ms) => ms > 0, 'expected a length of time above 0'),
    signal: signalSchema,
    range: z
      .strictObject({ min: z.number(), max: z.number() })
      .refine((it) => it.min < it.max, 'expected "min" below "max"')
      .optional(),
    /** Times in which it does not measure well, counted from its first sample. */
    faults: z
      .array(z.strictObject({ at: duration, for: duration, quality: z.enum(['bad', 'uncertain']).default('bad') }))
      .optional(),
    deadband: z.number().min(0).optional(),
    maxInterval: duration.optional(),
    /** Short for one alarm named `high`. */
    alarmAbove: z.number().optional(),
    alarms: z.array(alarm).min(1).optional(),
    alarmQos: qos.optional(),
    /** Millionths by which its clock runs fast; slow when negative. */
    clockDriftPpm: z.number().min(-100_000).max(100_000).default(0),
    store: store.optional(),
  })
  .refine((it) => it.alarms === undefined || it.alarmAbove === undefined, {
    path: ['alarmAbove'],
    message: 'expected either "alarmAbove" or "alarms"',
  })
  .refine((it) => it.maxInterval === undefined || it.deadband !== undefined, {
    path: ['maxInterval'],
    message: 'expected a "deadband" beside it: without one every sample goes out',
  });

const subscriber = z.strictObject({
  kind: z.literal('subscriber'),
  ...session,
  filters: z.record(z.string().min(1), qos),
});

const plc = z.strictObject({ kind: z.literal('plc'), program: z.string().min(1) });

const polling = {
  ...session,
  plc: partName,
  /** The Ethernet port of the PLC. */
  port: z.int().min(1).default(1),
  topic,
  qos: qos.default(1),
  poll: duration.default(500),
};
const gateway = z.strictObject({ kind: z.literal('modbus-mqtt'), ...polling, store: store.optional() });
/** Node-RED with its Modbus nodes, in a process of its own. */
const nodeRed = z.strictObject({ kind: z.literal('node-red'), ...polling });
/** The same in a container, of this image or of the one that is built on this machine. */
const nodeRedContainer = z.strictObject({
  kind: z.literal('container:node-red'),
  ...polling,
  image: z.string().min(1).optional(),
});

/** A device on a client library that people use, in a process of its own: it publishes, subscribes, or both. */
const foreign = <Kind extends string>(kind: Kind) =>
  z
    .strictObject({
      kind: z.literal(kind),
      ...session,
      topic: topic.optional(),
      qos: qos.default(1),
      interval: duration.optional(),
      filters: z.record(z.string().min(1), qos).default({}),
    })
    .superRefine((it, context) => {
      const say = (message: string): void => context.addIssue({ code: 'custom', message });
      if ((it.topic === undefined) !== (it.interval === undefined)) say('"topic" and "interval" go together');
      else if (it.topic === undefined && Object.keys(it.filters).length === 0) {
        say('expected "topic" and "interval" to publish, "filters" to subscribe, or both');
      }
    });

/** A device without MQTT: it asks a web server of the bench, which subscribes to `filters` on the broker. */
const httpPoller = z.strictObject({
  kind: z.literal('http-poller'),
  ...session,
  filters: z.record(z.string().min(1), qos),
  interval: duration.refine((ms) => ms > 0, 'expected a time longer than 0'),
});

/** A device of any kind. */
export const device = z.discriminatedUnion('kind', [
  sensor,
  subscriber,
  plc,
  gateway,
  nodeRed,
  nodeRedContainer,
  foreign('mqtt-js'),
  foreign('paho-python'),
  httpPoller,
]);
