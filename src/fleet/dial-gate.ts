// Lets so many devices of a process connect at once as a broker's queue of new connections takes, and no more.

/** Devices that want a connection, in the order they came, and those that are making one. */
export class DialGate {
  readonly #window: number;
  readonly #isDialling: Uint8Array;
  #waiting: number[] = [];
  /** Index of the first in `#waiting` that still waits. */
  #first = 0;
  #dialling = 0;

  constructor(devices: number, window: number) {
    this.#window = window;
    this.#isDialling = new Uint8Array(devices);
  }

  /** Devices that wait to be let through. */
  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  /** A device wants a connection. */
  queue(device: number): void {
    this.#waiting.push(device);
  }

  /** Lets the next device through, when there is one and room for it. */
  pass(): number | undefined {
    if (this.waiting === 0 || this.#dialling >= this.#window) return undefined;
    const device = this.#waiting[this.#first++];
    if (this.waiting === 0) {
      this.#waiting = [];
      this.#first = 0;
    }
    return device;
  }

  /** A device dials. */
  begin(device: number): void {
    this.#isDialling[device] = 1;
    this.#dialling += 1;
  }

  /** A device has its CONNACK, or will not get one. @returns whether it was dialling */
  end(device: number): boolean {
    if (this.#isDialling[device] !== 1) return false;
    this.#isDialling[device] = 0;
    this.#dialling -= 1;
    return true;
  }

  /** Nobody waits any longer. */
  clear(): void {
    this.#waiting = [];
    this.#first = 0;
  }
}
