// The combinations of values for which a scenario is to be played.
import { FieldbenchError } from '../error.ts';
import { quoted } from '../run/quoted.ts';

/** Words by the name of the parameter that is swept. */
export type Swept = Readonly<Record<string, string>>;

/**
 * Every combination of `NAME=a,b,c` words, the last name moving fastest.
 * @param swept lists by name, as the option gives them
 * @throws FieldbenchError `FB_USAGE` for a value that is empty or comes twice
 */
export function combinations(swept: Swept): readonly Swept[] {
  return Object.entries(swept).reduce<readonly Swept[]>(
    (sofar, [name, list]) => {
      const values = list.split(',');
      if (values.includes('') || new Set(values).size < values.length) throw notValues(name, list);
      return sofar.flatMap((it) => values.map((value) => ({ ...it, [name]: value })));
    },
    [{}],
  );
}

function notValues(name: string, list: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_USAGE',
    message: `--sweep ${name} takes several values, each once`,
    actual: `"${list}"`,
    hint: `for instance: --sweep ${quoted(name)}=1s,5s,20s`,
  });
}
