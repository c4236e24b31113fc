// Which devices are online at any moment: accepted by their broker, on a connection that stands, over a link that passes.
import type { HistoryEvent } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';

interface Device {
  connection: string | undefined;
  link: string | undefined;
  isAccepted: boolean;
}

/** Follows the devices of a run; give it every event. */
export class OnlineDevices {
  readonly #only: ReadonlySet<string> | undefined;
  readonly #devices = new Map<string, Device>();
  readonly #clientOf = new Map<string, string>();
  /** Links that do not pass. */
  readonly #down = new Set<string>();

  /** @param only the devices that count; default: all that ever connect */
  constructor(only?: readonly string[]) {
    this.#only = only && new Set(only);
    for (const name of only ?? []) this.#devices.set(name, away());
  }

  /** All devices that count. */
  get count(): number {
    return this.#devices.size;
  }

  /** Those that are online now. */
  get online(): number {
    return [...this.#devices.values()].filter((it) => this.#isOnline(it)).length;
  }

  /** Share of the devices that are online now, 0 to 1; 1 where there is none. */
  get share(): number {
    return this.count === 0 ? 1 : this.online / this.count;
  }

  step(event: HistoryEvent): void {
    switch (event.kind) {
      case 'opened':
        return this.#opened(event.connection, event.client, event.link);
      case 'ended':
        return this.#ended(event.connection);
      case 'link':
        if (event.state === 'up') this.#down.delete(event.link);
        else this.#down.add(event.link);
        return;
      case 'part': {
        const device = this.#devices.get(event.part);
        if (device && ['stopped', 'killed', 'exited', 'failed'].includes(event.state)) device.isAccepted = false;
        return;
      }
      case 'packet': {
        if (event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
        const device = this.#deviceOn(event.connection);
        if (!device || device.isAccepted) return;
        const packet = frameOf(event).packet;
        if (packet?.type === 'CONNACK') device.isAccepted = packet.returnCode === 0;
        return;
      }
      default:
    }
  }

  #opened(connection: string, client: string, link: string | undefined): void {
    if (this.#clientOf.has(connection) || (this.#only && !this.#only.has(client))) return;
    this.#clientOf.set(connection, client);
    this.#devices.set(client, { connection, link, isAccepted: false });
  }

  #ended(connection: string): void {
    const device = this.#deviceOn(connection);
    if (device) device.isAccepted = false;
  }

  #deviceOn(connection: string): Device | undefined {
    const device = this.#devices.get(this.#clientOf.get(connection) ?? '');
    return device?.connection === connection ? device : undefined;
  }

  #isOnline({ isAccepted, link }: Device): boolean {
    return isAccepted && (link === undefined || !this.#down.has(link));
  }
}

const away = (): Device => ({ connection: undefined, link: undefined, isAccepted: false });
