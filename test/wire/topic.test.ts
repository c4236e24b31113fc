// Which filters match which names: the examples of the standard, and what implementers get wrong.
import { describe, expect, test } from 'vitest';
import { filterMatches, topicFilterFlaw, topicNameFlaw } from '../../src/wire/topic.ts';

describe('filterMatches', () => {
  test.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1'],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon'],
    ['sport/#', 'sport'],
    ['#', '/'],
    ['+', 'finance'],
    ['+/+', '/finance'],
    ['/+', '/finance'],
    ['sport/+', 'sport/'],
    ['+/#', 'sport'],
    ['a/+/c', 'a//c'],
    ['$SYS/#', '$SYS'],
    ['$SYS/+', '$SYS/uptime'],
    ['a/+', 'a/$b'],
    ['A', 'A'],
  ])('%s matches %s', (filter, topic) => {
    expect(filterMatches(filter, topic)).toBe(true);
  });

  test.each([
    ['sport/tennis/+', 'sport/tennis/player1/ranking'],
    ['sport/+', 'sport'],
    ['+', '/finance'],
    ['#', '$SYS/uptime'],
    ['+/uptime', '$SYS/uptime'],
    ['+/#', '$SYS'],
    ['a', 'A'],
    ['a', 'a/'],
    ['a/', 'a'],
    ['/a', 'a'],
    ['a/#', 'ab'],
    ['é', 'e\u0301'],
  ])('%s does not match %s', (filter, topic) => {
    expect(filterMatches(filter, topic)).toBe(false);
  });
});

test('flaws say where and which statement', () => {
  expect(topicFilterFlaw('a/b#')).toMatchObject({ statement: 'MQTT-4.7.1-2', at: 3 });
  expect(topicFilterFlaw('a/+b')).toMatchObject({ statement: 'MQTT-4.7.1-3', at: 2 });
  expect(topicNameFlaw('a/+')).toMatchObject({ statement: 'MQTT-3.3.2-2', at: 2 });
  expect(topicNameFlaw('a/+', false)).toMatchObject({ statement: 'MQTT-4.7.1-1', at: 2 });
  expect(topicNameFlaw('')).toMatchObject({ statement: 'MQTT-4.7.3-1' });
  expect(topicFilterFlaw('/+//#')).toBeUndefined();
  expect(topicNameFlaw('/')).toBeUndefined();
});
