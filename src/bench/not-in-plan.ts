// A plan that names what it does not have: planning refuses it, so that it was made by other hands.
import { FieldbenchError } from '../error.ts';

/** @throws FieldbenchError `FB_PLAN` */
export function notInPlan(what: string, name: string): never {
  throw new FieldbenchError({ code: 'FB_PLAN', message: `the plan has no ${what} named "${name}"` });
}
