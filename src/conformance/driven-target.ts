// What checks are driven against: the ways into a broker, what it lacks, and how to have another one like it.
import type { Endpoint } from '../net/wire.ts';
import type { BrokerVariants, StartedBroker } from '../bench/bench.ts';
import type { Target } from '../bench/target/target.ts';
import { limitLine } from '../history/event.ts';
import { everyQos, type Level } from './bench.ts';
import type { Need, SecuredNeed } from './check.ts';

/** One broker as a check meets it. */
export interface DrivenPlace {
  /** Name of its part in the history. */
  readonly server: string;
  readonly endpoint: Endpoint;
  readonly variants: BrokerVariants;
  /** What its plain and WebSocket listeners ask for; absent where everybody may come in. */
  readonly login?: NonNullable<StartedBroker['login']>;
  /** Ends it politely or by SIGKILL, and starts it again on the same storage; absent where that is not ours to do. */
  readonly restart?: (how: 'stop' | 'kill') => Promise<void>;
}

/** A target that stands and is to be driven. */
export interface DrivenTarget extends DrivenPlace {
  readonly name: string;
  /** What it does not offer, and why. */
  readonly lacks: ReadonlyMap<Need, string>;
  /** Why checks that are not safe for others are not driven; absent where they are. */
  readonly spared?: string;
  /** Another one takes so long to start that nothing may be judged meanwhile. */
  readonly startsSlowly?: boolean;
  /** Starts another broker of its kind for one check; ended by disposing. Absent where there is but the one. */
  readonly startAnother?: (check: string) => Promise<DrivenPlace & AsyncDisposable>;
  /** Starts one of its kind that offers what the target itself has no listener for; ended by disposing. */
  readonly startSecured?: () => Promise<DrivenPlace & AsyncDisposable>;
}

/** What each way in is called where it is missing. */
const missing = {
  websocket: 'the target has no WebSocket listener of ours',
  acl: 'the target has no listener with an access control list of ours',
  login: 'the target has no listener of ours that demands a login',
  tls: 'the target has no TLS listener with a certificate of ours',
  clientCertificates: 'the target has no TLS listener of ours that demands a client certificate',
} as const satisfies Record<SecuredNeed | 'websocket', string>;

/** Needs that another instance may meet. */
const isSecured = (need: Need): need is SecuredNeed => need !== 'websocket' && need in missing;

/** Whether a listener that is not there could be had at another instance; what a target declares not to have could not. */
export const isMissing = (need: Need, lacks: ReadonlyMap<Need, string>): boolean =>
  isSecured(need) && lacks.get(need) === missing[need];

/** What a started broker lacks for want of a listener, or because it is not the bench's own. */
export function lacksOf({ variants, isForeign }: Pick<StartedBroker, 'variants' | 'isForeign'>): Map<Need, string> {
  const lacks = missingWays(variants);
  if (isForeign) lacks.set('restart', 'somebody else runs the target: it is not ours to restart');
  return lacks;
}

/** What a target declares not to do, as reasons to skip the checks that need it. */
export function limitsOf({ limits }: Pick<Target, 'limits'>): readonly (readonly [Need, string])[] {
  return limits.map((it) => [it.needs, `declared limit: ${limitLine(it)}`] as const);
}

/** The QoS levels that a target offers beside what it lacks. */
export function qosLevelsBeside(lacks: ReadonlyMap<Need, string>): readonly Level[] {
  return everyQos.filter((qos) => qos === 0 || !lacks.has(`qos${qos}`));
}

/** The ways in that are not there. */
export function missingWays(variants: BrokerVariants): Map<Need, string> {
  const needs = Object.keys(missing) as (keyof typeof missing)[];
  return new Map(needs.filter((need) => variants[need] === undefined).map((need) => [need, missing[need]]));
}

/** A started broker as a place to drive checks at. */
export function placeOf(broker: StartedBroker): DrivenPlace {
  const { name, endpoint, login, variants, isForeign } = broker;
  const place = { server: name, endpoint, variants, ...(login && { login }) };
  if (isForeign) return place;
  return {
    ...place,
    async restart(how) {
      await broker[how]();
      await broker.restart();
    },
  };
}

/** One that was started for its listeners; ended by disposing. */
export function securedPlaceOf(broker: StartedBroker): DrivenPlace & AsyncDisposable {
  return { ...placeOf(broker), [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
}
