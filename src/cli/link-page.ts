// Link profiles on the terminal: which there are, and one of them with where each of its figures comes from.
import { conductInWords, figuresInWords } from '../faults/profile-in-words.ts';
import { readLinkFile } from '../scenario/link-file.ts';
import { shippedLinks } from '../scenario/shipped-links.ts';
import type { Page, Rows } from './table.ts';

/** Name and title of every shipped profile. */
export async function linkRows(): Promise<Rows> {
  const names = await shippedLinks();
  return Promise.all(
    names.map(async (name) => {
      const { title, carries } = (await readLinkFile(name)).profile;
      return [name, carries, title];
    }),
  );
}

/**
 * Every figure of a profile with its evidence.
 * @param word name of a shipped profile, or path of a link file
 * @throws FieldbenchError `FB_LINK_UNKNOWN`, `FB_LINK_FILE`; FileErrors
 */
export async function linkPage(word: string): Promise<Page> {
  const { file, profile, figures } = await readLinkFile(word);
  const { name, title, carries, caution, tariff } = profile;
  return {
    words: [
      `${name}: ${title}`,
      `  ${figuresInWords(profile)}`,
      ...conductInWords(profile).map((line) => `  ${line}`),
      `  carries ${carries}${tariff === undefined ? '' : `, tariff ${tariff}`}`,
      ...(caution === undefined ? [] : [`  caution: ${caution}`]),
      `  from ${file}`,
      '',
    ],
    rows: figures.map((it) => [it.path, it.value, it.evidence ?? 'not said']),
  };
}
