// Placeholders of target files, `${name}`: what only the run knows, such as ports, folders and logins.

const form = /\$?\$\{([^{}]*)\}/g;

/** The text with every placeholder replaced; `$${` stands for `${` itself. */
export function filled(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(form, (whole, name: string) => (isEscaped(whole) ? whole.slice(1) : valueOf(name)));
}

/** Every text under its name, made into another one. */
export function eachText(
  texts: Readonly<Record<string, string>>,
  to: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, to(text)]));
}

/** Names of the placeholders in a text. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(form)].flatMap(([whole, name = '']) => (isEscaped(whole) ? [] : [name]));
}

const isEscaped = (whole: string): boolean => whole.startsWith('$$');

/** Forms of a login that brokers keep; each stands behind `login.` and `acl.`. */
export const loginForms = {
  userName: 'user name',
  password: 'password, made anew for each instance',
  mosquittoLine: 'both as a line of a Mosquitto password file',
  rabbitmqHash: 'the password as RabbitMQ keeps it: SHA-256 with a salt, in base64',
  passwordSha256: 'SHA-256 of the password in hex digits',
} as const;

/** Placeholders that every instance knows, with what they stand for. */
export const placeholders: Readonly<Record<string, string>> = {
  dir: 'folder of the instance, with its files; what the broker keeps goes there too',
  host: 'address to listen on',
  here: 'folder of the target file',
  program: 'the program that was found; for a process only',
  node: 'the Node that runs the bench; for a process only',
  deniedTopics: 'topic filter that the login of the listener "acl" may neither publish to nor read',
  ...formsOf('login', 'of the listener "login", and of others that ask for one'),
  ...formsOf('acl', 'of the listener "acl"'),
  'tls.caFile': 'certificate of the CA of the run, which vouches for the server and for good clients',
  'tls.certFile': 'certificate of the server',
  'tls.keyFile': 'its private key (PKCS #8)',
  'tls.clientName': 'common name in the certificates of clients',
};

function formsOf(who: string, where: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(loginForms).map(([name, text]) => [`${who}.${name}`, `${text}; ${where}`]));
}
