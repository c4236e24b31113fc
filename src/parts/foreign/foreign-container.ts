// Somebody else's program in a container: it hears and speaks as a process of ours does, and goes when its bench is gone.
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { lifeOf } from '../brokers/container-instance.ts';
import { docker, removeContainer, type Docker, type DockerClient } from '../brokers/docker.ts';
import { LastWords } from '../brokers/last-words.ts';
import type { PartContext } from '../part.ts';
import type { Hearing, Launch, LaunchedProgram } from './foreign-program.ts';

/** What to run in which image. */
export interface ContainerCommand {
  readonly image: string;
  /** No other container has it. */
  readonly containerName: string;
  /** In place of the image's own, in the image's working folder. */
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of this machine that it may read, and what it is called within. */
  readonly reads: { readonly folder: string; readonly within: string };
  /** The folder within that it may write to; it is in memory and goes with the container. */
  readonly writes: string;
  /** How long it may take to end politely before it is killed. */
  readonly graceMs: number;
}

/** How long after a program's end its last output may still come. */
const drainMs = 200;

/**
 * In a container of its own that is removed when it ends. It shares the machine's network, as links and PLCs stand on
 * loopback; it runs as who runs the bench, because the folder that it reads is nobody else's.
 */
export function asContainer(command: ContainerCommand): Launch {
  return (hearing, context) => launchContainer(command, hearing, context);
}

/** A container that runs. */
interface Begun {
  readonly life: ReturnType<typeof lifeOf>;
  /** Its stdin, and what it says on both its outputs. */
  readonly stream: NodeJS.ReadWriteStream;
}

function launchContainer(command: ContainerCommand, hearing: Hearing, context: PartContext): LaunchedProgram {
  const words = new LastWords();
  const begun = begin(command, { hearing, words, context });
  const gone = begun.then(
    async ({ life, stream }) => {
      const over = ended(stream);
      const how = await life.gone;
      await Promise.race([over, new Promise<void>((resolve) => void context.clock.after(drainMs, resolve))]);
      return how;
    },
    (error: unknown) => `it could not be started: ${error instanceof Error ? error.message : String(error)}`,
  );
  void gone.then(() => context.owns.release(command.containerName));
  const act = (how: 'stop' | 'kill' | 'pause' | 'resume') => (): Promise<void> =>
    begun.then(({ life }) => life[how](), nothing);
  return {
    gone,
    lastWords: () => words.text(),
    say: (line) => void begun.then(({ stream }) => void stream.write(`${line}\n`), nothing),
    stop: act('stop'),
    kill: act('kill'),
    pause: act('pause'),
    resume: act('resume'),
  };
}

const nothing = (): void => undefined;

interface Beginning {
  readonly hearing: Hearing;
  readonly words: LastWords;
  readonly context: PartContext;
}

async function begin(command: ContainerCommand, { hearing, words, context }: Beginning): Promise<Begun> {
  const engine = await docker();
  const { dockerode } = engine.client.container;
  context.owns.ownContainer(command.containerName, hearing.what);
  const container = await dockerode.createContainer(settingsOf(command, context));
  try {
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    listen(engine, stream, hearing, words);
    const life = lifeOf(container, { stopWithinMs: command.graceMs, goneWhen: 'removed' });
    await container.start();
    return { life, stream };
  } catch (error) {
    await removeContainer(engine, command.containerName, context.owns.labels);
    throw error;
  }
}

type ContainerSettings = Parameters<DockerClient['container']['dockerode']['createContainer']>[0];

/** Docker closes its stdin when who is attached is gone, and a container that ended goes by itself: a bench may be killed. */
function settingsOf(it: ContainerCommand, { owns }: PartContext): ContainerSettings {
  const user = process.getuid && process.getgid && { uid: process.getuid(), gid: process.getgid() };
  const owner = user ? `,uid=${user.uid},gid=${user.gid}` : '';
  return {
    name: it.containerName,
    Image: it.image,
    Labels: owns.labels,
    Entrypoint: [...it.entrypoint],
    Cmd: [],
    Env: Object.entries(it.environment).map(([name, value]) => `${name}=${value}`),
    ...(user && { User: `${user.uid}:${user.gid}` }),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'host',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'none', Config: {} }, // What it says is heard here, and needs no file.
      Mounts: [{ Type: 'bind', Source: it.reads.folder, Target: it.reads.within, ReadOnly: true }],
      Tmpfs: { [it.writes]: `rw,noexec,nosuid,nodev,size=64m,mode=0700${owner}` },
    },
  };
}

/** Lines of stdout to whoever hears it; stderr is its last words, as of a process. */
function listen({ client }: Docker, stream: NodeJS.ReadWriteStream, { onLine }: Hearing, words: LastWords): void {
  const [said, complained] = [new PassThrough(), new PassThrough()];
  client.container.dockerode.modem.demuxStream(stream, said, complained);
  stream.on('error', nothing); // The container's own end says that it is gone.
  createInterface({ input: said }).on('line', onLine);
  complained.setEncoding('utf8').on('data', (text: string) => words.add(text));
  void ended(stream).then(() => said.end());
}

function ended(stream: NodeJS.ReadWriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
  });
}
