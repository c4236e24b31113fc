// Conversations: both taps' sights of a packet are one step, and what the page's script unpacks is what was seen.
import { describe, expect, test } from 'vitest';
import { conversationsOf, stepsOf } from '../../../src/report/html/conversation.ts';
import { gridOf } from '../../../src/report/html/grid.ts';
import { islandOf } from '../../../src/report/html/island.ts';
import { sequenceTree } from '../../../src/report/html/browser/sequence.ts';
import { unpack } from '../../../src/report/html/browser/unpack.ts';
import { treeHtml } from '../../../src/report/html/tree.ts';
import { materialOf } from '../../../src/report/reporter.ts';
import { recordedExchange } from '../recorded-exchange.ts';
import { sample } from '../sample.ts';

describe('steps', () => {
  const steps = stepsOf(recordedExchange());

  test('hold each packet once, with its time at both ends', () => {
    const packets = steps.filter((it) => it.packet !== undefined);
    expect(packets.length).toBe(13);
    for (const { clientMs = NaN, serverMs = NaN } of packets) expect(Math.abs(serverMs - clientMs)).toBe(30);
  });

  test('say at which end a connection opened and ended', () => {
    expect(steps.filter((it) => it.way === 'note').map((it) => it.text)).toEqual([
      "opened, at the client's end",
      "opened, at the server's end",
      "ended by the client (fin), at the client's end",
      "ended by the client (fin), at the server's end",
    ]);
  });
});

test('a conversation of more steps than a call takes arguments is packed too', () => {
  const { run, events } = sample();
  const note = events.find((it) => it.kind === 'mark');
  if (note === undefined) throw new Error('the sample has a mark');
  const many = Array.from({ length: 200_000 }, (_, index) => ({ ...note, seq: events.length + 1 + index }));
  const { conversations } = islandOf(materialOf(run, [...events, ...many]), gridOf(run));
  expect(conversations['0/publish/order']?.beganMs).toBe(4);
});

describe('a packed conversation', () => {
  const { run, events } = sample();
  const grid = gridOf(run);
  const island = islandOf(materialOf(run, events), grid);
  const [conversation] = conversationsOf(events);
  const packed = island.conversations['0/publish/order'];
  const read = packed && unpack(island, packed);

  test('is unpacked to the same steps, and knows the one that a finding is about', () => {
    expect(read?.sequence.rows.map((it) => [it.way, it.text])).toEqual(
      conversation?.steps.map((it) => [it.way, it.text]),
    );
    expect(read?.rows.filter((it) => it.here).map((it) => it.bytes)).toEqual([
      [
        ['plain', '40 02'],
        ['wrong', '00 08'],
      ],
    ]);
  });

  test('holds nothing twice', () => {
    expect(new Set(island.texts).size).toBe(island.texts.length);
    const packets = island.packets.map((it) => JSON.stringify(it));
    expect(new Set(packets).size).toBe(packets.length);
  });
});

const row = { lane: 0, way: 'toServer', text: 'PINGREQ', here: false } as const;
const drawn = (rows: Parameters<typeof sequenceTree>[0]['rows']): string =>
  treeHtml(sequenceTree({ clients: ['c1'], link: 'vsat', server: 'broker', complete: true, rows })).toString();

describe('the diagram', () => {
  test('slants an arrow from the time at one end to the time at the other', () => {
    const [, y1 = '', y2 = ''] =
      /y1="(\d+)" x2="\d+" y2="(\d+)" class="way"/.exec(drawn([{ ...row, clientMs: 1, serverMs: 31 }])) ?? [];
    expect(Number(y2)).toBeGreaterThan(Number(y1));
  });

  test('ends an arrow at the link where the other end never saw the packet', () => {
    expect(drawn([{ ...row, clientMs: 1 }])).toContain('lost');
    expect(drawn([{ ...row, clientMs: 1, serverMs: 2 }])).not.toContain('lost');
  });
});
