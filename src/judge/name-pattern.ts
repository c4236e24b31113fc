// Globs over names (of targets, checks, statements): `*` stands for anything, `?` for one character, case does not matter.

/** A pattern that whole names fit. */
export function namePattern(glob: string): RegExp {
  const escaped = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'i');
}
