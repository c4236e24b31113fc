// What each link carried: MQTT bytes as its two taps saw them, and what the link itself says of IP bytes and money.
import type { HistoryEvent, Marked, PacketSeen, Vantage } from '../../history/event.ts';
import { linkName } from './windows.ts';

/** What a bill says. */
export interface LinkCost {
  readonly total: number;
  /** Of 30 days that go on like this, where the link says so. */
  readonly month?: number;
  readonly currency: string;
  readonly tariff: string;
}

/** All links of one name together. */
export interface LinkBytes {
  readonly link: string;
  readonly members: number;
  /** MQTT bytes in both directions at either end. */
  readonly clientEndB: number;
  readonly serverEndB: number;
  /** At IP level, estimated; where the links say so: they do when they are taken down. */
  readonly ipB?: number;
  /** Absent without a tariff. */
  readonly cost?: LinkCost;
}

interface Sum {
  readonly members: Set<string>;
  clientEndB: number;
  serverEndB: number;
  ipB: number | undefined;
  cost: LinkBytes['cost'];
}

/** Bytes of a packet on the wire. */
export function sizeOf({ bytes, omittedB = 0 }: PacketSeen): number {
  return Buffer.byteLength(bytes, 'base64') + omittedB;
}

/** A reducer over history. */
export class LinkSums {
  readonly #sums = new Map<string, Sum>();
  readonly #linkOf: (connection: string) => string | undefined;

  constructor(linkOf: (connection: string) => string | undefined) {
    this.#linkOf = linkOf;
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'link') this.#of(event.link);
    else if (event.kind === 'packet') this.#packet(event);
    else if (event.kind === 'mark' && event.name === 'link-usage') this.#usage(event);
  }

  /** In the order in which they came up. */
  all(): readonly LinkBytes[] {
    return [...this.#sums].map(([link, { members, clientEndB, serverEndB, ipB, cost }]) => ({
      link,
      members: members.size,
      clientEndB,
      serverEndB,
      ...(ipB !== undefined && { ipB }),
      ...(cost !== undefined && { cost }),
    }));
  }

  #packet(event: PacketSeen): void {
    const link = this.#linkOf(event.connection);
    if (link === undefined) return;
    const sum = this.#of(link);
    const at: Vantage = event.seenAt;
    if (at === 'clientEnd') sum.clientEndB += sizeOf(event);
    else if (at === 'serverEnd') sum.serverEndB += sizeOf(event);
  }

  #usage({ data = {} }: Marked): void {
    const { link, upIpB, downIpB, cost, monthCost, currency, tariff } = data;
    if (typeof link !== 'string') return;
    const sum = this.#of(link);
    sum.ipB = (sum.ipB ?? 0) + Number(upIpB ?? 0) + Number(downIpB ?? 0);
    if (typeof cost !== 'number') return;
    sum.cost = {
      total: (sum.cost?.total ?? 0) + cost,
      ...(typeof monthCost === 'number' && { month: (sum.cost?.month ?? 0) + monthCost }),
      currency: String(currency),
      tariff: String(tariff),
    };
  }

  #of(link: string): Sum {
    const name = linkName(link);
    const sum = this.#sums.get(name) ?? {
      members: new Set<string>(),
      clientEndB: 0,
      serverEndB: 0,
      ipB: undefined,
      cost: undefined,
    };
    this.#sums.set(name, sum);
    sum.members.add(link);
    return sum;
  }
}
