// The link that is always there: a TCP relay in this process with delay, cuts and packet faults.
import { LinkFaults } from '../../faults/link-faults.ts';
import { SharedMedia } from '../../faults/medium.ts';
import type { ConnectionId, History } from '../../history/event.ts';
import { relay, type RelayOptions } from '../../net/relay.ts';
import type { PartContext } from '../part.ts';
import { Gate } from './admission.ts';
import { Channel } from './channel.ts';
import { Forecast, type ForecastOptions } from './forecast.ts';
import { connectionNames, seenBy, type LinkOptions, type StartedFaultyLink } from './link-options.ts';
import { LinkPassage, type LinkModel } from './link-passage.ts';
import { LinkMeter, type LinkUsage } from './link-meter.ts';
import { refuseMissing, type LinkAsk } from './link-needs.ts';
import { LinkState } from './link-state.ts';

/**
 * Starts the embedded link.
 *
 * What a cut does. `drop` freezes every connection: what is under way, and what comes up to a window of it, is
 * released in order on restore, as TCP would send it again (its wait for the next retransmission is not
 * modelled). A connection that is dialled meanwhile is accepted by this machine's kernel, as no relay outside the
 * kernel can prevent, but goes through only after the restore, and never when its client has given up by then:
 * that is what repeated SYNs do. `rst` resets every connection, and each new one, until the restore. Half-open
 * freezes one direction; no new connection goes through, since a handshake needs both.
 *
 * @throws FieldbenchError `FB_PORT_IN_USE`, `FB_LISTEN`, `FB_FAULT_NAME`, `FB_LINK_FIGURES`
 */
export async function startEmbeddedLink(options: LinkOptions, context: PartContext): Promise<StartedFaultyLink> {
  checkEmbeddedLink(options);
  await using starting = new AsyncDisposableStack();
  const model = modelOf(options, context);
  const { state, meter } = model;
  const passages = new Set<LinkPassage>();
  const all = (act: (passage: LinkPassage) => void): void => passages.forEach((passage) => act(passage));
  const gate = starting.use(new Gate(context.clock, state, model.channel));
  const forecast = starting.use(new Forecast(forecastOptions(options, context, model, all)));
  const ordinals = new Ordinals();
  const standing = await relay({
    ...relayOptions(options, context),
    admit: (connection) => gate.admit(ordinals.of(connection)),
    createPassage(ends) {
      const passage = new LinkPassage(ends, model, ordinals.of(ends.connection), () => passages.delete(passage));
      passages.add(passage);
      return passage;
    },
    onOver: (connection) => ordinals.forget(connection),
  });
  starting.use(standing);
  if (meter) starting.defer(() => noteUsage(options.name, meter.usage(context.clock.nowMs()), context.history));
  state.begin();
  starting.defer(state.follow(() => all((passage) => passage.followLink())));
  forecast.begin();
  const running = starting.move();
  return {
    name: options.name,
    endpoint: standing.endpoint,
    shape: async (figures) => forecast.shape(figures),
    cut: async (how) => state.cut(how),
    halfOpen: async (dead) => state.halfOpen(dead),
    restore: async () => state.restore(),
    vanish: () => all((passage) => passage.switched('silent')),
    addFaults: (faults) => model.faults.add(faults),
    ...(meter && { usage: () => meter.usage(context.clock.nowMs()) }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * Whether the embedded link can apply this: everything that goes over TCP at all.
 * @throws FieldbenchError `FB_LINK_CAPABILITY`
 */
export function checkEmbeddedLink(ask: LinkAsk): void {
  refuseMissing(ask, 'embedded', {});
}

/** What the link carried stands in the history, so that a report made from it can tell. Bytes at IP level are estimates. */
function noteUsage(link: string, { connections, up, down, tookMs, bill, month }: LinkUsage, history: History): void {
  const billed = bill && {
    tariff: bill.tariff,
    billedB: bill.billed.totalB,
    cost: bill.cost.total,
    ...(month && { monthCost: month.cost.total }),
    currency: bill.currency,
    assumed: bill.assumed.join(', '),
  };
  const data = {
    link,
    connections,
    tookMs,
    upPayloadB: up.payloadB,
    downPayloadB: down.payloadB,
    upIpB: up.ipB,
    downIpB: down.ipB,
    resentB: up.resentB + down.resentB,
    ...billed,
  };
  history.record({ kind: 'mark', name: 'link-usage', data });
}

/** Numbers the connections of a link in the order in which they were dialled, from 1. */
class Ordinals {
  readonly #known = new Map<ConnectionId, number>();
  #last = 0;

  of(connection: ConnectionId): number {
    const known = this.#known.get(connection) ?? ++this.#last;
    this.#known.set(connection, known);
    return known;
  }

  forget(connection: ConnectionId): void {
    this.#known.delete(connection);
  }
}

function forecastOptions(
  { name, profile, timeline }: LinkOptions,
  { clock, seed, history }: PartContext,
  { state }: LinkModel,
  all: (act: (passage: LinkPassage) => void) => void,
): ForecastOptions {
  return {
    link: name,
    seed,
    clock,
    state,
    profile,
    timeline,
    onSwitch(connections, cause) {
      history.record({ kind: 'fault', link: name, fault: 'failover', did: `${cause}; connections: ${connections}` });
      if (connections !== 'survive') all((passage) => passage.switched(connections));
    },
  };
}

function modelOf(options: LinkOptions, { clock, seed, history }: PartContext): LinkModel {
  const played: LinkModel['played'] = (connection, { fault, did, taints }) => {
    const where = options.taps ? { connection } : {};
    history.record({ kind: 'fault', link: options.name, fault, ...where, did });
    // A link without taps is somebody's own fault: a broken server's, which is to be blamed.
    if (options.taps && taints) history.record({ kind: 'taint', connection, why: `fault ${fault}` });
  };
  const { name, profile, media = new SharedMedia(), content = 'mqtt', segments, tariff } = options;
  const state = new LinkState(name, profile, history);
  return {
    name,
    clock,
    seed,
    faults: new LinkFaults(options.faults),
    state,
    channel: new Channel(state, media, { seed, link: name }),
    content,
    segments,
    isPlain: !options.taps && options.faults === undefined,
    meter: (options.isMetered ?? options.taps) ? new LinkMeter(tariff, clock.nowMs()) : undefined,
    played,
  };
}

function relayOptions(options: LinkOptions, { clock, signal, history }: PartContext): RelayOptions {
  const { upstream, host, port, entrance = {} } = options;
  const { over, ...door } = entrance;
  return {
    upstream,
    clock,
    signal,
    listenOn: { ...(host !== undefined && { host }), ...(port !== undefined && { port }), ...(over && { over }) },
    ...door,
    ...seenBy(options, history),
    ...(!options.taps && { opaque: true }), // Nobody would see the packets.
    names: connectionNames(options),
  };
}
