// Which answers to a client id pass, which are remarks, and which show nothing.
import { describe, expect, test } from 'vitest';
import { clientIdChecks } from '../../../src/conformance/checks/client-ids.ts';
import { connack, connect, pingreq, pingresp, puback, publish, suback, subscribe } from '../../judge/packets.ts';
import { judged, type Story } from './judged.ts';

const accepted: Story = (it) => it.client(connect()).server(connack()).ended('client');
const refused =
  (code: number): Story =>
  (it) =>
    it.client(connect()).server(connack(code)).ended('server');
const closed: Story = (it) => it.client(connect()).ended('server');
const reset: Story = (it) => it.client(connect()).ended('server', 'rst');
const open: Story = (it) => it.client(connect());
const refusedOpen: Story = (it) => it.client(connect()).server(connack(2)).ended('bench');

describe('an id that every server takes', () => {
  test.for<[string, Story, string]>([
    ['is accepted', accepted, 'pass'],
    ['is refused with code 2', refused(2), 'fail'],
    ['is refused by who may connect', refused(5), 'warn'],
    ['meets a server without room', refused(3), 'inconclusive'],
    ['is closed on', closed, 'fail'],
    ['meets a reset, which may hide the answer', reset, 'inconclusive'],
    ['is not answered', open, 'fail'],
  ])('%s', ([, story, verdict]) => {
    expect(judged(clientIdChecks, 'client-id/basic', [['basic', story]]).map((it) => it.verdict)).toEqual([verdict]);
  });
});

describe('an id that a server may refuse', () => {
  const names = ['bytes24', 'bytes100', 'bytes65535', 'slash', 'wildcards', 'space', 'letters', 'control'];
  const all = [...names, 'noncharacter', 'empty', 'emptykept'];

  /** The verdict on one of them, where all others are accepted. */
  function verdictOn(name: string, story: Story): string | undefined {
    const stories = all.map((it) => [it, it === name ? story : accepted] as const);
    return judged(clientIdChecks, 'client-id/refused', stories).at(all.indexOf(name))?.verdict;
  }

  test.for<[string, string, Story, string]>([
    ['an accepted one is no refusal', 'slash', accepted, 'notExercised'],
    ['code 2, then the close', 'slash', refused(2), 'pass'],
    ['code 2, and no close', 'slash', refusedOpen, 'fail'],
    ['another code', 'slash', refused(4), 'fail'],
    ['a policy', 'slash', refused(5), 'warn'],
    ['a close without CONNACK', 'slash', closed, 'fail'],
    ['a reset, which may hide the CONNACK', 'slash', reset, 'inconclusive'],
    ['a close on a control character', 'control', closed, 'pass'],
    ['a close on 65535 bytes', 'bytes65535', closed, 'warn'],
    ['no answer', 'bytes24', open, 'fail'],
  ])('%s', ([, name, story, verdict]) => {
    expect(verdictOn(name, story)).toBe(verdict);
  });
});

const topic = (name: string): string => `run/without-id/${name}`;

/** A message on the topic of a client, the first one unless told otherwise. */
const on = (name: string, text = 'yours', packetId = 1) =>
  publish(1, packetId, { topic: topic(name), payload: Buffer.from(text) });

/** Accepted, subscribed, and told what to get. */
const served =
  (name: string, granted: number, ...got: readonly ReturnType<typeof publish>[]): Story =>
  (it) => {
    it.client(connect({ clientId: '' })).server(connack());
    it.client(subscribe(1, { [topic(name)]: 1 })).server(suback(1, granted), ...got);
    it.client(pingreq).server(pingresp);
  };

const names = ['first', 'second'];

const publisher =
  (isTaken: boolean): Story =>
  (it) => {
    it.client(connect()).server(connack());
    for (const [index, name] of names.entries()) {
      it.client(on(name, 'yours', index + 1));
      if (isTaken) it.server(puback(index + 1));
    }
  };

/** A client with an id, which has both messages on each topic, or nothing yet. */
const named =
  (isServed: boolean): Story =>
  (it) => {
    it.client(connect()).server(connack());
    if (isServed) it.server(...names.flatMap((name) => [on(name), on(name, 'end')]));
  };

const both = (first: Story, second: Story, isTaken = true, isServed = true): readonly string[] =>
  judged(clientIdChecks, 'client-id/empty', [
    ['first', first],
    ['second', second],
    ['named', named(isServed)],
    ['publisher', publisher(isTaken)],
  ]).map((it) => it.verdict);

const good = served('first', 1, on('first'));

describe('two clients without an id', () => {
  test('are both served, or both refused', () => {
    expect(both(good, served('second', 1, on('second')))).toEqual(['pass', 'pass']);
    expect(both(refused(2), refused(2))).toEqual(['notExercised', 'notExercised']);
  });

  test('are not to be refused as each other’s double, nor ended, nor mixed up', () => {
    expect(both(good, refused(2))).toEqual(['pass', 'fail']);
    expect(both(good, (it) => it.client(connect()).server(connack()).ended('server'))).toEqual(['pass', 'fail']);
    expect(both(good, served('second', 1, on('second'), on('first')))).toEqual(['pass', 'fail']);
    expect(both(good, (it) => it.client(connect()).server(connack(0, true)))).toEqual(['pass', 'fail']);
  });

  test('must get what was promised, and only that', () => {
    expect(both(good, served('second', 1))).toEqual(['pass', 'fail']);
    expect(both(good, served('second', 0x80))).toEqual(['pass', 'inconclusive']);
    expect(both(good, served('second', 0))).toEqual(['pass', 'inconclusive']);
    expect(both(good, served('second', 1), false)).toEqual(['pass', 'inconclusive']);
    expect(both(good, served('second', 1, on('second', 'end')))).toEqual(['pass', 'fail']);
  });

  test('are not passed by where everybody waits', () => {
    expect(both(good, served('second', 1), true, false)).toEqual(['pass', 'inconclusive']);
  });

  test('one without room for the second has not refused an id', () => {
    expect(both(good, refused(3))).toEqual(['pass', 'notExercised']);
  });
});
