// One life of a broker, or of another program, in a container: how it ended, what it said last, how it is stopped and killed.
import type { BrokerInstance } from './broker-life.ts';
import { statusOf, type DockerClient } from './docker.ts';
import { LastWords } from './last-words.ts';

/** A container of Docker's API. */
export type DockerContainer = ReturnType<DockerClient['container']['getById']>;

/** What is known of a container beside itself. */
interface ContainerTraits {
  /** How long it may take to end politely before it is killed; Docker counts whole seconds. */
  readonly stopWithinMs: number;
  /** When it counts as gone. Default `not-running`; `removed` of one that Docker removes at its end, told before its start. */
  readonly goneWhen?: 'not-running' | 'removed';
}

/** Takes a container that was just started, of a broker of this version. */
export function instanceOf(
  container: DockerContainer,
  { version, ...traits }: ContainerTraits & { readonly version: string },
): BrokerInstance {
  return { version, ...lifeOf(container, traits), lastWords: () => lastLogLines(container).catch(() => '') };
}

/** How the life of a container ends, and what is done to it meanwhile. */
export function lifeOf(
  container: DockerContainer,
  { stopWithinMs, goneWhen: condition = 'not-running' }: ContainerTraits,
): Omit<BrokerInstance, 'version' | 'lastWords'> {
  const gone = container.wait({ condition }).then(
    (result: { StatusCode: number }) => `exit code ${result.StatusCode}`,
    (error: unknown) => `its container is gone: ${error instanceof Error ? error.message : String(error)}`,
  );
  const end = async (act: () => Promise<unknown>): Promise<void> => {
    await act().catch(unlessEnded);
    await gone;
  };
  return {
    gone,
    stop: () => end(() => container.stop({ t: Math.ceil(stopWithinMs / 1000) })),
    kill: () => end(() => container.kill()),
    pause: () => container.pause().then(nothing, unlessEnded),
    resume: () => container.unpause().then(nothing, unlessEnded),
  };
}

const nothing = (): void => undefined;

/** It ended by itself before it could be ended: just what was wanted. */
function unlessEnded(error: unknown): void {
  if (![304, 404, 409].includes(statusOf(error) ?? 0)) throw error;
}

async function lastLogLines(container: DockerContainer): Promise<string> {
  const words = new LastWords();
  words.add(logText(await container.logs({ stdout: true, stderr: true, tail: 50, follow: false })));
  return words.text();
}

const frameHeaderB = 8;

/** Docker sends the two output streams as frames of a kind, a big-endian length at byte 4, and the text. */
function logText(log: Buffer): string {
  const texts: Buffer[] = [];
  for (let at = 0; at + frameHeaderB <= log.length;) {
    const end = at + frameHeaderB + log.readUInt32BE(at + 4);
    texts.push(log.subarray(at + frameHeaderB, end));
    at = end;
  }
  return Buffer.concat(texts).toString('utf8');
}
