// Tariffs as a table: what is there, and of one each figure with where it is from.
import { readTariff } from '../scenario/tariff-file.ts';
import { shippedTariffs, tariffPath } from '../run/shipped.ts';

type Rows = readonly (readonly string[])[];

/** Names and titles of the shipped tariffs. */
export async function listOfTariffs(): Promise<Rows> {
  const names = await shippedTariffs();
  return Promise.all(names.map(async (name) => [name, (await readTariff(tariffPath(name))).title]));
}

/**
 * Every figure of one tariff with its evidence.
 * @throws as readTariff
 */
export async function rowsOfTariff(word: string): Promise<Rows> {
  const { name, title, evidence, ...figures } = await readTariff(tariffPath(word));
  const rows = Object.entries(figures).map(([field, value]) => [field, String(value), evidence[field] ?? '']);
  return [['name', name, title], ...rows];
}
