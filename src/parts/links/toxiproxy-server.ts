// The Toxiproxy server behind a link: one that runs already, or a process of our own on a free loopback port.
import { Toxiproxy } from 'toxiproxy-node-client';
import { FieldbenchError } from '../../error.ts';
import { pause } from '../../net/clock.ts';
import { freePort } from '../brokers/free-port.ts';
import { launchProcess, type LocalProcess } from '../brokers/local-process.ts';
import type { PartContext } from '../part.ts';

/** A server that answers. Disposing ends it if it is ours. */
export interface ToxiproxyServer extends AsyncDisposable {
  readonly api: Toxiproxy;
}

/** Names the URL of a server that runs already, e.g. `http://127.0.0.1:8474`. */
const urlVariable = 'FIELDBENCH_TOXIPROXY_URL';
const startBoundMs = 10_000;
const pollMs = 20;

/**
 * The server at `FIELDBENCH_TOXIPROXY_URL`, else `toxiproxy-server` from the PATH.
 * @throws FieldbenchError `FB_TOXIPROXY_START` when neither answers; `FB_LINK_CAPABILITY` when the URL is not on
 *   this machine's loopback, where the ends of the link are.
 */
export async function toxiproxyServer(link: string, context: PartContext): Promise<ToxiproxyServer> {
  const url = process.env[urlVariable];
  return url === undefined || url === '' ? ownServer(link, context) : runningServer(url, context);
}

async function runningServer(url: string, context: PartContext): Promise<ToxiproxyServer> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(url)?.hostname ?? '')) {
    throw new FieldbenchError({
      code: 'FB_LINK_CAPABILITY',
      message: `a Toxiproxy at ${url} cannot reach the ends of a link, which listen on loopback only`,
      expected: 'a URL on 127.0.0.1 (in a container: with the network of the host)',
      actual: url,
    });
  }
  const api = new Toxiproxy(url.replace(/\/+$/, ''));
  await answering(api, `${urlVariable} ${url}`, context);
  return { api, async [Symbol.asyncDispose]() {} };
}

async function ownServer(link: string, context: PartContext): Promise<ToxiproxyServer> {
  const port = await freePort();
  const command = 'toxiproxy-server';
  const args = ['-host', '127.0.0.1', '-port', String(port)];
  const started = launchProcess({ command, args, what: `link ${link} (${command})` }, context);
  const note = (state: 'exited' | 'stopped', detail: string): void =>
    context.history.record({ kind: 'part', part: link, role: 'link', state, detail });
  let isOver = false;
  void started.gone.then((how) => note(isOver ? 'stopped' : 'exited', how));
  const end = async (): Promise<void> => {
    isOver = true;
    await started.stop();
  };
  const api = new Toxiproxy(`http://127.0.0.1:${port}`);
  try {
    await answering(api, `${command} ${args.join(' ')}`, context, started);
  } catch (error) {
    await end();
    throw error;
  }
  return { api, [Symbol.asyncDispose]: end };
}

/** Asks until it answers, at most so long. */
async function answering(api: Toxiproxy, how: string, context: PartContext, own?: LocalProcess): Promise<void> {
  const untilMs = context.clock.nowMs() + startBoundMs;
  let gone: string | undefined;
  void own?.gone.then((it) => (gone = it));
  for (;;) {
    try {
      await api.getVersion();
      return;
    } catch (error) {
      if (gone !== undefined || own === undefined || context.clock.nowMs() >= untilMs) {
        throw notStarted(how, [gone, own?.lastWords(), String(error)].find(Boolean), error);
      }
      await pause(context.clock, pollMs, context.signal);
    }
  }
}

function notStarted(how: string, actual: string | undefined, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_TOXIPROXY_START',
    message: 'no Toxiproxy server answers',
    expected: how,
    ...(actual !== undefined && { actual }),
    hint: `put toxiproxy-server on the PATH, or name a running one in ${urlVariable}; the backend "embedded" needs neither`,
    cause,
  });
}
