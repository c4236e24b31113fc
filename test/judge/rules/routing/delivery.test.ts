// The delivery rule against stories: who must get what, and what excuses a server.
import { describe, expect, test } from 'vitest';
import { delivery } from '../../../../src/judge/rules/routing/delivery.ts';
import type { HistoryOf } from '../../history-of.ts';
import { verdicts } from '../../history-of.ts';
import { puback, publish, subscribe, unsubscribe } from '../../packets.ts';
import { alive, get, join, send, stay, sub, unsub } from '../cast.ts';

const judged = (write: (h: HistoryOf) => unknown): ReturnType<typeof verdicts> => verdicts(delivery, write);

describe('MQTT-4.5.0-1', () => {
  test('passes when each online subscriber gets the message', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      const b = sub(join(h, 'b'), 't/#', 2);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      get(a, 1, 't/1', 'message 1');
      get(b, 1, 't/1', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'pass' });
  });

  test('fails when one never comes though the connection stood and the broker lived', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      h.wait(4000);
      alive(h);
      a.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });

  test('fails at once where a later message of the same stream came and a quiet time passed', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 2);
      const p = join(h, 'p');
      send(p, 2, 't/1', 'message 1');
      send(p, 2, 't/1', 'message 2');
      get(a, 2, 't/1', 'message 2');
      h.wait(400);
      a.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });

  test('is inconclusive when the broker was mute from then on', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      h.wait(4000);
      a.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'inconclusive' });
  });

  const excused: Record<string, (h: HistoryOf) => unknown> = {
    'the server never acknowledged the message': (h) => {
      sub(join(h, 'a'), 't/1', 1);
      join(h, 'p').client(publish(1, 7, { topic: 't/1' }));
    },
    'it is QoS 0': (h) => {
      sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 0, 't/1', 'message 1');
    },
    'it was published before SUBACK': (h) => {
      const p = join(h, 'p');
      join(h, 'a').client(subscribe(1, { 't/1': 1 }));
      send(p, 1, 't/1', 'message 1');
    },
    'the subscription was refused': (h) => {
      sub(join(h, 'a'), 't/1', 1, 0x80);
      send(join(h, 'p'), 1, 't/1', 'message 1');
    },
    'UNSUBSCRIBE was on its way': (h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      a.client(unsubscribe(9, 't/1'));
    },
    'the client owes an acknowledgement': (h) => {
      const a = sub(join(h, 'a'), 't/#', 1);
      a.server(publish(1, 5, { topic: 't/0' }));
      send(join(h, 'p'), 1, 't/1', 'message 1');
    },
    'the subscriber broke the standard': (h) => {
      const a = sub(join(h, 'a'), 't/1', 1).taint();
      send(join(h, 'p'), 1, 't/1', 'message 1');
      a.wait(1);
    },
    'something on the connection could not be seen': (h) => {
      const a = sub(join(h, 'a'), 't/1', 1).gap();
      send(join(h, 'p'), 1, 't/1', 'message 1');
      a.wait(1);
    },
    'its link was cut': (h) => {
      sub(join(h, 'a', {}, false, { link: 'sat' }), 't/1', 1);
      h.record({ kind: 'link', link: 'sat', state: 'half-open-down', figures: {} });
      send(join(h, 'p'), 1, 't/1', 'message 1');
    },
    'the broker was killed meanwhile': (h) => {
      sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      h.part('broker', 'killed');
    },
    'a shared subscription may give it to another': (h) => {
      sub(join(h, 'a'), '$share/g/t/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
    },
  };
  test.each(Object.entries(excused))('does not judge an absence when %s', (_, write) => {
    const seen = judged((h) => {
      write(h);
      h.wait(5000);
      alive(h);
    });
    expect(seen).toEqual({});
  });

  test('does not judge when the subscriber left soon', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      h.wait(500);
      a.ended('client');
      h.wait(9000);
      alive(h);
    });
    expect(seen).toEqual({});
  });

  test('takes a message under another topic of the filter for delivered', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/#', 1);
      send(join(h, 'p'), 1, 't/1', 'message 1');
      get(a, 1, 't/one', 'message 1');
      h.wait(5000);
      alive(h);
    });
    expect(seen).toEqual({});
  });
});

