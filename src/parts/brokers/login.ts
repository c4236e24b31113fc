// Logins of a broker's listeners, made anew for each broker and shown to nobody; and the forms in which brokers keep them.
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Login } from '../part.ts';

/**
 * Not drawn from the run's seed: who knows a seed must not know a password. In hex digits: no program of a target takes
 * one for an option, as it would what begins with a dash.
 */
export function newLogin(userName = 'bench'): Login {
  return { userName, password: randomBytes(18).toString('hex') };
}

/** What `mosquitto_passwd` uses; the password is too long to be guessed, so more would only cost time. */
const iterations = 101;
const saltB = 12;
const hashB = 64;

/** A line of Mosquitto's password file (format 7: PBKDF2 with SHA-512), made here so that no command line shows it. */
export function mosquittoPasswordLine({ userName, password }: Login): string {
  const salt = randomBytes(saltB);
  const hash = pbkdf2Sync(password, salt, iterations, hashB, 'sha512');
  return `${userName}:$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

const rabbitmqSaltB = 4;

/** A password as RabbitMQ's definitions hold it (`rabbit_password_hashing_sha256`). */
export function rabbitmqHash({ password }: Login): string {
  const salt = randomBytes(rabbitmqSaltB);
  const hash = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

/** A password as brokers keep it that hash without a salt: SHA-256 in hex digits. */
export function passwordSha256({ password }: Login): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}
