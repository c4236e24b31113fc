// What an instance of a described broker is started from: the plain one, or the secured one that differs from it.
import { textBeside } from './file-beside.ts';
import type { Described, InstanceChange, InstancePlan } from './target-way.ts';

/** The secured instance: what it does not say of itself is as for the plain one; files and variables come on top. */
export function securedPlan(way: InstancePlan & { readonly secured?: InstanceChange | undefined }): InstancePlan {
  const own = way.secured ?? {};
  return {
    args: own.args ?? way.args,
    listeners: own.listeners ?? way.listeners,
    ports: own.ports ?? way.ports,
    before: own.before ?? way.before,
    files: { ...way.files, ...own.files },
    environment: { ...way.environment, ...own.environment },
  };
}

/**
 * Its files by name, with every placeholder replaced; some lie beside the target file.
 * @throws FieldbenchError `FB_TARGET_FILE`
 */
export function filesOf(
  { files }: InstancePlan,
  { here }: Described,
  fill: (text: string) => string,
): Readonly<Record<string, string>> {
  const texts = Object.entries(files).map(([name, content]) => {
    const text = typeof content === 'string' ? content : textBeside(here, content.from);
    return [name, fill(text)] as const;
  });
  return Object.fromEntries(texts);
}
