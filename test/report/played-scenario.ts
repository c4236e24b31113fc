// A scenario's history with one fault in it, judged: a pump behind a radio link, a display without one, a message lost.
import type { HistoryEvent } from '../../src/history/event.ts';
import { payloadHash } from '../../src/history/payload-hash.ts';
import type { JudgedCheck } from '../../src/judge/judged.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, publish, puback } from '../judge/packets.ts';
import { sample } from './sample.ts';
import type { Sample } from './sample.ts';

/** @param name of the pump, in case that its maker is hostile */
export function playedScenario(name = 'pump'): Sample {
  const { run } = sample();
  const { events, offence } = playedHistory(name);
  const check: JudgedCheck = {
    kind: 'expectation',
    id: `delivered:${name}->display`,
    title: `messages of ${name} arrive at display`,
    statements: [],
    verdict: 'fail',
    expected: ['at most 0 messages do not arrive'],
    actual: '1 of 2 messages arrived',
    durationMs: 2500,
    evidence: { events: offence },
    measured: [{ name: 'not delivered', unit: 'messages', value: 1, limit: { max: 0 } }],
    repeat: run.run.command,
  };
  const targets = run.targets.map((it) => ({ ...it, checks: [check], findings: [], statements: [] }));
  return { run: { ...run, targets }, events };
}

const message = (text: string) => ({ topic: 't', payload: Buffer.from(text) });

/** The events, and those that show the loss. */
function playedHistory(name: string): {
  readonly events: readonly HistoryEvent[];
  readonly offence: readonly number[];
} {
  const history = new HistoryOf();
  const display = history.conn('display');
  display.client(connect()).server(connack());
  const link = `radio/${name}`;
  const pump = history.conn(name, { link });
  pump.client(connect()).server(connack());
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'everybody is online' } });
  const means = (text: string, ordinal: number): void => {
    const identity = { topic: 't', payloadHash: payloadHash(Buffer.from(text)) };
    history.record({ kind: 'intent', part: name, qos: 1, retain: false, ordinal, ...identity });
  };
  history.wait(1000);
  means('one', 1);
  pump.client(publish(1, 1, message('one'))).server(puback(1));
  history.wait(300);
  display.server(publish(0, undefined, message('one')));
  history.record({ kind: 'link', link, state: 'cut', figures: {} });
  means('two', 2);
  const intent = history.events.length;
  pump.seenOnly('clientEnd', 'toServer', publish(1, 2, message('two')));
  const offence = [intent, history.events.length];
  pump.wait(1000).ended('link', 'rst');
  history.record({ kind: 'link', link, state: 'up', figures: {} });
  const again = history.conn(name, { link });
  again.client(connect()).server(connack());
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'publishing ends' } });
  return { events: history.events, offence };
}
