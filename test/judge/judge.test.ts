// The engine: vantage, taint, gaps, dead parties, crashing rules and counting, with small rules of its own.
import { describe, expect, test } from 'vitest';
import type { ConnectionRule, RoutingRule, Rule } from '../../src/judge/rule.ts';
import { listedFindings } from '../../src/judge/tally.ts';
import type { Role } from '../../src/spec/statement.ts';
import { findingsOf, HistoryOf } from './history-of.ts';
import { connack, connect, disconnect, pingreq, pingresp, publish } from './packets.ts';

/** Notes what a rule is shown, as `kind:type:vantage`. */
function spy(judges: Role, seen: string[], fields: Partial<ConnectionRule<undefined>> = {}): ConnectionRule<undefined> {
  return {
    id: 'spy',
    title: 'spy',
    judges,
    scope: 'connection',
    statements: ['MQTT-3.12.4-1'],
    start: () => undefined,
    step(_state, event) {
      if (event.kind === 'packet') seen.push(`${event.seen.packet?.type}:${event.seen.event.seenAt}`);
      else seen.push(event.kind === 'other' ? event.event.kind : event.kind);
    },
    end: (_state, tMs) => void seen.push(`end:${tMs}`),
    ...fields,
  };
}

/** A rule that says what it is told to about each packet. */
function saying(verdict: 'pass' | 'fail' | 'warn', times = 1): Rule {
  return spy('server', [], {
    step(_state, event, report) {
      if (event.kind !== 'packet') return;
      const what = { expected: ['e'], actual: 'a', events: [event.seq] };
      for (let i = 0; i < times; i++) report[verdict]('MQTT-3.12.4-1', what);
    },
  });
}

describe('vantage', () => {
  test('a rule sees each packet once, at the tap nearest to the party that it judges', () => {
    const h = new HistoryOf();
    h.conn('A', { link: 'sat' }).client(connect()).server(connack()).ended('client');
    const server: string[] = [];
    const client: string[] = [];
    findingsOf([spy('server', server), spy('client', client)], h.events);
    expect(server.slice(0, -1)).toEqual(['opened', 'CONNECT:serverEnd', 'CONNACK:serverEnd', 'ended']);
    expect(client.slice(0, -1)).toEqual(['opened', 'CONNECT:clientEnd', 'CONNACK:clientEnd', 'ended']);
  });

  test('without a link both parties are seen on the one wire', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect());
    const seen: string[] = [];
    findingsOf([spy('server', seen), spy('client', seen)], h.events);
    expect(seen.filter((it) => it === 'CONNECT:wire')).toHaveLength(2);
  });

  test('the client of a check is the hand of the bench: nobody judges it', () => {
    const h = new HistoryOf();
    h.conn('A', { check: 'publish/x' }).client(connect());
    const seen: string[] = [];
    findingsOf([spy('client', seen)], h.events);
    expect(seen).toEqual([]);
  });

  test('what comes behind the end of a connection is left alone', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect()).ended('server').server(connack()).ended('client');
    const seen: string[] = [];
    findingsOf([spy('server', seen)], h.events);
    expect(seen).toEqual(['opened', 'CONNECT:wire', 'ended', 'end:3']);
  });
});

/** What a rule for servers is shown of a history, without times. */
function shownIn({ events }: HistoryOf): readonly string[] {
  const seen: string[] = [];
  findingsOf([spy('server', seen)], events);
  return seen.map((it) => it.replace(/\d+$/, ''));
}

