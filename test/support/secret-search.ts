// Looks for a secret in whatever a run leaves behind: as it is, and in every form in which a program might write it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A form of a secret, and its name for the message of a test. */
interface Form {
  readonly name: string;
  readonly text: string;
}

/** Where a secret was found, e.g. `base64 in run/journal.ndjson`; empty is as it should be. */
export type Found = readonly string[];

/** A password, and the user name that it may be written with. */
export interface Secret {
  readonly userName: string;
  readonly password: string;
}

/** Searches every file below a folder. */
export function searchFolder(folder: string, secret: Secret): Found {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((it) => it.isFile())
    .flatMap((it) => search(join(it.parentPath, it.name), readFileSync(join(it.parentPath, it.name)), secret));
}

/**
 * Searches bytes: for the password as text and in hexadecimal, with and without gaps, escaped for URLs, JSON and markup;
 * for it and `user:password` in base64; and for it in whatever base64 the bytes hold, at any offset.
 */
export function search(where: string, bytes: Uint8Array, secret: Secret): Found {
  const held = Buffer.from(bytes).toString('latin1');
  const lower = held.toLowerCase();
  const forms = formsOf(secret).filter(({ text }) => held.includes(text) || lower.includes(text));
  const decoded = [...held.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g)].some(([run]) => {
    return Buffer.from(run, 'base64').toString('latin1').includes(latin1(secret.password));
  });
  return [...forms.map((it) => it.name), ...(decoded ? ['inside of base64'] : [])].map((it) => `${it} in ${where}`);
}

function formsOf({ userName, password }: Secret): readonly Form[] {
  const bytes = Buffer.from(password);
  const hex = bytes.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  const both = Buffer.from(`${userName}:${password}`);
  const forms: readonly Form[] = [
    { name: 'raw', text: latin1(password) },
    { name: 'URL-encoded', text: encodeURIComponent(password) },
    { name: 'as JSON', text: latin1(JSON.stringify(password).slice(1, -1)) },
    { name: 'as markup', text: latin1(password.replaceAll(/[&<>"'`]/g, (it) => `&#${it.charCodeAt(0)};`)) },
    { name: 'base64', text: bytes.toString('base64') },
    { name: 'base64url', text: bytes.toString('base64url') },
    { name: 'base64 of user:password', text: both.toString('base64') },
    { name: 'hex', text: hex },
    { name: 'hex with spaces', text: pairs.join(' ') },
    { name: 'hex with colons', text: pairs.join(':') },
  ];
  return forms;
}

/** Text as the bytes of its UTF-8, each as one character: what a search over bytes compares. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
