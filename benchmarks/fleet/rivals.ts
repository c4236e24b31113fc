// Every engine of the benchmark that can be had here, and which could not, with the reason.
import { compileEpollClient } from './epoll-client.ts';
import { fieldbench } from './fieldbench.ts';
import { mqttJs } from './mqtt-js.ts';
import { buildPahoGo } from './paho-go.ts';
import type { Rival } from './rival.ts';

/** Name of our own engine, which goals are asked of. */
export const ours = fieldbench.name;

export interface Engines extends AsyncDisposable {
  readonly engines: readonly Rival[];
  /** What each is, in the same order. */
  readonly described: readonly string[];
  /** Those that are missing, and the error that getting them ended with. */
  readonly missing: readonly string[];
}

const makers: Readonly<Record<string, () => Promise<Rival & Partial<AsyncDisposable>>>> = {
  fieldbench: () => Promise.resolve(fieldbench),
  'C, epoll': compileEpollClient,
  'mqtt.js': () => Promise.resolve(mqttJs),
  'Paho for Go': buildPahoGo,
};

/** Makes all that can be made; a machine without a compiler still compares the others. */
export async function makeEngines(): Promise<Engines> {
  await using cleanup = new AsyncDisposableStack();
  const engines: Rival[] = [];
  const described: string[] = [];
  const missing: string[] = [];
  for (const [name, make] of Object.entries(makers)) {
    try {
      const engine = await make();
      cleanup.defer(async () => engine[Symbol.asyncDispose]?.());
      described.push(await engine.describe());
      engines.push(engine);
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  const kept = cleanup.move();
  return { engines, described, missing, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
