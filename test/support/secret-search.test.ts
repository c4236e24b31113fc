// The search is not blind: planted in each form, and in the middle of something else, a secret is found.
import { expect, test } from 'vitest';
import { search } from './secret-search.ts';

const secret = { userName: 'bench', password: 'p@ss "wörd" <&>/42' };
const bytes = Buffer.from(secret.password);
const pairs = bytes.toString('hex').match(/../g) ?? [];
const packet = Buffer.concat([Buffer.from('\u0010\u001e\0\u0004MQTT'), bytes, Buffer.from('more')]);

test.each<[string, string]>([
  ['raw', `login ${secret.password}.`],
  ['URL-encoded', `mqtt://bench:${encodeURIComponent(secret.password)}@host`],
  ['as JSON', JSON.stringify({ password: secret.password })],
  ['as markup', secret.password.replaceAll(/[&<>"]/g, (it) => `&#${it.charCodeAt(0)};`)],
  ['base64', `"${bytes.toString('base64')}"`],
  ['base64 of user:password', `Basic ${Buffer.from(`bench:${secret.password}`).toString('base64')}`],
  ['hex', bytes.toString('hex').toUpperCase()],
  ['hex with spaces', pairs.join(' ').toUpperCase()],
  ['hex with colons', pairs.join(':')],
  ['inside of base64', packet.toString('base64')],
  ['inside of base64', packet.subarray(1).toString('base64')],
  ['inside of base64', packet.subarray(2).toString('base64url')],
])('%s', (form, text) => {
  expect(search('here', Buffer.from(`before\n${text}\nafter`), secret)).toContain(`${form} in here`);
});

test('and what is not there is not found', () => {
  const text = `bench p@ss word ${Buffer.from('another one').toString('base64')} ** ** **`;
  expect(search('here', Buffer.from(text), secret)).toEqual([]);
});
