// What a scenario was made of beside its own text, in words: values of its parameters, and the files that it includes.
import type { Parameter } from './parameters.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { TrustNeed } from './trust.ts';

/**
 * Lines for `run --dry`; none for a scenario that is nothing but its text.
 * @param needs what it does only where somebody trusts it
 */
export function materialInWords({ parameters, source }: ScenarioFile, needs: readonly TrustNeed[]): readonly string[] {
  const { included = [] } = source;
  return [
    ...section('Parameters', parameters.map(parameterInWords)),
    ...section(
      'Included files',
      included.map((it) => it.file),
    ),
    ...section(
      'Only with --trust',
      needs.map(({ path, does }) => `${path.join('.')}: ${does}`),
    ),
  ];
}

/** A heading with its lines below it; nothing where there are none. */
function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((it) => `  ${it}`), ''];
}

function parameterInWords({ name, value, default: usual, about }: Parameter): string {
  const instead = value === usual ? '' : `, instead of ${usual}`;
  return `${name}: ${value}${instead}${about === undefined ? '' : ` (${about})`}`;
}
