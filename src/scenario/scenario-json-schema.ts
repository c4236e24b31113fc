// JSON Schema of scenario files for editors: as they are written, with `${name}` where a value may stand and with counts.
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

const form = String.raw`\$\{[a-z][a-z0-9-]*\}`;
const placeholder = { $ref: '#/$defs/placeholder' };
const count = {
  description: 'so many of it, called NAME-1, NAME-2 and so on; ${n} counts them',
  anyOf: [{ type: 'integer', minimum: 1 }, placeholder],
};
/** Sections that are read before parameters have values. */
const writtenOut = new Set(['parameters', 'include']);

/** JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): unknown {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'ref' }) as Json;
  const sections = Object.entries(schema['properties'] as Record<string, Json>).map(([key, it]) => {
    if (writtenOut.has(key)) return [key, it];
    return [key, key === 'devices' ? counted(fillable(it) as Json) : fillable(it)];
  });
  return {
    ...schema,
    properties: Object.fromEntries(sections) as unknown,
    $defs: {
      ...(fillable(schema['$defs'] ?? {}) as Json),
      placeholder: { description: 'a parameter', type: 'string', pattern: form },
    },
  };
}

/** A value may be left to a parameter; the words that tell kinds of parts apart may not. */
function fillable(it: unknown): unknown {
  if (Array.isArray(it)) return it.map(fillable);
  if (!isObject(it)) return it;
  const inner = Object.fromEntries(
    Object.entries(it).map(([key, value]) => [key, key === 'default' || key === 'enum' ? value : fillable(value)]),
  );
  if (it['const'] !== undefined) return inner;
  const { anyOf } = it;
  if (Array.isArray(anyOf) && anyOf.every((one) => isObject(one) && typeof one['const'] === 'number')) {
    return { ...inner, anyOf: [...(anyOf as unknown[]), placeholder] };
  }
  const type = String(it['type']);
  if (type === 'string' && it['enum'] === undefined) {
    return typeof it['pattern'] === 'string' ? { ...inner, pattern: `(?:${it['pattern']})|${form}` } : inner;
  }
  if (!['string', 'number', 'integer', 'boolean'].includes(type)) return inner;
  const { default: usual, ...bare } = inner;
  return { ...(usual !== undefined && { default: usual }), anyOf: [bare, placeholder] };
}

function counted(devices: Json): Json {
  const each = devices['additionalProperties'] as Json;
  const key = Array.isArray(each['oneOf']) ? 'oneOf' : 'anyOf';
  const kinds = each[key] as readonly Json[];
  const withCount = kinds.map((it) => ({ ...it, properties: { ...(it['properties'] as Json), count } }));
  return { ...devices, additionalProperties: { ...each, [key]: withCount } };
}

const isObject = (it: unknown): it is Json => typeof it === 'object' && it !== null;
