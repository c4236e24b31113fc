// The keys that a schema knows at a place of a file, so that a misspelt one gets a hint without a second list.
import { z } from 'zod';

/** The schemas that a value may be of. */
export type OpenedSchema = readonly z.core.$ZodType[];

/** Names of the keys of the object at this path; of all branches where it can be one of several; none elsewhere. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const objects = path.reduce(below, opened(schema));
  return [...new Set(objects.flatMap((it) => (it instanceof z.ZodObject ? Object.keys(it.shape) : [])))];
}

/** A schema without what is wrapped around it: each branch of a union, the inside of an optional or a default. */
export function opened(schema: z.core.$ZodType): OpenedSchema {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(opened);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return opened(schema.unwrap());
  }
  if (schema instanceof z.ZodReadonly) return opened(schema.unwrap());
  if (schema instanceof z.ZodPipe) return opened(schema.in);
  if (schema instanceof z.ZodLazy) return opened(schema.unwrap());
  return [schema];
}

/** What the value below this key may be of. */
export function below(schemas: OpenedSchema, key: PropertyKey): OpenedSchema {
  return schemas.flatMap((it) => belowOne(it, key));
}

function belowOne(schema: z.core.$ZodType, key: PropertyKey): OpenedSchema {
  if (schema instanceof z.ZodArray) return opened(schema.element);
  if (schema instanceof z.ZodRecord) return opened(schema.valueType);
  if (!(schema instanceof z.ZodObject) || typeof key !== 'string' || !Object.hasOwn(schema.shape, key)) return [];
  const inner: unknown = schema.shape[key];
  return inner instanceof z.ZodType ? opened(inner) : [];
}