describe('taint', () => {
  test('ends the rules of the connection, except those that say otherwise', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect()).taint().client(pingreq);
    const ordinary: string[] = [];
    const stubborn: string[] = [];
    findingsOf([spy('server', ordinary), spy('server', stubborn, { evenWhenTainted: true })], h.events);
    expect(ordinary).toEqual(['opened', 'CONNECT:wire', 'end:3']);
    expect(stubborn).toEqual(['opened', 'CONNECT:wire', 'taint', 'PINGREQ:wire', 'end:4']);
  });

  test('over a link it counts at each end from the packet on that it is about', () => {
    const h = new HistoryOf();
    const a = h.conn('A', { link: 'sat' }).client(connect());
    const legal = a.leaves(publish(1, 7));
    const illegal = a.taint().leaves(pingreq);
    legal();
    illegal();
    const server: string[] = [];
    const stubborn: string[] = [];
    findingsOf([spy('server', server), spy('server', stubborn, { evenWhenTainted: true })], h.events);
    expect(server).toEqual(['opened', 'CONNECT:serverEnd', 'PUBLISH:serverEnd', expect.stringContaining('end')]);
    expect(stubborn.slice(3, 5)).toEqual(['taint', 'PINGREQ:serverEnd']);
  });

  test('over a link it is not forgotten where the server’s end was not there yet, or never saw the packet whole', () => {
    const early = new HistoryOf();
    early.record({ kind: 'taint', connection: 'c1', why: 'first of all', offset: 0 });
    early.conn('A', { link: 'sat' }).client(connect());
    const never = new HistoryOf();
    never.conn('A', { link: 'sat' }).client(connect()).taint().ended('server');
    expect(shownIn(early)).toEqual(['opened', 'end:']);
    expect(shownIn(never)).toEqual(['opened', 'CONNECT:serverEnd', 'end:']);
  });

  const offences: Readonly<Record<string, (h: HistoryOf) => unknown>> = {
    'bytes that break a statement': (h) => h.conn('A').client(connect(), Buffer.from('36060001740001ff', 'hex')),
    'a first packet other than CONNECT': (h) => h.conn('A').client(pingreq),
    'a second CONNECT': (h) => h.conn('A').client(connect(), connect()),
    'a packet after DISCONNECT': (h) => h.conn('A').client(connect(), disconnect, pingreq),
  };
  test.each(Object.keys(offences))('%s of the client taints the server side only', (name) => {
    const h = new HistoryOf();
    offences[name]?.(h);
    const last = h.events.filter((it) => it.kind === 'packet').length;
    const packetsSeen = (judges: Role): number => {
      const seen: string[] = [];
      findingsOf([spy(judges, seen)], h.events);
      return seen.filter((it) => it.includes(':wire')).length;
    };
    expect(packetsSeen('server')).toBe(last - 1);
    expect(packetsSeen('client')).toBe(last);
  });
});

describe('what cannot be seen', () => {
  test('after a gap a connection is judged no more, and is not asked for what stayed open', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect()).gap().client(pingreq);
    const seen: string[] = [];
    findingsOf([spy('server', seen)], h.events);
    expect(seen).toEqual(['opened', 'CONNECT:wire']);
  });

  test('a gap without a connection concerns all that are open, and none that come', () => {
    const h = new HistoryOf();
    const a = h.conn('A');
    h.record({ kind: 'truncated', why: 'the disk is full' });
    a.client(connect());
    h.conn('B').client(connect({ clientId: 'two' }), pingreq);
    const seen: string[] = [];
    findingsOf([spy('server', seen)], h.events);
    expect(seen.filter((it) => it.includes(':wire'))).toEqual(['CONNECT:wire', 'PINGREQ:wire']);
  });
});

describe('absences', () => {
  test('are judged once the party lives on, with the time of the end', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect()).ended('client');
    const before = h.events.length;
    h.conn('B')
      .client(connect({ clientId: 'two' }))
      .server(connack());
    const seen: string[] = [];
    const rule = spy('server', seen);
    findingsOf([rule], h.events.slice(0, before + 2));
    expect(seen.at(-2)).toMatch(/^end:3$/);
    seen.length = 0;
    findingsOf([rule], h.events);
    expect(seen).toEqual([
      'opened',
      'CONNECT:wire',
      'ended',
      'opened',
      'CONNECT:wire',
      'end:3',
      'CONNACK:wire',
      'end:6',
    ]);
  });

  test('end with the party: a killed broker answers nothing more', () => {
    const h = new HistoryOf();
    const a = h.conn('A').client(connect());
    h.part('broker', 'killed');
    a.ended('server', 'rst');
    const seen: string[] = [];
    findingsOf([spy('server', seen)], h.events);
    expect(seen).toEqual(['opened', 'CONNECT:wire', 'end:3']);
  });
});

