// Finds placeholders of a target file that nothing will ever stand for.
import type { z } from 'zod';
import { didYouMean } from '../../error.ts';
import { placeholders, placeholdersIn } from '../../parts/brokers/placeholders.ts';

/** Names that stand for something in every target, and so for nothing else where one is described. */
export const targetPlaceholders: readonly string[] = Object.keys(placeholders);

/** An instance as written, as far as ports are concerned. */
interface WithPorts {
  readonly listeners?: object | undefined;
  readonly ports?: readonly string[] | undefined;
}

const processOnly = new Set(['program', 'node']);
/** What is looked for before there is an instance knows only where it is looked for. */
const early = ['here', 'node'];
const lookedFor = new Set(['program', 'needs']);

/** Adds an issue for every placeholder that is none. */
export function strayPlaceholders(
  way: WithPorts & { readonly secured?: WithPorts | undefined },
  own: readonly string[],
  context: z.core.$RefinementCtx,
): void {
  const general = Object.keys(placeholders).filter((it) => !processOnly.has(it) || own.includes(it));
  const knownTo = (it: WithPorts): readonly string[] => [
    ...general,
    ...[...Object.keys(it.listeners ?? {}), ...(it.ports ?? [])].map((name) => `port.${name}`),
  ];
  const look = (value: unknown, at: readonly PropertyKey[], known: readonly string[]): void => {
    if (typeof value === 'string') {
      for (const name of placeholdersIn(value)) {
        if (known.includes(name)) continue;
        const message = `there is no placeholder "\${${name}}": ${didYouMean(name, known)}, and "$\${" stands for "\${"`;
        context.addIssue({ code: 'custom', path: [...at], message });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, it] of Object.entries(value)) look(it, [...at, Array.isArray(value) ? Number(key) : key], known);
    }
  };
  const { secured, ...rest } = way;
  for (const [key, value] of Object.entries(rest)) look(value, [key], lookedFor.has(key) ? early : knownTo(way));
  if (secured)
    look(
      secured,
      ['secured'],
      knownTo({ listeners: secured.listeners ?? way.listeners, ports: secured.ports ?? way.ports }),
    );
}
