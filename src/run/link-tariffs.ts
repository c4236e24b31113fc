// The tariffs of a scenario's links: read before anything starts, so that a link knows what it costs while it runs.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { PlannedLink } from '../bench/plan.ts';
import { readTariff } from '../scenario/tariff-file.ts';
import { tariffPath } from './shipped.ts';

/**
 * The links with the tariffs that they or their profiles name: a file beside the scenario, or a shipped one.
 * @throws FieldbenchError `FB_TARIFF_FILE` when one cannot be read; FileErrors for what is wrong in it
 */
export async function withTariffs(links: readonly PlannedLink[], scenario: string): Promise<readonly PlannedLink[]> {
  return Promise.all(
    links.map(async (link) => {
      const { tariff: word } = link.profile;
      if (word === undefined) return link;
      const beside = resolve(dirname(scenario), word);
      return { ...link, tariff: await readTariff(existsSync(beside) ? beside : tariffPath(word)) };
    }),
  );
}
