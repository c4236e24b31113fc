// The link that is always there: a TCP relay in this process with delay, cuts and packet faults.
import { LinkFaults } from '../../faults/link-faults.ts';
import { relay, type RelayOptions } from '../../net/relay.ts';
import type { PartContext } from '../part.ts';
import { connectionNames, seenBy, type LinkOptions, type StartedFaultyLink } from './link-options.ts';
import { LinkPassage, type LinkModel } from './link-passage.ts';
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
  const model = modelOf(options, context);
  const { state } = model;
  const passages = new Set<LinkPassage>();
  let ordinal = 0;
  const standing = await relay({
    ...relayOptions(options, context),
    admit: () => state.admit(),
    createPassage(ends) {
      ordinal += 1;
      const passage = new LinkPassage(ends, model, ordinal, () => passages.delete(passage));
      passages.add(passage);
      return passage;
    },
  });
  state.begin();
  const follow = (): void => passages.forEach((passage) => passage.followLink());
  return {
    name: options.name,
    endpoint: standing.endpoint,
    shape: async (figures) => state.shape(figures),
    async cut(how) {
      state.cut(how);
      follow();
    },
    async halfOpen(dead) {
      state.halfOpen(dead);
      follow();
    },
    async restore() {
      state.restore();
      follow();
    },
    addFaults: (faults) => model.faults.add(faults),
    [Symbol.asyncDispose]: () => standing[Symbol.asyncDispose](),
  };
}

function modelOf(options: LinkOptions, { clock, seed, history }: PartContext): LinkModel {
  const played: LinkModel['played'] = (connection, { fault, did, taints }) => {
    const where = options.taps ? { connection } : {};
    history.record({ kind: 'fault', link: options.name, fault, ...where, did });
    // A link without taps is somebody's own fault: a broken server's, which is to be blamed.
    if (options.taps && taints) history.record({ kind: 'taint', connection, why: `fault ${fault}` });
  };
  return {
    name: options.name,
    clock,
    seed,
    faults: new LinkFaults(options.faults),
    state: new LinkState(options.name, options.profile, history),
    segments: options.segments,
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
    names: connectionNames(options),
  };
}
