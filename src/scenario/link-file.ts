// Reads a link profile from its file and says everything that is wrong with it at once.
import { basename } from 'node:path';
import { didYouMean, FieldbenchError } from '../error.ts';
import { profileProblems } from '../faults/checked-profile.ts';
import type { LinkProfile } from '../faults/link-profile.ts';
import { figuresOf, placeOfFigure, strayEvidence, type LinkFigure } from './link-figure.ts';
import { profileOf } from './link-profile-of.ts';
import { linkSchema, type WrittenLink } from './link-schema.ts';
import { linkFilePath } from './shipped-links.ts';
import { FileErrors } from '../bench/files/file-errors.ts';
import { parseYamlFile, readYamlFile, type FileWords, type YamlFile } from '../bench/files/yaml-file.ts';

/** A link profile with where its figures come from. */
export interface LinkFile {
  readonly file: string;
  readonly profile: LinkProfile;
  /** In the order of the file; those of a second interface stand in its own file. */
  readonly figures: readonly LinkFigure[];
}

const words: FileWords = {
  kind: 'link file',
  hint: 'fieldbench list links shows the profiles that are shipped',
  codes: { file: 'FB_LINK_FILE', yaml: 'FB_LINK_FILE', schema: 'FB_LINK_SCHEMA' },
};

/**
 * The link profile that a user names.
 * @param word name of a shipped profile, or path of a link file
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_LINK_UNKNOWN`; `FB_LINK_FILE` when it cannot be read; FileErrors (`FB_LINK_FILE`,
 *   `FB_LINK_SCHEMA`, `FB_LINK_FIGURES`) for what is wrong in it
 */
export async function readLinkProfile(word: string, beside?: string): Promise<LinkProfile> {
  return (await readLinkFile(word, beside)).profile;
}

/** As {@link readLinkProfile}, with where the figures come from. */
export async function readLinkFile(word: string, beside?: string): Promise<LinkFile> {
  const written = await readYamlFile(await linkFilePath(word, beside), linkSchema, words);
  return linkFile(written, await secondOf(written));
}

/**
 * As {@link readLinkFile}, from text.
 * @param second the profile that `failover.to` names
 * @throws FileErrors
 */
export function parseLinkFile(file: string, text: string, second?: LinkProfile): LinkFile {
  return linkFile(parseYamlFile(file, text, linkSchema, words), second);
}

/** The interface that takes over. It has none of its own, or two files could name each other. */
async function secondOf(written: YamlFile<WrittenLink>): Promise<LinkProfile | undefined> {
  const { file, value } = written;
  if (value.failover === undefined) return undefined;
  const path = await linkFilePath(value.failover.to, file);
  const second = await readYamlFile(path, linkSchema, words);
  if (second.value.failover === undefined) return linkFile(second).profile;
  throw new FileErrors(file, [
    new FieldbenchError({
      code: 'FB_LINK_SCHEMA',
      message: `failover.to: "${value.failover.to}" has a failover of its own`,
      at: written.place(['failover', 'to']),
      hint: 'name a link without one',
    }),
  ]);
}

function linkFile(written: YamlFile<WrittenLink>, second?: LinkProfile): LinkFile {
  const { file, data, value } = written;
  const name = basename(file).replace(/\.ya?ml$/, '');
  const profile = profileOf(name, value, second);
  const figures = figuresOf(data, value.evidence);
  const paths = new Set(figures.map((it) => it.path));
  const errors = [
    ...profileProblems(profile).map(({ path, message, ...rest }) => {
      const at = placeOfFigure(path, paths);
      return new FieldbenchError({ code: 'FB_LINK_FIGURES', message, at: written.place(at), ...rest });
    }),
    ...strayEvidence(figures, value.evidence).map(
      (key) =>
        new FieldbenchError({
          code: 'FB_LINK_SCHEMA',
          message: `evidence: there is no figure "${key}"`,
          at: written.place(['evidence', key]),
          hint: didYouMean(key, [...paths]),
        }),
    ),
  ];
  if (errors.length > 0) throw new FileErrors(file, errors);
  return { file, profile, figures };
}
