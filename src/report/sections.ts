// The sections of MQTT 3.1.1 as readers know them, so that statements stand in the order of the standard.
import { findStatement } from '../spec/catalogue.ts';
import type { StatementId } from '../spec/statement.ts';

/** Our short names of the sections, two levels deep. */
const names: Readonly<Record<string, string>> = {
  '1.5': 'data representations',
  '2.2': 'fixed header',
  '2.3': 'packet identifiers',
  '3.1': 'CONNECT',
  '3.2': 'CONNACK',
  '3.3': 'PUBLISH',
  '3.4': 'PUBACK',
  '3.5': 'PUBREC',
  '3.6': 'PUBREL',
  '3.7': 'PUBCOMP',
  '3.8': 'SUBSCRIBE',
  '3.9': 'SUBACK',
  '3.10': 'UNSUBSCRIBE',
  '3.11': 'UNSUBACK',
  '3.12': 'PINGREQ',
  '3.13': 'PINGRESP',
  '3.14': 'DISCONNECT',
  '4.1': 'storing state',
  '4.2': 'network connections',
  '4.3': 'quality of service',
  '4.4': 'delivery retry',
  '4.5': 'message receipt',
  '4.6': 'message order',
  '4.7': 'topics and filters',
  '4.8': 'handling errors',
  '5.4': 'security',
  '6.0': 'WebSocket',
  '7.0': 'conformance',
  '7.1': 'conformance targets',
};

/** A section with what belongs to it. */
export interface Section<T> {
  readonly title: string;
  readonly items: readonly T[];
}

/** The title of the section that a statement stands in, e.g. `3.1 CONNECT`. */
export function sectionOf(id: StatementId): string {
  const key = (findStatement(id)?.section ?? '').split('.').slice(0, 2).join('.');
  if (key === '') return 'elsewhere';
  const name = names[key];
  return name === undefined ? key : `${key} ${name}`;
}

/** Groups by section, sections in the order of the standard. */
export function bySection<T extends { readonly id: StatementId }>(items: readonly T[]): readonly Section<T>[] {
  return [...Map.groupBy(items, (it) => sectionOf(it.id))]
    .map(([title, grouped]) => ({ title, items: grouped }))
    .toSorted((a, b) => a.title.localeCompare(b.title, 'en', { numeric: true }));
}

/** The statement's short title; empty for an id that no catalogue holds. */
export function titleOf(id: StatementId): string {
  return findStatement(id)?.title ?? '';
}
