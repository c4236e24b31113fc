// Retained messages against stories: what a new subscription finds, what it must not, what is not certain.
import { describe, expect, test } from 'vitest';
import { retained } from '../../../../src/judge/rules/routing/retained.ts';
import type { Conn, HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect, publish, suback, subscribe } from '../../packets.ts';
import { alive, get, getOnly, join, send, sub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(retained, write);
const keep = { retain: true };

/** A new subscriber that stays long enough for everything it should find. */
function look(h: HistoryOf, filter: string, found: (it: Conn) => unknown = () => undefined): void {
  const it = sub(join(h, `new${h.events.length}`), filter, 2);
  found(it);
  h.wait(4000);
  alive(h);
  it.ended('client');
}

describe('a retained message is found', () => {
  test('as it was stored: passes', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      look(h, 'r', (it) => get(it, 1, 'r', 'value 1', keep));
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'pass', 'MQTT-3.3.1-6': 'pass' });
  });

  test.each([1, 2] as const)('stored at QoS %i, before the SUBACK that it may precede: passes', (qos) => {
    const seen = judged((h) => {
      send(join(h, 'p'), qos, 'r', 'value 1', keep);
      h.wait(1000);
      const it = join(h, 'new');
      it.client(subscribe(7, { r: 2 }));
      get(it, qos, 'r', 'value 1', keep);
      it.server(suback(7, 2));
      h.wait(4000);
      alive(h);
      it.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'pass', 'MQTT-3.3.1-6': 'pass' });
  });

  test('missing: fails', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      look(h, 'r');
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'fail', 'MQTT-3.3.1-6': 'fail' });
  });

  test('missing for a wildcard: what is stored is not in doubt', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r/a', 'value 1', keep).ended('client');
      look(h, 'r/#');
      look(h, 'r/a', (it) => get(it, 1, 'r/a', 'value 1', keep));
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'pass', 'MQTT-3.3.1-6': 'fail', 'MQTT-3.1.2-7': 'pass' });
  });

  test('missing for a wildcard though it had been found: the store is not in doubt', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r/a', 'value 1', keep);
      look(h, 'r/a', (it) => get(it, 1, 'r/a', 'value 1', keep));
      look(h, 'r/#');
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'pass', 'MQTT-3.3.1-6': 'fail' });
  });

  test.each([
    ['that came in the meantime may hold it back', 100, {}],
    ['that came when its time was over does not excuse it', 4000, { 'MQTT-3.3.1-5': 'fail', 'MQTT-3.3.1-6': 'fail' }],
  ])('missing while the client owes an acknowledgement: a message %s', (_name, afterMs, verdict) => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      const a = sub(join(h, 'a'), 'r', 1);
      send(p, 1, 'else', 'value 2');
      h.wait(afterMs);
      getOnly(a, 1, 900, 'else', 'value 2');
      h.wait(4000 - afterMs);
      alive(h);
      a.ended('client');
    });
    expect(seen).toEqual(verdict);
  });

  test('an older one: fails', () => {
    const seen = judged((h) => {
      send(send(join(h, 'p'), 1, 'r', 'value 1', keep), 1, 'r', 'value 2', keep);
      look(h, 'r', (it) => get(it, 1, 'r', 'value 1', keep));
    });
    expect(seen['MQTT-3.3.1-6']).toBe('fail');
  });

  test('an older one that answers an earlier SUBSCRIBE late: not judged', () => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      const a = sub(join(h, 'a'), 'r', 1);
      send(p, 1, 'r', 'value 2', keep);
      a.client(subscribe(900, { '#': 1 }));
      get(a, 1, 'r', 'value 1', keep);
    });
    expect(Object.values(seen)).not.toContain('fail');
  });

  test.each([
    [1, 2, 0],
    [2, 2, 1],
    [1, 2, 2],
  ] as const)('stored at QoS %i, granted %i, found at %i: fails', (stored, granted, came) => {
    const seen = judged((h) => {
      send(join(h, 'p'), stored, 'r', 'value 1', keep);
      get(sub(join(h, 'a'), 'r', granted), came, 'r', 'value 1', keep);
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-5': 'fail', 'MQTT-3.8.4-6': 'fail' });
  });

  test('at the QoS of any subscription that it matches: passes', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 2, 'r', 'value 1', keep);
      const a = get(sub(join(h, 'a'), '#', 0), 0, 'r', 'value 1', keep);
      get(get(sub(a, 'r', 2), 2, 'r', 'value 1', keep), 0, 'r', 'value 1', keep);
    });
    expect(Object.values(seen)).not.toContain('fail');
  });

  test('missing for long before the next one replaces it: fails', () => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      sub(join(h, 'a'), 'r', 1);
      h.wait(4000);
      alive(h);
      send(p, 1, 'r', '', keep);
    });
    expect(seen['MQTT-3.3.1-6']).toBe('fail');
  });

  test('is not demanded when the new subscriber leaves soon', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      sub(join(h, 'a'), 'r', 1).ended('client');
      h.wait(5000);
      alive(h);
    });
    expect(seen).toEqual({});
  });

  test('is inconclusive when the broker was mute', () => {
    const seen = judged((h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      sub(join(h, 'a'), 'r', 1);
      h.wait(5000).part('another', 'ready');
    });
    expect(seen['MQTT-3.3.1-6']).toBe('inconclusive');
  });

  const uncertain: Record<string, (h: HistoryOf) => unknown> = {
    'it was stored at QoS 0': (h) => {
      send(join(h, 'p'), 0, 'r', 'value 1', keep);
      look(h, 'r');
    },
    'it was not acknowledged': (h) => {
      join(h, 'p').client(publish(1, 3, { topic: 'r', retain: true }));
      look(h, 'r');
    },
    'another is on its way': (h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      p.client(publish(1, 4, { topic: 'r', retain: true, payload: Buffer.from('value 2') }));
      look(h, 'r', (it) => get(it, 1, 'r', 'value 2', keep));
    },
    'it changed right after SUBACK': (h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      look(h, 'r', () => send(p, 1, 'r', 'value 2', keep));
    },
    'the broker was restarted': (h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep);
      h.part('broker', 'killed').part('broker', 'starting');
      look(h, 'r');
    },
    'the publisher broke the standard': (h) => {
      send(join(h, 'p'), 1, 'r', 'value 1', keep).taint();
      look(h, 'r');
    },
  };
  test.each(Object.entries(uncertain))('is never called missing when %s', (_, write) => {
    expect(Object.values(judged(write))).not.toContain('fail');
  });
});

