// Look-ups in the catalogues of statements, so that no verdict names a statement that does not exist.
import mqtt311 from './mqtt-3.1.1.json' with { type: 'json' };
import type { Role, Statement, StatementId } from './statement.ts';

const numbered = mqtt311.statements as unknown as readonly Statement[];
const unnumbered = mqtt311.nonNumbered as unknown as readonly Statement[];
const byId = new Map<string, Statement>([...numbered, ...unnumbered].map((it) => [it.id, it]));

/** Every numbered statement of MQTT 3.1.1, in the order of the standard. */
export function statements311(): readonly Statement[] {
  return numbered;
}

/** Looks a statement up, numbered or not; `undefined` for an id that no catalogue holds. */
export function findStatement(id: string): Statement | undefined {
  return byId.get(id);
}

/**
 * The statement with this id.
 * @throws RangeError for an id that no catalogue holds: a mistake in our own code, never in input.
 */
export function statement(id: StatementId): Statement {
  const found = byId.get(id);
  if (found === undefined) throw new RangeError(`no statement ${id} in the catalogues`);
  return found;
}

/** Whether a party's conduct under this statement shows outside it: the denominator of coverage. */
export function isObservable(it: Statement, role: Role): boolean {
  const how = it.testable[role];
  return how === 'wire' || how === 'wire-negative' || how === 'timing' || how === 'restart';
}