describe('findings', () => {
  test('passes are counted per check, the first keeps its evidence', () => {
    const h = new HistoryOf();
    h.conn('A', { check: 'a', target: 't' }).client(connect(), pingreq);
    h.conn('B', { check: 'b', target: 't' }).client(connect({ clientId: 'two' }));
    const found = findingsOf([saying('pass')], h.events);
    expect(found.map((it) => [it.check, it.target, it.count, it.evidence.events])).toEqual([
      ['a', 't', 2, [2]],
      ['b', 't', 1, [5]],
    ]);
  });

  test('violations beyond a bound are counted, and none is lost', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect());
    const found = findingsOf([saying('fail', 1000)], h.events);
    expect(found).toHaveLength(listedFindings + 1);
    expect(found.reduce((sum, it) => sum + it.count, 0)).toBe(1000);
  });

  test('a rule that throws makes its own statements inconclusive and stops no other', () => {
    const h = new HistoryOf();
    h.conn('A').client(connect(), pingreq);
    const broken = spy('server', [], {
      id: 'broken',
      step() {
        throw new Error('lost my head');
      },
    });
    const found = findingsOf([broken, saying('pass')], h.events);
    expect(found.map((it) => [it.by, it.verdict, it.count])).toEqual([
      ['broken', 'inconclusive', 1],
      ['spy', 'pass', 2],
    ]);
    expect(found[0]?.actual).toContain('lost my head');
  });

  test('the verdict on a client carries its own name, the one on a server its target', () => {
    const h = new HistoryOf();
    h.conn('sensor', { target: 'mosquitto' }).client(connect());
    const found = findingsOf([saying('pass'), { ...saying('pass'), id: 'other', judges: 'client' }], h.events);
    expect(found.map((it) => it.target)).toEqual(['mosquitto', 'sensor']);
  });
});

test('a routing rule has one state per server, with all of its connections', () => {
  const h = new HistoryOf();
  h.conn('A', { server: 'one' }).client(connect());
  h.conn('B', { server: 'two' }).client(connect({ clientId: 'two' }));
  h.conn('C', { server: 'one' })
    .client(connect({ clientId: 'three' }))
    .client(publish(0));
  h.record({ kind: 'mark', name: 'over' });
  const rule: RoutingRule<string[]> = {
    id: 'gather',
    title: 'gather',
    judges: 'server',
    scope: 'routing',
    statements: ['MQTT-3.12.4-1'],
    start: () => [],
    step(state, event) {
      if (event.kind === 'packet') state.push(event.seen.connection.client);
      if (event.kind === 'other') state.push(event.event.kind);
    },
    end: (state, _tMs, report) => report.warn('MQTT-3.12.4-1', { expected: [], actual: state.join(), events: [] }),
  };
  const found = findingsOf([rule], h.events);
  expect(found.map((it) => [it.target, it.actual])).toEqual([
    ['one', 'A,C,C,mark'],
    ['two', 'B,mark'],
  ]);
});

test('take-over marks the older connection as soon as the newcomer asks', () => {
  const h = new HistoryOf();
  const old = h.conn('A').client(connect()).server(connack());
  h.conn('B').client(connect());
  old.server(pingresp);
  const seen: boolean[] = [];
  const rule = spy('server', [], {
    step(_state, event) {
      if (event.kind === 'packet') seen.push(event.seen.connection.takenOver);
    },
  });
  findingsOf([rule], h.events);
  expect(seen).toEqual([false, false, false, true]);
});
