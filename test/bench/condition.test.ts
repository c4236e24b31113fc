// Conditions on written histories: each comes with the event that makes it true, and not with another.
import { describe, expect, test } from 'vitest';
import { Conditions } from '../../src/bench/condition.ts';
import type { PlannedCondition } from '../../src/bench/planned-step.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import type { EventDraft } from '../../src/history/event.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { manualClock } from '../parts/links/manual-clock.ts';

const opened = (client: string, connection: string): EventDraft => ({
  kind: 'opened',
  connection,
  seenAt: 'clientEnd',
  client,
  server: 'hub',
  link: `radio/${client}`,
});
const toClient = (connection: string, packet: Packet, seenAt: 'clientEnd' | 'serverEnd' = 'clientEnd'): EventDraft => ({
  kind: 'packet',
  connection,
  direction: 'toClient',
  seenAt,
  offset: 0,
  bytes: Buffer.from(encode(packet)).toString('base64'),
});
const connack = (returnCode: number): Packet => ({ type: 'CONNACK', sessionPresent: false, returnCode });
const message = (topic: string, text = ''): Packet => ({
  type: 'PUBLISH',
  dup: false,
  qos: 0,
  retain: false,
  topic,
  payload: Buffer.from(text),
});
const ended = (connection: string): EventDraft => ({
  kind: 'ended',
  connection,
  seenAt: 'clientEnd',
  by: 'server',
  how: 'fin',
});
const online = (client: string, connection: string): readonly EventDraft[] => [
  opened(client, connection),
  toClient(connection, connack(0)),
];

/** Lets everything happen that waits for no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

const share = (sharePct: number): PlannedCondition => ({ kind: 'online', devices: ['a', 'b'], sharePct });
const part = (state: 'ready' | 'paused' | 'resumed' | 'stopping' | 'killed'): EventDraft => ({
  kind: 'part',
  part: 'hub',
  role: 'broker',
  state,
});
const link = (name: string, state: 'up' | 'cut' | 'frozen'): EventDraft => ({
  kind: 'link',
  link: name,
  state,
  figures: {},
});

/** After which of the later events it holds, from 1; 0: it held before; nothing: never. */
async function comesAfter(
  condition: PlannedCondition,
  before: readonly EventDraft[],
  later: readonly EventDraft[],
): Promise<number | undefined> {
  const clock = manualClock();
  const history = memoryHistory(() => clock.nowMs());
  using conditions = new Conditions(history, clock);
  for (const it of before) history.record(it);
  const seen = { came: false };
  const wait = async (): Promise<void> => {
    seen.came = await conditions.comes(condition, 100, new AbortController().signal);
  };
  const waiting = wait();
  await settle();
  if (seen.came) return 0;
  for (const [index, it] of later.entries()) {
    history.record(it);
    await settle();
    if (seen.came) return index + 1;
  }
  clock.advance(100);
  await waiting;
  return undefined;
}

describe('online', () => {
  test('CONNACK 0 counts where the device sees it, and no other answer', async () => {
    const later = [
      opened('a', 'c1'),
      toClient('c1', connack(0), 'serverEnd'),
      toClient('c1', connack(5)),
      toClient('c1', connack(0)),
    ];
    expect(await comesAfter(share(50), [], later)).toBe(4);
  });

  test('who is gone no longer counts', async () => {
    expect(await comesAfter(share(100), [...online('a', 'c1'), ended('c1')], online('b', 'c2'))).toBeUndefined();
  });

  test('the end of an older connection of the same device changes nothing', async () => {
    const before = [...online('a', 'c1'), ...online('a', 'c2')];
    expect(await comesAfter(share(100), before, [ended('c1'), ...online('b', 'c3')])).toBe(3);
  });

  test('what holds already comes at once', async () => {
    expect(await comesAfter(share(100), [...online('a', 'c1'), ...online('b', 'c2')], [])).toBe(0);
  });
});

describe('message', () => {
  const condition: PlannedCondition = { kind: 'message', at: 'a', filter: 'site/+', contains: 'on', count: 2 };

  test('counts those that came to this device, on this topic, with this text, since it waits', async () => {
    const hit = toClient('c1', message('site/x', 'on'));
    const later = [
      hit,
      toClient('c1', message('site/x', 'off')),
      toClient('c1', message('else/x', 'on')),
      toClient('c2', message('site/x', 'on')),
      toClient('c1', message('site/x', 'on'), 'serverEnd'),
      toClient('c1', message('site/y', 'it is on')),
    ];
    expect(await comesAfter(condition, [...online('a', 'c1'), ...online('b', 'c2'), hit], later)).toBe(6);
  });
});

describe('states', () => {
  test.for([
    ['running', 3],
    ['paused', 2],
    ['down', 5],
  ] as const)('a part that is %s', async ([is, after]) => {
    const condition: PlannedCondition = { kind: 'part', part: 'hub', is };
    const all = ['stopping', 'paused', 'resumed', 'stopping', 'killed'] as const;
    expect(await comesAfter(condition, [], all.map(part))).toBe(after);
  });

  test('a link is cut when it is for every device on it', async () => {
    const later = [link('radio/a', 'cut'), link('radio-2/a', 'cut'), link('radio/b', 'frozen')];
    const before = [link('radio/a', 'up'), link('radio/b', 'up')];
    expect(await comesAfter({ kind: 'link', link: 'radio', is: 'cut' }, before, later)).toBe(3);
  });

  test('of a link that nobody has, nothing holds', async () => {
    expect(await comesAfter({ kind: 'link', link: 'radio', is: 'up' }, [], [link('radio-2/a', 'up')])).toBeUndefined();
  });
});
