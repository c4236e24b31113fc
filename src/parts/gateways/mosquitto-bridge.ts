// A bridge as Mosquitto has it: lines of its configuration, and a client that lives and dies with its broker.
import type { PartChanged } from '../../history/event.ts';
import type { LiveHistory } from '../../history/live-history.ts';
import { Milestone } from '../devices/milestone.ts';
import { notGranted } from '../devices/not-online.ts';
import { watchPresence } from '../foreign/tap-presence.ts';
import type { Endpoint, Login, StartedPart } from '../part.ts';

/** What stands in the configuration. */
export interface BridgeLines {
  readonly name: string;
  /** Of the broker that it leads to, or of the link before it. */
  readonly endpoint: Pick<Endpoint, 'host' | 'port'>;
  readonly login?: Login;
  readonly topics: readonly {
    readonly filter: string;
    readonly direction: 'in' | 'out' | 'both';
    readonly qos: 0 | 1 | 2;
  }[];
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  readonly backOff: { readonly baseS: number; readonly capS: number };
}

/** Topic on which a bridge says `1` or `0`, retained, the latter also as its will. */
const stateTopicOf = (bridge: string): string => `bridges/${bridge}`;

/** The lines of one bridge, see mosquitto.conf(5). */
export function bridgeConfiguration(it: BridgeLines): string {
  const { name, endpoint, login, topics, keepAliveS, cleanSession, backOff } = it;
  return [
    `connection ${name}`,
    `address ${endpoint.host}:${endpoint.port}`,
    'bridge_protocol_version mqttv311',
    // Else it says a protocol level that no standard knows, and only another Mosquitto takes it.
    'try_private false',
    `remote_clientid ${name}`,
    ...(login === undefined ? [] : [`remote_username ${login.userName}`, `remote_password ${login.password}`]),
    `cleansession ${cleanSession}`,
    `keepalive_interval ${keepAliveS}`,
    `restart_timeout ${backOff.baseS} ${Math.max(backOff.baseS, backOff.capS)}`,
    // Of topics that begin with $SYS no client may publish to.
    `notification_topic ${stateTopicOf(name)}`,
    ...topics.map(({ filter, direction, qos }) => `topic ${filter} ${direction} ${qos}`),
    '',
  ].join('\n');
}

/** What is known of a bridge that its broker runs. */
export interface BridgeOptions {
  readonly name: string;
  /** The broker that runs it. */
  readonly from: string;
  readonly history: LiveHistory;
  /** How many topic filters it subscribes to at the other broker. */
  readonly filters: number;
}

/** A bridge in the history: it is there when its tap has seen that, and otherwise as its broker is. */
export interface StartedBridge extends StartedPart {
  /** Resolves when it is connected, and subscribed, for the first time. */
  readonly online: Promise<void>;
}

/** Follows a bridge; begin before its broker starts. */
export function followBridge(options: BridgeOptions): StartedBridge {
  return new Bridge(options);
}

/** What befalls a broker befalls its bridges; that it serves says nothing of them. */
const shared: ReadonlySet<PartChanged['state']> = new Set([
  'stopping',
  'stopped',
  'killed',
  'exited',
  'paused',
  'resumed',
]);

class Bridge implements StartedBridge {
  readonly #options: BridgeOptions;
  readonly #online = new Milestone();
  readonly #unwatch: () => void;
  #presence: Disposable | undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#unwatch = options.history.watch((event) => {
      if (event.kind === 'part' && event.part === options.from) this.#follow(event);
    });
  }

  get name(): string {
    return this.#options.name;
  }

  get online(): Promise<void> {
    return this.#online.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch();
    this.#presence?.[Symbol.dispose]();
    return Promise.resolve();
  }

  #follow({ state }: PartChanged): void {
    if (shared.has(state)) this.#note(state);
    if (state !== 'starting') return;
    this.#note('starting', `bridge of ${this.#options.from}`);
    this.#presence?.[Symbol.dispose]();
    this.#presence = watchPresence(this.#options.history, this.name, this.#options.filters, {
      online: () => {
        this.#online.reach();
        this.#note('ready');
      },
      notGranted: (codes) => this.#online.fail(notGranted(`the bridge "${this.name}"`, codes)),
    });
  }

  #note(state: PartChanged['state'], detail?: string): void {
    const { name, history } = this.#options;
    history.record({ kind: 'part', part: name, role: 'gateway', state, ...(detail !== undefined && { detail }) });
  }
}
