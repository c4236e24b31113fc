// The ways in which a target file can start its broker, each whole for itself.
import { z } from 'zod';
import { listenerNames } from '../../parts/brokers/target-way.ts';
import { duration } from '../files/quantities.ts';
import { strayPlaceholders } from './stray-placeholders.ts';

const word = z.string().min(1);
const words = z.array(word);
/** Programs with their arguments. */
const commands = z.array(z.array(word).min(1));
const portName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9]*$/, 'expected a name of letters and digits')
  .refine((it) => !listenerNames.some((name) => name === it), 'a listener has this name already');
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');
const relative = z
  .string()
  .regex(/^[^/\\]/, 'expected a path below the folder of the instance')
  .refine((it) => !it.split('/').includes('..'), 'expected a path without ".."');

const path = z.string().regex(/^\//, 'expected a path that begins with "/"');

/** MQTT straight over TCP. */
const plain = z.strictObject({
  port: z.int().min(1).max(65_535).optional(),
  on: z.enum(listenerNames).optional(),
});
/** With a login clients have to bring `${login.userName}` and `${login.password}`, over WebSocket too. */
const forEverybody = plain.extend({ login: z.boolean().optional() });
const overWebSocket = plain.extend({ path });

const listeners = z
  .strictObject({
    mqtt: forEverybody.optional(),
    websocket: overWebSocket.optional(),
    login: plain.optional(),
    acl: plain.optional(),
    tls: plain.optional(),
    clientCertificates: plain.optional(),
  })
  .superRefine((it, context) => {
    for (const [name, { on } = {}] of Object.entries(it)) {
      if (on === undefined || (it[on] !== undefined && it[on]?.on === undefined && on !== name)) continue;
      context.addIssue({
        code: 'custom',
        path: [name, 'on'],
        message: `there is no listener "${on}" with a port of its own`,
      });
    }
    if (Object.keys(it).length === 0) context.addIssue({ code: 'custom', message: 'expected at least one listener' });
  });

const file = z.union([z.string(), z.strictObject({ from: word })], 'expected text, or { from: FILE }');

/** What each instance can be given. */
const instance = {
  args: words.optional(),
  environment: z.record(variableName, z.string()).optional(),
  listeners: listeners.optional(),
  /** Names of further ports, for `${port.NAME}`. */
  ports: z.array(portName).optional(),
};
const whole = {
  args: words.default([]),
  environment: z.record(variableName, z.string()).default({}),
  listeners: listeners.refine((it) => it.mqtt !== undefined, 'expected a listener "mqtt"'),
  ports: z.array(portName).default([]),
  readyWithin: duration.default(60_000),
  stopWithin: duration.default(5000),
};

const sources = {
  command: z.array(word).min(1).optional(),
  package: word.optional(),
  label: word.optional(),
  text: word.optional(),
};

const pattern = z.string().superRefine((text, context) => {
  try {
    if (new RegExp(`${text}|`).exec('')?.length !== 2)
      throw new Error('expected exactly one group, around the version');
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** Where the version is read from. */
export const version = z
  .strictObject({ ...sources, pattern: pattern.optional() })
  .refine(
    (it) => Object.keys(it).filter((key) => Object.hasOwn(sources, key)).length === 1,
    `expected exactly one of: ${Object.keys(sources).join(', ')}`,
  );

const unknownVersion = { text: 'unknown' };

/** A program of this machine. */
export const processWay = z
  .strictObject({
    program: z.union([word.transform((it) => [it]), z.array(word).min(1)], 'expected a program, or a list of them'),
    needs: words.default([]),
    ...whole,
    files: z.record(relative, file).default({}),
    before: commands.default([]),
    /** Name in `files` from which it would read bridges in the words of mosquitto.conf. */
    bridgeFile: relative.optional(),
    user: word.optional(),
    inherit: z.array(variableName).default([]),
    version: version.default(unknownVersion),
    secured: z
      .strictObject({ ...instance, before: commands.optional(), files: z.record(relative, file).optional() })
      .optional(),
  })
  .superRefine((it, context) => strayPlaceholders(it, ['program', 'node'], context));

const innerFile = z.union([relative, path]);

/** A container of an image. */
export const containerWay = z
  .strictObject({
    image: word,
    /** Built on this machine, and taken where it is there; may be a pattern such as `fieldbench/nats:*-debian`. */
    local: word.optional(),
    entrypoint: words.optional(),
    user: word.optional(),
    ...whole,
    files: z.record(innerFile, file).default({}),
    version: version.default(unknownVersion),
    secured: z.strictObject({ ...instance, files: z.record(innerFile, file).optional() }).optional(),
  })
  .superRefine((it, context) => strayPlaceholders(it, [], context));