describe('MQTT-3.1.2-5', () => {
  test('passes when a persistent subscriber finds on return what came while it was away', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't/1', 1).ended('client');
      send(join(h, 'p'), 1, 't/1', 'message 1');
      get(stay(h, 'a', true), 1, 't/1', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'pass', 'MQTT-3.1.2-5': 'pass' });
  });

  test('fails when it is not there', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't/1', 1).ended('client');
      send(join(h, 'p'), 1, 't/1', 'message 1');
      const it = stay(h, 'a', true).wait(4000);
      alive(h);
      it.ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail', 'MQTT-3.1.2-5': 'fail' });
  });

  test('lets a later connection bring it after all', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't/1', 1).ended('client');
      send(join(h, 'p'), 1, 't/1', 'message 1');
      stay(h, 'a', true).wait(4000).ended('client');
      get(stay(h, 'a', true), 1, 't/1', 'message 1');
    });
    expect(seen['MQTT-3.1.2-5']).toBe('pass');
  });

  test('does not judge a queue beyond modest length', () => {
    const seen = judged((h) => {
      sub(stay(h, 'a'), 't/1', 1).ended('client');
      const p = join(h, 'p');
      for (let n = 1; n <= 150; n += 1) send(p, 1, 't/1', `message ${n}`);
      const it = stay(h, 'a', true).wait(4000);
      alive(h);
      it.ended('client');
    });
    expect(seen).toEqual({});
  });
});

const survives =
  (arrives: boolean) =>
  (h: HistoryOf): void => {
    sub(stay(h, 'a'), 't/1', 1).ended('client');
    const a = stay(h, 'a', true);
    send(join(h, 'p'), 1, 't/1', 'message 1');
    if (arrives) get(a, 1, 't/1', 'message 1');
    h.wait(4000);
    alive(h);
  };

describe('MQTT-4.1.0-1 and MQTT-3.1.2-4', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('a subscription survives: delivered without a new SUBSCRIBE %s, %s', (arrives, verdict) => {
    expect(judged(survives(arrives))).toMatchObject({ 'MQTT-4.1.0-1': verdict, 'MQTT-3.1.2-4': verdict });
  });
});

const similarUnsubscribed =
  (arrives: boolean) =>
  (h: HistoryOf): void => {
    const a = unsub(sub(join(h, 'a'), 'a/+', 1), 'a/#');
    send(join(h, 'p'), 1, 'a/x', 'message 1');
    if (arrives) get(a, 1, 'a/x', 'message 1');
    h.wait(4000);
    alive(h);
  };

describe('MQTT-3.10.4-1', () => {
  test('passes when UNSUBSCRIBE of a similar filter leaves the held one alone', () => {
    expect(judged(similarUnsubscribed(true))['MQTT-3.10.4-1']).toBe('pass');
  });
  test('fails when it ends the held one', () => {
    expect(judged(similarUnsubscribed(false))['MQTT-3.10.4-1']).toBe('fail');
  });
  test('is not judged after an UNSUBSCRIBE of another matter', () => {
    const seen = judged((h) => {
      const a = unsub(sub(join(h, 'a'), 'a/+', 1), 'b/c');
      send(join(h, 'p'), 1, 'a/x', 'message 1');
      get(a, 1, 'a/x', 'message 1');
    });
    expect(seen['MQTT-3.10.4-1']).toBeUndefined();
  });
});

const subscribedAgain =
  (arrives: boolean) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 't', 1).client(subscribe(900, { t: 1 }));
    send(join(h, 'p'), 1, 't', 'message 1');
    a.server({ type: 'SUBACK', packetId: 900, returnCodes: [1] });
    if (arrives) get(a, 1, 't', 'message 1');
    h.wait(4000);
    alive(h);
  };

describe('MQTT-3.8.4-3', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('subscribing again does not interrupt the flow: delivered %s, %s', (arrives, verdict) => {
    expect(judged(subscribedAgain(arrives))['MQTT-3.8.4-3']).toBe(verdict);
  });
});

const idUsedAgain =
  (arrives: boolean) =>
  (h: HistoryOf): void => {
    const a = sub(join(h, 'a'), 't', 1);
    const p = send(join(h, 'p'), 1, 't', 'message 1', { packetId: 7 });
    get(a, 1, 't', 'message 1');
    send(p, 1, 't', 'message 2', { packetId: 7, dup: true });
    if (arrives) get(a, 1, 't', 'message 2');
    h.wait(4000);
    alive(h);
  };

