// What a target file says about a way to start its broker, as data: the generic drivers make a started broker of it.

/** Ways into a broker, named after what is asked of a client there. `mqtt` is the plain one. */
export const listenerNames = ['mqtt', 'websocket', 'login', 'acl', 'tls', 'clientCertificates'] as const;
export type ListenerName = (typeof listenerNames)[number];

/** One way into a broker. */
export interface ListenerPlan {
  /** MQTT over WebSocket at this path. */
  readonly path?: string | undefined;
  /** Port within a container; outside, and for a process, each run chooses a free one. */
  readonly port?: number | undefined;
  /** Another listener that stands on the same port. */
  readonly on?: ListenerName | undefined;
  /** Of `mqtt`: clients have to bring the run's login, there and over WebSocket. */
  readonly login?: boolean | undefined;
}

/** Those that are described; the plain one first, whatever the order of the file. */
export function listenersOf(
  listeners: InstancePlan['listeners'],
): readonly (readonly [name: ListenerName, plan: ListenerPlan])[] {
  return listenerNames.flatMap((name) => {
    const it = listeners[name];
    return it === undefined ? [] : [[name, it] as const];
  });
}

/** Where a version is read from; exactly one of them is given. */
export interface VersionSource {
  /** A program whose output says it, with its arguments; in a container it is run there. */
  readonly command?: readonly string[] | undefined;
  /** Regular expression whose first group is the version. */
  readonly pattern?: string | undefined;
  /** Name of an npm package that can be found from the target file. */
  readonly package?: string | undefined;
  /** Label of the container's image. */
  readonly label?: string | undefined;
  /** The version itself. */
  readonly text?: string | undefined;
}

/** What one instance of the broker is given; strings may hold placeholders, see placeholders.ts. */
export interface InstancePlan {
  /** Text files by name, in a folder of the instance's own; `from` names a file beside the target file. */
  readonly files: Readonly<Record<string, string | { readonly from: string }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly listeners: Readonly<Partial<Record<ListenerName, ListenerPlan | undefined>>>;
  /** Names of further ports. */
  readonly ports: readonly string[];
  /** Programs to run before its first start, with their arguments; of a process only. */
  readonly before?: readonly (readonly string[])[] | undefined;
}

/** What the secured instance says of itself. */
export type InstanceChange = { readonly [Key in keyof InstancePlan]?: InstancePlan[Key] | undefined };

interface Way extends InstancePlan {
  /** Another instance, for listeners that cannot stand beside the plain one; what it does not say is as above. */
  readonly secured?: InstanceChange | undefined;
  readonly version: VersionSource;
  readonly readyWithin: number;
  /** How long it may take to end politely before it is killed, ms. */
  readonly stopWithin: number;
}

/** A broker as a process of this machine. */
export interface ProcessWay extends Way {
  /** Programs, the first that is found; by name or absolute path. */
  readonly program: readonly string[];
  /** Files of the machine that it needs beside its program. */
  readonly needs: readonly string[];
  /** Who runs it where the bench itself is root. */
  readonly user?: string | undefined;
  /** The file, by its name in `files`, from which it would read bridges in the words of Mosquitto. */
  readonly bridgeFile?: string | undefined;
  /** Variables of the bench's own environment that are handed on. */
  readonly inherit: readonly string[];
}

/** A broker in a container. */
export interface ContainerWay extends Way {
  readonly image: string;
  /** Image built on this machine, taken where it is there; may be a pattern. */
  readonly local?: string | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly user?: string | undefined;
}

/** Who is described: for names of folders, and for errors. */
export interface Described {
  readonly name: string;
  /** Folder of the target file. */
  readonly here: string;
  /** System -> the command that installs the broker there. */
  readonly install: Readonly<Record<string, string>>;
}
