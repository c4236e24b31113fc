// A small run that was judged, with one text of the caller's choice in every place where the wire can put text.
import type { HistoryEvent, RunStarted, TargetDescribed } from '../../src/history/event.ts';
import type { Evidence, Finding } from '../../src/judge/finding.ts';
import type { JudgedCheck, JudgedRun, JudgedStatement } from '../../src/judge/judged.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import type { StatementId } from '../../src/spec/statement.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, puback, publish } from '../judge/packets.ts';

/** A judged run and its history. */
export interface Sample {
  readonly run: JudgedRun;
  readonly events: readonly HistoryEvent[];
}

/** What a bench can be made to say by a party that chooses `text`: topics, payloads, client ids, banners, versions. */
export function sample(text = 'site/pump'): Sample {
  const history = new HistoryOf();
  const run: RunStarted = {
    kind: 'run',
    seq: 1,
    tMs: 0,
    schema: 1,
    runId: '20261122-7',
    fieldbench: '0.1.0',
    mode: 'scenario',
    seed: 7,
    startedAt: '2026-11-22T20:00:00.000Z',
    clock: 'monotonic',
    command: 'fieldbench run scenarios/quickstart.yaml --seed 7',
    scenario: { file: 'scenarios/quickstart.yaml', text: `parts:\n  - ${text.replaceAll(/[\r\n]/g, ' ')}\n` },
    link: { word: 'satellite', title: text, patience: [`longest queue of ${text}`] },
    parameters: { quietMs: 300 },
    provenance: { kernel: `Linux ${text}`, 'congestion control': 'cubic' },
  };
  const target: TargetDescribed = {
    kind: 'target',
    seq: 2,
    tMs: 0,
    target: 'broker',
    version: `2.0 ${text}`,
    how: `mosquitto -c ${text}`,
    repeat: 'mosquitto',
    limits: [{ needs: 'qos2', says: `no ${text}`, source: `https://vendor/${text}` }],
  };
  history.record(run).record(target);
  history.record({ kind: 'check', check: 'publish/order', target: 'broker', phase: 'begun' });
  const conn = history.conn('pump', { target: 'broker', check: 'publish/order', link: 'satellite' });
  conn.client({ ...connect(), clientId: bytes(text) }).server(connack());
  conn.client({ ...publish(1, 7, { payload: Buffer.alloc(100, 0x61) }), topic: bytes(text) }).server(puback(8));
  conn.mark('quiet').ended('server', 'rst');
  history.record({ kind: 'fault', link: 'satellite', fault: 'drop', connection: conn.id, did: text });
  history.record({ kind: 'part', part: 'broker', role: 'broker', state: 'exited', detail: text });
  history.record({ kind: 'check', check: 'publish/order', target: 'broker', phase: 'driven' });
  history.record({ kind: 'end', how: 'completed' });
  return { run: judged(history.events, run, target, text), events: history.events };
}

function judged(events: readonly HistoryEvent[], run: RunStarted, target: TargetDescribed, text: string): JudgedRun {
  const wrong = seqOfLast(events, 'toClient');
  const evidence = { events: [wrong], bytes: { event: wrong, offset: 2, length: 2 } };
  const expected = [`PUBACK 7 for ${text}`, `a close after ${text}`];
  return {
    run,
    end: { kind: 'end', seq: events.length, tMs: 12_345, how: 'completed' },
    verdict: 'fail',
    exitCode: 1,
    suite: '3.1.1-0123abcd',
    targets: [
      {
        name: target.target,
        role: 'target',
        version: target.version,
        how: target.how,
        limits: target.limits,
        statements: [
          statement('MQTT-3.1.2-24', 'warn', 'keep-alive'),
          statement('MQTT-3.3.1-2', 'notExercised', 'packet-form'),
          statement('MQTT-4.3.2-2', 'fail', 'publish-answers'),
          statement('MQTT-4.6.0-6', 'pass', 'pubrel-order'),
        ],
        checks: checksOf(evidence, expected, text),
        findings: findingsOf(evidence, expected, text),
      },
    ],
    warnings: [`a tap lost bytes: ${text}`],
  };
}

function statement(id: StatementId, verdict: Verdict, by: string): JudgedStatement {
  const measured = [{ name: 'time to PUBACK', unit: 'ms', value: 12.34, limit: { max: 5000 } }];
  return { id, verdict, by: [by, 'publish/order'], measured };
}

function findingsOf(evidence: Evidence, expected: readonly string[], text: string): readonly Finding[] {
  const common = { target: 'broker', check: 'publish/order', count: 1, expected };
  const answers = { ...common, by: 'publish-answers', statement: 'MQTT-4.3.2-2', verdict: 'fail', evidence } as const;
  const nothing = { events: [] };
  return [
    { ...answers, actual: `PUBACK 8, ${text}` },
    { ...answers, actual: 'PUBACK 9' },
    { ...common, by: 'keep-alive', statement: 'MQTT-3.1.2-24', verdict: 'warn', actual: text, evidence: nothing },
    { ...common, by: 'publish/order', statement: 'MQTT-4.6.0-6', verdict: 'pass', actual: 'fine', evidence: nothing },
  ];
}

function checksOf(evidence: Evidence, expected: readonly string[], text: string): readonly JudgedCheck[] {
  const nothing = { events: [] };
  const repeat = 'fieldbench run scenarios/quickstart.yaml --seed 7';
  const expectation = { kind: 'expectation' as const, statements: [], expected, durationMs: 12_345, repeat };
  return [
    {
      kind: 'check',
      id: 'publish/order',
      title: 'messages keep their order',
      statements: ['MQTT-4.6.0-6'],
      verdict: 'pass',
      expected,
      actual: 'as expected',
      durationMs: 321,
      evidence: nothing,
      measured: [],
      repeat: 'fieldbench conform --target mosquitto --select publish/order --seed 7',
    },
    {
      ...expectation,
      id: `delivered:${text}`,
      title: `every message of ${text} arrives`,
      verdict: 'fail',
      actual: `2 of 40 lost: ${text}`,
      evidence,
      measured: [
        { name: 'lost', unit: '', value: 2, limit: { max: 0 } },
        { name: 'latency p99', unit: 'ms', value: 812.4, limit: { max: 1500 } },
      ],
    },
    {
      ...expectation,
      id: `will:${text}`,
      title: 'the will comes',
      verdict: 'pass',
      actual: 'within 900 ms',
      evidence: nothing,
      measured: [{ name: 'will delay', unit: 'ms', value: Number.NaN }],
    },
    {
      ...expectation,
      kind: 'check',
      id: 'retained/x',
      title: 'retained',
      statements: ['MQTT-3.3.1-5'],
      verdict: 'skipped',
      actual: `no ${text}`,
      evidence: nothing,
      measured: [],
    },
    {
      ...expectation,
      id: 'reconnected',
      title: 'comes back',
      verdict: 'inconclusive',
      actual: text,
      evidence: nothing,
      measured: [],
    },
  ];
}

function seqOfLast(events: readonly HistoryEvent[], direction: 'toServer' | 'toClient'): number {
  const found = events.findLast(
    (it) => it.kind === 'packet' && it.direction === direction && it.seenAt === 'clientEnd',
  );
  if (found === undefined) throw new Error('the sample holds no such packet');
  return found.seq;
}

/** As long for every text, so that only what it says differs. */
function bytes(text: string): Uint8Array {
  return Buffer.from(text.padEnd(60, '.')).subarray(0, 60);
}
