// Who is online: accepted, on the connection that was opened last, over a link that is up.
import { expect, test } from 'vitest';
import type { EventDraft, HistoryEvent } from '../../src/history/event.ts';
import { WhoIsOnline } from '../../src/history/who-is-online.ts';
import { encode } from '../../src/wire/encode.ts';
import { connack } from '../judge/packets.ts';

let seq = 0;
const event = (draft: EventDraft): HistoryEvent => ({ ...draft, seq: (seq += 1), tMs: seq });
const opened = (connection: string): HistoryEvent =>
  event({ kind: 'opened', connection, seenAt: 'clientEnd', client: 'pump', server: 'hub', link: 'sat/pump' });
const answered = (connection: string, code: 0 | 5, seenAt: 'clientEnd' | 'serverEnd' = 'clientEnd'): HistoryEvent => {
  const bytes = Buffer.from(encode(connack(code))).toString('base64');
  return event({ kind: 'packet', connection, direction: 'toClient', seenAt, offset: 0, bytes });
};
const link = (state: 'up' | 'cut'): HistoryEvent => event({ kind: 'link', link: 'sat/pump', state, figures: {} });
const part = (state: 'stopped' | 'paused'): HistoryEvent =>
  event({ kind: 'part', part: 'pump', role: 'device', state });
const ended = (connection: string): HistoryEvent =>
  event({ kind: 'ended', connection, seenAt: 'serverEnd', by: 'server', how: 'fin' });

test.for<[string, readonly HistoryEvent[], boolean]>([
  ['before CONNACK', [opened('c1')], false],
  ['from CONNACK 0 on', [opened('c1'), answered('c1', 0)], true],
  ['not as long as only the server has seen it', [opened('c1'), answered('c1', 0, 'serverEnd')], false],
  ['not when it is refused', [opened('c1'), answered('c1', 5)], false],
  ['not over a link that is cut', [opened('c1'), answered('c1', 0), link('cut')], false],
  ['again when the link is up', [opened('c1'), answered('c1', 0), link('cut'), link('up')], true],
  ['not when either end has closed', [opened('c1'), answered('c1', 0), ended('c1')], false],
  ['not when it dials again', [opened('c1'), answered('c1', 0), opened('c2')], false],
  ['whatever becomes of an old connection', [opened('c1'), opened('c2'), answered('c2', 0), ended('c1')], true],
  ['not by an answer on an old connection', [opened('c1'), opened('c2'), answered('c1', 0)], false],
  ['not when it was stopped', [opened('c1'), answered('c1', 0), part('stopped')], false],
  ['while it is paused', [opened('c1'), answered('c1', 0), part('paused')], true],
])('%s', ([, events, isOnline]) => {
  const who = new WhoIsOnline();
  for (const it of events) who.step(it);
  expect(who.isOnline('pump')).toBe(isOnline);
  expect([...who.clients]).toEqual(['pump']);
});

test('a cut link leaves it accepted', () => {
  const who = new WhoIsOnline();
  for (const it of [opened('c1'), answered('c1', 0), link('cut')]) who.step(it);
  expect([who.isAccepted('pump'), who.isOnline('pump')]).toEqual([true, false]);
});
