// Where a message is: each place brought about in a written history, and what contradicts itself is never a pass.
import { describe, expect, test } from 'vitest';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import type { Outcome } from '../../../src/scenario/expectation.ts';
import { Account, type AccountOptions } from '../../../src/scenario/expectations/account.ts';
import type { Balance } from '../../../src/scenario/expectations/account/balance.ts';
import { HistoryOf, type Conn } from '../../judge/history-of.ts';
import {
  connack,
  connect,
  disconnect,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  suback,
  subscribe,
} from '../../judge/packets.ts';

type Qos = 0 | 1 | 2;

const link = 'radio/level';
const farLink = 'radio/room';
const figures = {};
const will = { topic: 'site/status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;

/** A sensor and a subscriber on links of their own; both keep their sessions. */
class Bed {
  readonly history = new HistoryOf();
  room: Conn;
  level: Conn;
  #ordinal = 0;

  constructor(qos: Qos = 2) {
    this.history.part('broker', 'ready');
    this.room = this.join('room', farLink);
    this.room.client(subscribe(1, { 'site/#': qos })).server(suback(1, qos));
    this.level = this.join('level', link);
  }

  join(name: string, over: string, sessionPresent = false): Conn {
    const conn = this.history.conn(name, { link: over });
    return conn
      .client(connect({ clientId: name, cleanSession: false, ...(name === 'level' && { will }) }))
      .server(connack(0, sessionPresent));
  }

  mean(text: string, qos: Qos = 1, topic = 'site/level'): this {
    this.#ordinal += 1;
    const hash = payloadHash(Buffer.from(text));
    this.history.record({
      kind: 'intent',
      part: 'level',
      topic,
      qos,
      retain: false,
      ordinal: this.#ordinal,
      payloadHash: hash,
    });
    return this;
  }

  /** Means it, and the broker takes it. */
  taken(text: string, packetId = 1): this {
    this.mean(text).level.client(message(text, packetId)).server(puback(packetId));
    return this;
  }

  change(which: string, state: 'up' | 'cut'): this {
    this.history.record({ kind: 'link', link: which, state, figures });
    return this;
  }

  settle(): this {
    this.history.record({ kind: 'mark', name: 'settled' });
    return this;
  }
}

const message = (
  text: string,
  packetId: number,
  more: { dup?: boolean; qos?: Qos; topic?: string; retain?: boolean } = {},
) => {
  const { qos = 1, topic = 'site/level', ...rest } = more;
  return publish(qos, qos === 0 ? undefined : packetId, { topic, payload: Buffer.from(text), ...rest });
};

const accountOf = ({ history }: Bed, options: Partial<AccountOptions> = {}): Account => {
  const account = new Account({ from: 'level', to: 'room', lostAtMost: 0, unplacedAtMost: 0, ...options });
  for (const event of history.events) account.step(event);
  return account;
};
const outcomeOf = (bed: Bed, options: Partial<AccountOptions> = {}): Outcome => accountOf(bed, options).end();
const balanceOf = (bed: Bed): Balance => accountOf(bed).balance();
const placesOf = (bed: Bed): readonly string[] =>
  balanceOf(bed).placed.map((it) => `${it.place.place}: ${it.place.says}`);

describe('a message is', () => {
  test.for<[string, () => Bed]>([
    [
      'delivered: delivered',
      () => {
        const bed = new Bed().taken('x');
        bed.room.server(message('x', 7)).client(puback(7));
        return bed;
      },
    ],
    [
      'delivered: delivered',
      () => {
        const bed = new Bed().mean('x', 2);
        bed.level
          .client(message('x', 1, { qos: 2 }))
          .server(pubrec(1))
          .client(pubrel(1))
          .server(pubcomp(1));
        bed.room.server(message('x', 7, { qos: 2 }), message('x', 7, { qos: 2, dup: true }));
        bed.room.client(pubrec(7)).server(pubrel(7)).client(pubcomp(7));
        return bed;
      },
    ],
    [
      'duplicated: delivered, and once more',
      () => {
        const bed = new Bed().taken('x');
        bed.room.server(message('x', 7), message('x', 8)).client(puback(7), puback(8));
        return bed;
      },
    ],
    ['lost: never left level', () => new Bed().mean('x')],
    [
      'lost: left level, lost on radio/level',
      () => {
        const bed = new Bed().mean('x', 0);
        bed.level.seenOnly('clientEnd', 'toServer', message('x', 1, { qos: 0 })).ended('link', 'rst');
        return bed;
      },
    ],
    [
      'lost: reached broker, which never acknowledged it',
      () => {
        const bed = new Bed().mean('x');
        bed.level.client(message('x', 1));
        return bed;
      },
    ],
    ['lost: acknowledged by broker, never sent towards room', () => new Bed().taken('x')],
    [
      'lost: sent towards room, lost on radio/room',
      () => {
        const bed = new Bed(0).taken('x');
        bed.room.seenOnly('serverEnd', 'toClient', message('x', 1, { qos: 0 })).ended('link', 'rst');
        return bed;
      },
    ],
    [
      'lost: sent towards room, which closed the connection without taking it',
      () => {
        const bed = new Bed(0).taken('x');
        bed.room.ended('client').server(message('x', 1, { qos: 0 }));
        bed.room = bed.join('room', farLink);
        return bed;
      },
    ],
    [
      'lost: sent towards room, which closed the connection without taking it',
      () => {
        const bed = new Bed(0).taken('x');
        bed.room.server(message('x', 1, { qos: 0, dup: true })).ended('client');
        bed.room = bed.join('room', farLink);
        return bed;
      },
    ],
    [
      'inFlight: under way to room on radio/room',
      () => {
        const bed = new Bed().taken('x');
        bed.room.seenOnly('serverEnd', 'toClient', message('x', 7));
        return bed;
      },
    ],
    [
      'inFlight: under way from level on radio/level',
      () => {
        const bed = new Bed().mean('x');
        bed.level.seenOnly('clientEnd', 'toServer', message('x', 1));
        return bed;
      },
    ],
    [
      'inFlight: never left level; level still holds it: radio/level is cut',
      () => new Bed().change(link, 'cut').mean('x'),
    ],
    [
      'inFlight: acknowledged by broker, which keeps it: room has no connection',
      () => {
        const bed = new Bed();
        bed.room.ended('link', 'rst');
        return bed.taken('x');
      },
    ],
    [
      'lost: acknowledged by broker, never sent towards room',
      () => {
        const bed = new Bed(0);
        bed.room.ended('link', 'rst');
        return bed.taken('x');
      },
    ],
    [
      'unplaced: acknowledged by broker; broker was stopped since while room has no connection: nobody saw whether it still has it',
      () => {
        const bed = new Bed();
        bed.room.ended('link', 'rst');
        bed.taken('x').history.part('broker', 'killed').part('broker', 'ready');
        return bed;
      },
    ],
    [
      'dropped: dropped by level, whose store was full',
      () => {
        const bed = new Bed().change(link, 'cut').mean('x');
        const data = { part: 'level', topic: 'site/level', ordinal: 1, why: 'queue-full' };
        bed.history.record({ kind: 'mark', name: 'dropped', data });
        return bed;
      },
    ],
    ...(['killed', 'exited'] as const).map((state): [string, () => Bed] => [
      'lost: never left level, which was stopped with it',
      () => {
        const bed = new Bed().change(link, 'cut').mean('x').change(link, 'up');
        bed.history.record({ kind: 'part', part: 'level', role: 'device', state });
        bed.history.record({ kind: 'part', part: 'level', role: 'device', state: 'ready' });
        bed.level = bed.join('level', link);
        return bed;
      },
    ]),
  ])('%s', ([place, write]) => expect(placesOf(write())).toEqual([place]));

  test('reordered when one that was meant later came first', () => {
    const bed = new Bed().taken('x', 1).taken('y', 2);
    bed.room.server(message('y', 7), message('x', 8)).client(puback(7), puback(8));
    expect(placesOf(bed)).toEqual(['reordered: delivered behind a later one', 'delivered: delivered']);
    expect(outcomeOf(bed).verdict).toBe('pass');
    expect(outcomeOf(bed, { reorderedAtMost: 0 }).verdict).toBe('fail');
  });
});

describe('messages that look alike', () => {
  test('are told apart by their order', () => {
    const bed = new Bed().taken('on', 1).taken('on', 2);
    bed.room.server(message('on', 7)).client(puback(7));
    expect(placesOf(bed)).toEqual(['delivered: delivered', 'lost: acknowledged by broker, never sent towards room']);
  });

  test('a will is none of the messages that its device meant', () => {
    const bed = new Bed().mean('offline', 1, will.topic);
    bed.level
      .client(message('offline', 1, { topic: will.topic }))
      .server(puback(1))
      .ended('link', 'rst');
    bed.room.server(message('offline', 7, { topic: will.topic }), message('offline', 8, { topic: will.topic }));
    expect(placesOf(bed)).toEqual(['delivered: delivered']);
  });

  test("somebody else's message is none of them either", () => {
    const bed = new Bed().taken('on');
    bed.history.conn('other').client(connect(), message('on', 1)).server(puback(1));
    bed.room.server(message('on', 7), message('on', 8)).client(puback(7), puback(8));
    expect(placesOf(bed)).toEqual(['delivered: delivered']);
  });

  test('a bridge carries a message on, and each copy beyond the first is one', () => {
    const bed = new Bed().taken('on');
    bed.history.conn('bridge', { server: 'inland' }).client(connect(), message('on', 1)).server(puback(1));
    bed.room.server(message('on', 7), message('on', 8)).client(puback(7), puback(8));
    expect(placesOf(bed)).toEqual(['duplicated: delivered, and once more']);
  });

  test('what a program tells of a message may stand behind what a tap saw of it', () => {
    const bed = new Bed();
    bed.level.client(message('x', 1));
    bed.mean('x').level.server(puback(1));
    bed.room.server(message('x', 7)).client(puback(7));
    expect(balanceOf(bed).contradictions).toEqual([]);
    expect(placesOf(bed)).toEqual(['delivered: delivered']);
  });

  test('of a sender that tells nothing the first tap has to tell', () => {
    const bed = new Bed();
    bed.level.client(message('x', 1)).server(puback(1));
    expect(outcomeOf(bed, { hasIntents: false }).actual).toMatch(/^1 intended: 0 delivered, 1 lost/);
  });

  test('a retained copy that a subscription finds is no second delivery', () => {
    const bed = new Bed().taken('on');
    bed.room.server(message('on', 7), message('on', 8, { retain: true })).client(puback(7), puback(8));
    expect(placesOf(bed)).toEqual(['delivered: delivered']);
  });
});

const twice = (qos: 1 | 2): Bed => {
  const bed = new Bed().mean('x', qos);
  bed.level.client(message('x', 1, { qos })).server(qos === 1 ? puback(1) : pubrec(1));
  bed.room.server(message('x', 7, { qos }), message('x', 8, { qos }));
  return bed;
};

describe('the verdict', () => {
  test('shows the way of the first message that was lost, from tap to tap', () => {
    const bed = new Bed().taken('x');
    const outcome = outcomeOf(bed);
    expect(outcome.verdict).toBe('fail');
    expect(outcome.actual).toMatch(
      /^1 intended: 0 delivered, 1 lost \(acknowledged by broker, never sent towards room\); first lost: site\/level no\. 1, QoS 1: meant at [\d.]+ s, left level at [\d.]+ s \(c2\), reached broker at [\d.]+ s \(c2\), acknowledged by broker at [\d.]+ s; /,
    );
    const kinds = outcome.evidence.events.map((seq) => bed.history.events[seq - 1]?.kind);
    expect(kinds).toEqual(['intent', 'packet', 'packet', 'packet']);
  });

  test('allows as many as the scenario says', () =>
    expect(outcomeOf(new Bed().taken('x'), { lostAtMost: 1 }).verdict).toBe('pass'));

  test('looks at one QoS where it is told to', () => {
    expect(outcomeOf(new Bed().taken('x'), { qos: 2 }).verdict).toBe('notExercised');
  });

  test('QoS 2 allows no copy without a word, QoS 1 does', () => {
    expect(outcomeOf(twice(1)).verdict).toBe('pass');
    expect(outcomeOf(twice(1), { duplicatedAtMost: 0 }).verdict).toBe('fail');
    expect(outcomeOf(twice(2)).verdict).toBe('fail');
    expect(outcomeOf(twice(2), { duplicatedAtMost: 1 }).verdict).toBe('pass');
  });

  test('what nobody can place is inconclusive, and a gap in the journal can be where anything is', () => {
    const bed = new Bed().taken('x');
    bed.room.gap();
    expect(outcomeOf(bed)).toMatchObject({ verdict: 'inconclusive' });
    expect(placesOf(bed)[0]).toMatch(/^unplaced: .*gaps$/);
  });

  test('messages on topics that nobody subscribed to are not accounted for', () => {
    const bed = new Bed().mean('x', 1, 'elsewhere');
    expect(outcomeOf(bed)).toMatchObject({
      verdict: 'notExercised',
      actual: 'room subscribed to no topic that level published on',
    });
  });

  test('the books close before the bench is taken down', () => {
    const bed = new Bed().taken('x');
    bed.room.server(message('x', 7)).client(puback(7));
    bed.settle().mean('bye').level.client(message('bye', 2), disconnect);
    expect(placesOf(bed)).toEqual(['delivered: delivered']);
  });
});

describe('a journal that contradicts itself is never a pass', () => {
  test.for<[string, (bed: Bed) => unknown]>([
    ['had not meant to publish', (bed) => bed.level.client(message('x', 1))],
    ['had not set out', (bed) => bed.mean('x').level.seenOnly('serverEnd', 'toServer', message('x', 1))],
    ['had not reached it', (bed) => (bed.mean('x'), bed.room.server(message('x', 7)))],
    ['answers nothing', (bed) => bed.level.server(puback(9))],
    [
      'gave up what it never meant',
      (bed) => bed.history.record({ kind: 'mark', name: 'dropped', data: { part: 'level' } }),
    ],
    [
      'stand nowhere',
      (bed) =>
        bed.history.record({
          kind: 'packet',
          connection: bed.level.id,
          direction: 'toServer',
          seenAt: 'clientEnd',
          offset: 999,
          bytes: 'wAA=',
        }),
    ],
  ])('%s', ([says, write]) => {
    const bed = new Bed();
    write(bed);
    expect(outcomeOf(bed)).toMatchObject({ verdict: 'inconclusive', measured: [] });
    expect(outcomeOf(bed).actual).toContain(says);
  });
});
