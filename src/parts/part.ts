// What everything that can be bolted on has in common: it is told its world, starts, and ends without a trace.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { Clock } from '../net/clock.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { History } from '../history/event.ts';
import type { Power } from './power.ts';

export type { Endpoint } from '../net/endpoint.ts';

/** Notes what a run owns, so that the next start can sweep what a killed bench left behind. */
export interface Ownership {
  /** A process that was started as leader of its own group. Call before anything can go wrong with it. */
  ownProcess(pid: number, what: string): void;
  /** A container, by id or by a name of its own; with a name it can be noted before it is created. */
  ownContainer(id: string, what: string): void;
  /** A file or folder that goes away with the run. */
  ownPath(path: string): void;
  /** It ended; nothing is left to sweep. */
  release(pidOrIdOrPath: number | string): void;
  /** Labels that every container of this run carries; `fieldbench.run` holds the run's id. */
  readonly labels: Readonly<Record<string, string>>;
  /** Folder for the run's own files, mode 0700, removed with the run. */
  readonly scratch: string;
}

/** The world a part lives in. */
export interface PartContext {
  readonly clock: Clock;
  readonly seed: number;
  readonly history: History;
  readonly owns: Ownership;
  /** Ends everything when aborted. */
  readonly signal: AbortSignal;
  /** What one simulated device runs on, where it can be paused and cut; `clock` and `signal` are then its own. */
  readonly power?: Power;
}

/** User name and password. */
export interface Login {
  readonly userName: string;
  readonly password: string;
}

/**
 * A listener whose login may publish, subscribe and be sent messages below `+/allowed/#`, and neither publish to nor be
 * sent anything on {@link deniedTopics}.
 */
export interface AclListener extends Login {
  readonly endpoint: Endpoint;
}

/** Topics that are denied to the login of an {@link AclListener}: second level `denied`. */
export const deniedTopics = '+/denied/#';

/** A listener that lets nobody in without this login. */
export interface LoginListener extends Login {
  readonly endpoint: Endpoint;
}

/** A certificate of a client and its private key. */
export interface ClientCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** A TLS listener that asks each client for a certificate of the run's own CA; `endpoint` brings a good one. */
export interface ClientCertificateListener {
  readonly endpoint: Endpoint;
  /** Of the run's own CA, and no longer valid. */
  readonly expired: ClientCertificate;
  /** Valid, of a CA that the listener does not know. */
  readonly unknown: ClientCertificate;
}

/** Other ways into the same broker, beside its plain listener. */
export interface BrokerVariants {
  readonly websocket?: Endpoint;
  readonly acl?: AclListener;
  readonly login?: LoginListener;
  /** Anonymous over TLS; its `tls.caPem` is that of the run. */
  readonly tls?: Endpoint;
  readonly clientCertificates?: ClientCertificateListener;
}

/** Something that runs until it is disposed of. */
export interface StartedPart extends AsyncDisposable {
  readonly name: string;
}

/** A broker that answered CONNECT with CONNACK 0. Its endpoint stays the same over restarts. */
export interface StartedBroker extends StartedPart {
  /** What the broker says of itself, or its package's version. */
  readonly version: string;
  /** Command, image with id, or URL it was started from. */
  readonly how: string;
  readonly endpoint: Endpoint;
  /** What every CONNECT to `endpoint` has to carry, where nobody is let in without. */
  readonly login?: Login;
  readonly variants: BrokerVariants;
  /** Somebody else runs it: it is judged, and never stopped, killed or restarted. */
  readonly isForeign: boolean;
  /** Ends it politely and waits until it is gone. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it on the same endpoint and storage, where it does not run; resolves when it is ready. */
  start(): Promise<void>;
  /** Ends it politely where it runs, and starts it again on the same endpoint and storage; resolves when it is ready. */
  restart(): Promise<void>;
  /** Stops its processes where they are (SIGSTOP, or docker pause): its connections stay, and nobody serves them. */
  pause(): Promise<void>;
  /** Lets it go on; nothing happens where it is not paused. */
  resume(): Promise<void>;
}

/** How a kind of broker is started: one file per kind in parts/brokers/. */
export interface BrokerDriver {
  /** Name in target files and on the command line, e.g. `aedes`. */
  readonly kind: string;
  /** @throws FieldbenchError `FB_BROKER_START` with what the broker said last, when it does not become ready. */
  start(name: string, context: PartContext): Promise<StartedBroker>;
  /**
   * Starts another one of its kind, configured to refuse: its `variants` hold the `login`, `tls`, `clientCertificates`
   * and `acl` that one broker cannot offer beside anonymous access. Absent where `start` offers them all, or nobody can.
   */
  readonly startSecured?: (name: string, context: PartContext) => Promise<StartedBroker>;
}

/** A link between one part and another: dial `endpoint`, and what stands behind it is `upstream`. */
export interface StartedLink extends StartedPart {
  readonly endpoint: Endpoint;
  /** Changes the figures from now on: delay and jitter both ways, or all that a profile says. */
  shape(figures: {
    readonly delayMs?: number;
    readonly jitterMs?: number;
    readonly profile?: LinkProfile;
  }): Promise<void>;
  /** Cuts it: `drop` lets connections hang, new ones too, until `restore`; `rst` resets them, new ones too. */
  cut(how: 'drop' | 'rst'): Promise<void>;
  /** Only one direction still passes. */
  halfOpen(dead: 'toServer' | 'toClient'): Promise<void>;
  restore(): Promise<void>;
}
