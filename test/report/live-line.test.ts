// What a run says while it runs.
import { describe, expect, test } from 'vitest';
import { LiveLine } from '../../src/report/live-line.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect } from '../judge/packets.ts';

class Output {
  readonly isTTY: boolean;
  readonly columns = 60;
  written: string[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.written.push(text);
  }
}

function play(output: Output): LiveLine {
  const history = new HistoryOf();
  history.record({ kind: 'part', part: 'broker', role: 'broker', state: 'ready' });
  const conn = history
    .conn('pump')
    .client(connect({ clientId: '\u001b[2J' }))
    .server(connack())
    .wait(200);
  conn.client({ type: 'PINGREQ' });
  history.record({ kind: 'link', link: 'sat', state: 'cut', figures: {} });
  history.record({ kind: 'part', part: 'broker', role: 'broker', state: 'killed' }).wait(200);
  history.record({ kind: 'check', check: 'a', target: 't', phase: 'begun' });
  history.record({ kind: 'check', check: 'a', target: 't', phase: 'aborted', reason: 'mute' });
  const live = new LiveLine(output);
  for (const event of history.events) live.note(event);
  return live;
}

describe('the live line', () => {
  test('in CI: one plain line for each change, none for traffic', () => {
    const output = new Output(false);
    play(output).end();
    expect(output.written).toEqual([
      '    0.001  broker broker: ready\n',
      '    0.206  link sat: cut\n',
      '    0.207  broker broker: killed\n',
      '    0.409  check a on t: aborted, mute\n',
    ]);
  });

  test('a phase once, by its step; and what a link carried, when it ends', () => {
    const history = new HistoryOf();
    history.record({ kind: 'mark', name: 'timeline', data: { step: 'phase rain begins', line: 0 } });
    history.record({ kind: 'mark', name: 'phase', data: { phase: 'rain' } });
    history.record({ kind: 'mark', name: 'link-usage', data: { link: 'sat/pump', upIpB: 1, downIpB: 2, tookMs: 9 } });
    const output = new Output(false);
    const live = new LiveLine(output);
    for (const event of history.events) live.note(event);
    expect(output.written.map((it) => it.slice(11))).toEqual([
      'phase rain begins\n',
      'link sat/pump carried 1 B up and 2 B down at IP level, estimated\n',
    ]);
  });

  test('on a TTY: one line, rewritten at most ten times a second, cut to the width, taken away at the end', () => {
    const output = new Output(true);
    play(output).end();
    expect(output.written).toEqual([
      '\r\u001b[2K0.0 s · 0 connections · 0 packets · broker broker: ready',
      '\r\u001b[2K0.2 s · 1 connections · 3 packets · broker broker: ready',
      '\r\u001b[2K0.4 s · 1 connections · 3 packets · broker broker: killed',
      '\r\u001b[2K',
    ]);
  });
});