describe('MQTT-4.3.2-2', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('an identifier used again is a new message, even with DUP: delivered %s, %s', (arrives, verdict) => {
    expect(judged(idUsedAgain(arrives))['MQTT-4.3.2-2']).toBe(verdict);
  });

  test('a PUBLISH sent again before PUBACK is the same message', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 1);
      const again = { payload: Buffer.from('message 1'), dup: true };
      const p = join(h, 'p').client(publish(1, 7, { payload: Buffer.from('message 1') }), publish(1, 7, again));
      p.server(puback(7));
      get(a, 1, 't', 'message 1');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'pass' });
  });
});

describe('MQTT-3.3.1-10', () => {
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ] as const)('the empty message that clears a topic is delivered: %s, %s', (delivered, verdict) => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 1);
      send(join(h, 'p'), 1, 't', '', { retain: true });
      if (delivered) get(a, 1, 't', '');
      h.wait(4000);
      alive(h);
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': verdict, 'MQTT-3.3.1-10': verdict });
  });
});

const lostAndSentAgain = (h: HistoryOf, copies: number): void => {
  const a = sub(join(h, 'a'), 't/1', 1);
  const lost = publish(1, 7, { topic: 't/1', payload: Buffer.from('the same') });
  join(h, 'p').client(lost).ended('link', 'rst');
  const p = join(h, 'p');
  send(p, 1, 't/1', 'the same', { packetId: 7, dup: true });
  for (let n = 0; n < copies; n++) get(a, 1, 't/1', 'the same');
  h.wait(4000);
  alive(h);
};

describe('equal messages', () => {
  test('one copy is enough where the first sending was perhaps lost', () => {
    expect(judged((h) => lostAndSentAgain(h, 1))).toEqual({ 'MQTT-4.5.0-1': 'pass' });
  });

  test('none is not', () => {
    expect(judged((h) => lostAndSentAgain(h, 0))).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });

  test('one copy is too few for two that were taken over', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/1', 1);
      const p = join(h, 'p');
      for (let n = 0; n < 2; n++) send(p, 1, 't/1', 'the same');
      get(a, 1, 't/1', 'the same');
      h.wait(4000);
      alive(h);
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });
});

test('a QoS 0 copy for another subscription overtakes nothing', () => {
  const seen = judged((h) => {
    const a = sub(sub(join(h, 'a'), 't/1', 1), 't/+', 0);
    const p = join(h, 'p');
    for (const text of ['zero', 'first', 'second']) send(p, 1, 't/1', text);
    a.server(publish(1, 1, { topic: 't/1', payload: Buffer.from('zero') }));
    get(a, 0, 't/1', 'second');
    h.wait(4000);
    alive(h);
  });
  expect(seen).toEqual({ 'MQTT-4.5.0-1': 'pass' });
});

describe('patience', () => {
  test('a server that waited for acknowledgements is given time after them', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/+', 1);
      const p = join(h, 'p');
      send(p, 1, 't/1', 'first');
      a.server(publish(1, 1, { topic: 't/1', payload: Buffer.from('first') }));
      send(p, 1, 't/2', 'second');
      h.wait(4000);
      alive(h);
      a.client(puback(1)).wait(100).ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'pass' });
  });

  test('... and no more than that', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't/+', 1);
      const p = join(h, 'p');
      send(p, 1, 't/1', 'first');
      get(a, 1, 't/1', 'first');
      send(p, 1, 't/2', 'second');
      h.wait(4000);
      send(p, 1, 't/3', 'third');
      get(a, 1, 't/3', 'third').wait(100).ended('client');
    });
    expect(seen).toEqual({ 'MQTT-4.5.0-1': 'fail' });
  });

  test('so is a server that was slow to acknowledge', () => {
    const seen = judged((h) => {
      const a = sub(join(h, 'a'), 't', 1);
      join(h, 'p')
        .client(publish(1, 1, { topic: 't', payload: Buffer.from('first') }))
        .wait(1000)
        .server(puback(1));
      h.wait(4000);
      alive(h);
      a.ended('client');
    });
    expect(seen).toEqual({});
  });
});
