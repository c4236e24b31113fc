// Where a device's connection begins: an address and a port of our choice, because the kernel's own search is slow.

const FIRST_PORT = 10_000;
const LAST_PORT = 65_535;

/** A local end to bind. */
export interface LocalEnd {
  readonly localAddress: string;
  readonly localPort: number;
}

/**
 * Local ends for connections to loopback: every process has an address of its own, from its number, so that no two
 * choose the same port, and ports are used in turn, so that one rests as long as possible.
 */
export class LocalPorts {
  readonly #address: string | undefined;
  #last = LAST_PORT;

  /** @param pid of this process; `platform`: only Linux answers on all of 127.0.0.0/8 */
  constructor(pid: number, platform: NodeJS.Platform = process.platform) {
    this.#address = platform === 'linux' ? addressOf(pid) : undefined;
  }

  /** The next end; nothing where the kernel has to choose. */
  next(host: string): LocalEnd | undefined {
    if (this.#address === undefined || !host.startsWith('127.')) return undefined;
    this.#last = this.#last === LAST_PORT ? FIRST_PORT : this.#last + 1;
    return { localAddress: this.#address, localPort: this.#last };
  }
}

/** 127.64.0.1 to 127.127.255.254: process numbers of Linux have 22 bits at most. */
function addressOf(pid: number): string {
  return `127.${64 + ((pid >>> 16) & 0x3f)}.${(pid >>> 8) & 0xff}.${pid & 0xff}`;
}

/** Whether this says that a chosen port is not to be had, and another may be. */
export function isPortTaken(code: string): boolean {
  return code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL';
}