const foundAgain =
  (again: boolean) =>
  (h: HistoryOf): void => {
    send(join(h, 'p'), 1, 'r', 'value 1', keep);
    const a = get(sub(join(h, 'a'), 'r', 1), 1, 'r', 'value 1', keep);
    sub(a, 'r', 1);
    if (again) get(a, 1, 'r', 'value 1', keep);
    h.wait(4000);
    alive(h);
  };

describe('MQTT-3.8.4-3', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('the same filter again finds it again: %s, %s', (again, verdict) => {
    expect(judged(foundAgain(again))['MQTT-3.8.4-3']).toBe(verdict);
  });
});

const overwrittenAtQos0 =
  (found?: string) =>
  (h: HistoryOf): void => {
    const observer = sub(join(h, 'o'), 'r', 1);
    const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
    get(observer, 1, 'r', 'value 1');
    send(p, 0, 'r', 'value 2', keep);
    get(observer, 0, 'r', 'value 2');
    h.wait(500);
    look(h, 'r', (it) => found !== undefined && get(it, 0, 'r', found, keep));
  };

describe('MQTT-3.3.1-7', () => {
  test('the QoS 0 one is found: passes', () => {
    expect(judged(overwrittenAtQos0('value 2'))['MQTT-3.3.1-7']).toBe('pass');
  });
  test('nothing is found: a remark, for the server should keep it', () => {
    expect(judged(overwrittenAtQos0())).toEqual({ 'MQTT-3.3.1-7': 'warn' });
  });
  test('the one before is found: fails', () => {
    expect(judged(overwrittenAtQos0('value 1'))['MQTT-3.3.1-7']).toBe('fail');
  });
});

const removed =
  (found?: string) =>
  (h: HistoryOf): void => {
    const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
    send(p, 1, 'r', '', keep);
    look(h, 'r', (it) => found !== undefined && get(it, 1, 'r', found, keep));
  };

