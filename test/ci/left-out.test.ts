// What was left out must be told everywhere, and must fail where everything is required.
import { describe, expect, test } from 'vitest';
import { judgeLeftOut, type Ground, type LeftOut } from '../support/left-out.ts';
import { parseUnavailable } from '../support/needs.ts';

const needs = {
  docker: { present: false, detail: 'docker info: refused', fix: 'apt-get install docker.io' },
  mosquitto: { present: true, detail: '/usr/sbin/mosquitto', fix: 'apt-get install mosquitto' },
};
const ground = (over: Partial<Ground> = {}): Ground => ({ needs, unavailable: [], requireAll: false, ...over });
const inDocker: LeftOut = { name: 'container > starts', needs: ['mosquitto', 'docker'], note: undefined };
const noDocker = { need: 'docker', command: 'dockerd', error: 'no cgroups' };

describe('on any machine', () => {
  test('tells the missing need, what was seen and the command that gets it', () => {
    const { lines, failedTests } = judgeLeftOut([inDocker, inDocker], ground());
    expect(lines).toEqual(['  2 left out: needs docker (docker info: refused); get it: apt-get install docker.io']);
    expect(failedTests).toBe(0);
  });

  test('an entry of .ci/unavailable says nothing about it', () => {
    const wrong = { ...noDocker, need: 'mosquitto' };
    expect(judgeLeftOut([], ground({ unavailable: [wrong] }))).toEqual({ lines: [], failedTests: 0, wrongEntries: 0 });
  });
});

describe('where everything is required', () => {
  test('a test that was left out fails, by name', () => {
    const { lines, failedTests } = judgeLeftOut([inDocker], ground({ requireAll: true }));
    expect(failedTests).toBe(1);
    expect(lines.at(-1)).toContain('FAILED  container > starts: required here, but left out: needs docker');
  });

  test('a listed need excuses it', () => {
    const { failedTests, wrongEntries } = judgeLeftOut(
      [inDocker],
      ground({ requireAll: true, unavailable: [noDocker] }),
    );
    expect({ failedTests, wrongEntries }).toEqual({ failedTests: 0, wrongEntries: 0 });
  });

  test('a listed need that is there fails the run', () => {
    const wrong = { ...noDocker, need: 'mosquitto' };
    const { lines, wrongEntries } = judgeLeftOut([], ground({ requireAll: true, unavailable: [wrong] }));
    expect(wrongEntries).toBe(1);
    expect(lines).toEqual(['  FAILED  .ci/unavailable lists mosquitto, but it is there: /usr/sbin/mosquitto']);
  });

  test('a listed need that nothing looks for fails the run', () => {
    const wrong = { ...noDocker, need: 'dokcer' };
    expect(judgeLeftOut([], ground({ requireAll: true, unavailable: [wrong] })).wrongEntries).toBe(1);
  });

  test('a skip passes only with a reason', () => {
    const bare: LeftOut = { name: 'x', needs: [], note: undefined };
    const reasoned = { ...bare, note: 'declared limit: no QoS 2' };
    expect(judgeLeftOut([bare, reasoned], ground({ requireAll: true })).failedTests).toBe(1);
  });
});

describe('.ci/unavailable', () => {
  test('is read line by line, comments aside', () => {
    expect(parseUnavailable('# header\n\ndocker\tdockerd\tno cgroups\n')).toEqual([noDocker]);
  });

  test('an entry without evidence is refused', () => {
    expect(() => parseUnavailable('docker\tdockerd')).toThrow('need, command and error expected, came: docker');
  });
});
