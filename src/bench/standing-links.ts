// The links of a plan that stand: every device on a link has one of its own, and the timeline moves them together.
import type { StreamContent } from '../faults/segmenter.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { Endpoint } from '../parts/part.ts';
import { actOnLink } from './acts.ts';
import type { Bench } from './bench.ts';
import type { Plan, PlannedLink } from './plan.ts';
import type { LinkAction } from './planned-action.ts';

/** Who is at which end. */
interface LinkEnds {
  readonly client: string;
  readonly server: string;
  readonly upstream: Endpoint;
  /** What passes; default: MQTT. */
  readonly content?: StreamContent;
}

/** Starts links, and does to them what the timeline says. */
export class StandingLinks {
  readonly #plan: Plan;
  readonly #bench: Bench;
  readonly #standing = new Map<string, StartedFaultyLink[]>();

  constructor(plan: Plan, bench: Bench) {
    this.#plan = plan;
    this.#bench = bench;
  }

  /** The link of this name, as planned. */
  planned(name: string | undefined): PlannedLink | undefined {
    return this.#plan.links.find((it) => it.name === name);
  }

  async start(it: PlannedLink, { client, server, upstream, content = 'mqtt' }: LinkEnds): Promise<StartedFaultyLink> {
    const link = await this.#bench.startLink(linkBackend(it.backend), {
      name: `${it.name}/${client}`,
      upstream,
      client,
      server,
      profile: it.profile,
      ...(it.faults && { faults: it.faults }),
      ...(it.timeline && { timeline: it.timeline }),
      ...(it.needs && { needs: it.needs }),
      ...(it.tariff && { tariff: it.tariff }),
      content,
      taps: content === 'mqtt', // A tap reads MQTT, and would find nothing but mistakes.
      isMetered: true,
    });
    this.#standing.set(it.name, [...(this.#standing.get(it.name) ?? []), link]);
    return link;
  }

  async act(action: LinkAction): Promise<void> {
    const links = this.#standing.get(action.link) ?? [];
    await Promise.all(links.map((link) => actOnLink(link, action)));
  }
}