describe('MQTT-3.3.1-10 and MQTT-3.3.1-11', () => {
  test('nothing is found: passes', () => {
    expect(judged(removed())).toEqual({ 'MQTT-3.3.1-10': 'pass', 'MQTT-3.3.1-11': 'pass' });
  });
  test('the removed one is found: fails', () => {
    expect(judged(removed('value 1'))['MQTT-3.3.1-10']).toBe('fail');
  });
  test('the empty one is found: fails', () => {
    expect(judged(removed(''))['MQTT-3.3.1-11']).toBe('fail');
  });
  test('a sentinel and a quiet time are enough', () => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', '', keep);
      const a = sub(join(h, 'a'), 'r', 1);
      send(p, 1, 'r', 'fence');
      get(a, 1, 'r', 'fence');
      h.wait(400);
      a.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-3.3.1-10': 'pass', 'MQTT-3.3.1-11': 'pass' });
  });
});

const overlaid =
  (wasFound: boolean) =>
  (h: HistoryOf): void => {
    const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
    if (wasFound) look(h, 'r', (it) => get(it, 1, 'r', 'value 1', keep));
    send(p, 1, 'r', '');
    look(h, 'r');
  };

describe('MQTT-3.3.1-12', () => {
  test('the retained one is gone after an ordinary one: fails, where it had been stored for sure', () => {
    expect(judged(overlaid(true))['MQTT-3.3.1-12']).toBe('fail');
    expect(judged(overlaid(false))).toEqual({ 'MQTT-3.3.1-5': 'fail', 'MQTT-3.3.1-6': 'fail' });
  });
  test('the retained one is found after an ordinary one: passes', () => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      send(p, 1, 'r', 'ordinary');
      look(h, 'r', (it) => get(it, 1, 'r', 'value 1', keep));
    });
    expect(seen['MQTT-3.3.1-12']).toBe('pass');
  });
  test('the ordinary one is found: fails', () => {
    const seen = judged((h) => {
      const p = send(join(h, 'p'), 1, 'r', 'value 1', keep);
      send(p, 1, 'r', 'ordinary');
      look(h, 'r', (it) => get(it, 1, 'r', 'ordinary', keep));
    });
    expect(seen['MQTT-3.3.1-12']).toBe('fail');
  });
});

const publisherGone =
  (found: boolean, by: 'client' | 'server' = 'client') =>
  (h: HistoryOf): void => {
    send(join(h, 'p'), 1, 'r', 'value 1', keep).ended(by);
    look(h, 'r', (it) => found && get(it, 1, 'r', 'value 1', keep));
  };

describe('MQTT-3.1.2-7', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)("outlives its publisher's session: %s, %s", (found, verdict) => {
    expect(judged(publisherGone(found))['MQTT-3.1.2-7']).toBe(verdict);
  });
  test('what is lost with a connection that the server ended says nothing of sessions', () => {
    const seen = judged(publisherGone(false, 'server'));
    expect(seen).not.toHaveProperty('MQTT-3.1.2-7');
    expect(seen['MQTT-3.3.1-5']).toBe('fail');
  });
});

const retainedWill =
  (retain: boolean, found: boolean) =>
  (h: HistoryOf): void => {
    const observer = sub(join(h, 'o'), 'w', 1);
    const will = { topic: 'w', payload: Buffer.from('gone'), qos: 1, retain } as const;
    h.conn('v')
      .client(connect({ clientId: 'v', will }))
      .server(connack())
      .ended('client', 'rst');
    get(observer, 1, 'w', 'gone');
    h.wait(1000);
    look(h, 'w', (it) => found && get(it, 1, 'w', 'gone', keep));
  };

describe('retained wills, MQTT-3.1.2-16 and MQTT-3.1.2-17', () => {
  test.each([
    [true, true, 'MQTT-3.1.2-17', 'pass'],
    [true, false, 'MQTT-3.1.2-17', 'fail'],
    [false, false, 'MQTT-3.1.2-16', 'pass'],
    [false, true, 'MQTT-3.1.2-16', 'fail'],
  ] as const)('will retain %s, found %s: %s %s', (retain, found, statement, verdict) => {
    expect(judged(retainedWill(retain, found))[statement]).toBe(verdict);
  });
});

const foundAfter = (restarts: boolean) => (h: HistoryOf) => {
  send(join(h, 'p'), 1, restarts ? 't' : 'other', 'on', { retain: true });
  h.part('broker', 'killed').part('broker', 'starting').part('broker', 'ready');
  send(join(h, 'p'), 1, 't', 'on');
  get(sub(join(h, 'a'), 't', 1), 1, 't', 'on', { retain: true });
};

test('what a restarted server kept is not taken for a live message that is equal to it', () => {
  expect(verdicts(retained, foundAfter(true))).toEqual({});
  expect(verdicts(retained, foundAfter(false))).toEqual({ 'MQTT-3.3.1-12': 'fail' });
});
