// A small PLC: a fixed scan cycle over a process image that real Modbus TCP clients read and write.
import type { Server } from 'node:net';
import { ServerTCP } from 'modbus-serial';
import type { IServiceVector } from 'modbus-serial';
import { FieldbenchError } from '../../error.ts';
import type { CancelTimer } from '../../net/clock.ts';
import type { Endpoint, PartContext, StartedPart } from '../part.ts';
import { readPlcProgram } from './plc-program.ts';
import type { PlcProgram } from './plc-program.ts';
import { ProcessImage } from './process-image.ts';
import { Tank } from './tank.ts';

/** A PLC that runs. */
export interface StartedPlc extends StartedPart {
  /** Where it serves Modbus TCP. */
  readonly endpoint: Endpoint;
  /** Its register map and unit id, for gateways. */
  readonly program: PlcProgram;
  /** Scans so far, and scans that were left out because one began late by a whole cycle. */
  readonly scans: number;
  readonly overruns: number;
  /** Ends scanning and serving, and waits until its sockets are closed. */
  stop(): Promise<void>;
  /** Gone at once, as without power. */
  kill?(): Promise<void>;
  /** Serves and scans again on the same endpoint. */
  restart?(): Promise<void>;
  /** Stands still with its connections open. */
  pause?(): Promise<void>;
  resume?(): Promise<void>;
  /** What a terminal of its reads from now on; a switch that is closed is 1. */
  setInput?(name: string, value: number): void;
  /** Sets its clock forward, or back where it is negative. */
  stepClock?(byMs: number): void;
}

/** What a PLC runs and where. */
export interface PlcOptions {
  readonly name: string;
  /** Path of its program, or the program. */
  readonly program: string | PlcProgram;
  /** On 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number;
}

/**
 * Starts a PLC; it serves and scans when this resolves.
 * @throws FieldbenchError `FB_PLC_PROGRAM` for a program that cannot be, `FB_PLC_LISTEN` when the port cannot be had.
 */
export async function startPlc(options: PlcOptions, context: PartContext): Promise<StartedPlc> {
  context.signal.throwIfAborted();
  const program = typeof options.program === 'string' ? readPlcProgram(options.program) : options.program;
  const plc = new Plc(options.name, program, context);
  await plc.start(options.port ?? 0);
  return plc;
}

const HOST = '127.0.0.1';

class Plc implements StartedPlc {
  readonly name: string;
  readonly program: PlcProgram;
  readonly #context: PartContext;
  readonly #image: ProcessImage;
  readonly #tank: Tank;
  #server: ServerTCP | undefined;
  #port = 0;
  #cancelScan: CancelTimer = () => {};
  #lastScanMs = 0;
  #scans = 0;
  #overruns = 0;
  #stopped: Promise<void> | undefined;

  constructor(name: string, program: PlcProgram, context: PartContext) {
    this.name = name;
    this.program = program;
    this.#context = context;
    this.#image = new ProcessImage(program.registers);
    this.#tank = new Tank(program.parameters, this.#image);
  }

  get endpoint(): Endpoint {
    return { host: HOST, port: this.#port };
  }

  get scans(): number {
    return this.#scans;
  }

  get overruns(): number {
    return this.#overruns;
  }

  async start(port: number): Promise<void> {
    this.#note('starting');
    const server = new ServerTCP(vectorOf(this.#image), {
      host: HOST,
      unitID: this.program.unitId,
      port: (port === 0 ? '0' : port) as number, // the library takes the number 0 for "not given", and then 502
    });
    this.#server = server;
    server.on('socketError', () => {}); // a client that went away: the server goes on
    try {
      this.#port = await listening(server);
    } catch (cause) {
      this.#note('failed', messageOf(cause));
      throw notListening(this.name, port, cause);
    }
    this.#context.signal.addEventListener('abort', this.#abort, { once: true });
    const { clock } = this.#context;
    this.#lastScanMs = clock.nowMs();
    this.#scanAt(this.#lastScanMs);
    this.#note('ready');
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #abort = (): void => {
    void this.stop();
  };

  async #end(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#abort);
    this.#cancelScan();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    this.#note('stopped');
  }

  #scanAt(dueMs: number): void {
    const { clock } = this.#context;
    this.#cancelScan = clock.after(Math.max(0, dueMs - clock.nowMs()), () => this.#scan(dueMs));
  }

  /** One scan. A scan that begins a whole cycle late leaves out those it missed, and counts them. */
  #scan(dueMs: number): void {
    const nowMs = this.#context.clock.nowMs();
    const cycleMs = this.program.scan;
    const missed = Math.max(0, Math.floor((nowMs - dueMs) / cycleMs));
    for (let i = 0; i < missed; i += 1) this.#image.count('overruns');
    this.#overruns += missed;
    this.#tank.scan(this.#image, nowMs - this.#lastScanMs);
    this.#lastScanMs = nowMs;
    this.#scans += 1;
    this.#image.count('scans');
    this.#scanAt(dueMs + (missed + 1) * cycleMs);
  }

  #note(state: 'starting' | 'ready' | 'stopped' | 'failed', detail?: string): void {
    const it = { part: this.name, role: 'plc', state, ...(detail !== undefined && { detail }) } as const;
    this.#context.history.record({ kind: 'part', ...it });
  }
}

/** Modbus requests are answered from the image; what they write counts from the next scan on. */
function vectorOf(image: ProcessImage): IServiceVector {
  return {
    getCoil: (address: number) => image.read('coil', address) === 1,
    getDiscreteInput: (address: number) => image.read('discrete', address) === 1,
    getInputRegister: (address: number) => image.read('input', address),
    getHoldingRegister: (address: number) => image.read('holding', address),
    setCoil: (address: number, value: boolean) => image.write('coil', address, value ? 1 : 0),
    setRegister: (address: number, value: number) => image.write('holding', address, value),
  };
}

async function listening(server: ServerTCP): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('initialized', () => resolve());
  server.on('serverError', (error) => reject(error ?? new Error('the server failed')));
  await promise;
  // The library keeps its socket to itself, and has no other way to tell which port it was given.
  const { _server: socket } = server as unknown as { readonly _server: Server };
  const address = socket.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function notListening(name: string, port: number, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_PLC_LISTEN',
    message: `PLC "${name}" cannot listen on ${HOST}:${port}`,
    expected: 'a free port',
    actual: messageOf(cause),
    hint: 'leave the port out, and any free one is taken',
    cause,
  });
}
