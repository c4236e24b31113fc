// Clients that nobody knows, as on a tap: each connection a party of its own, verdicts gathered by client id.
import { expect, test } from 'vitest';
import { createJudge } from '../../src/judge/judge.ts';
import { namelessDevice } from '../../src/judge/devices.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { rules } from '../../src/judge/rules.ts';
import { HistoryOf } from './history-of.ts';
import { connack, connect, disconnect, pingreq, pingresp, pubcomp, publish, puback } from './packets.ts';

const onTap = { link: 'tap', target: 'broker' };

function judged(write: (h: HistoryOf) => unknown): {
  readonly live: readonly Finding[];
  readonly late: readonly Finding[];
} {
  const history = new HistoryOf();
  write(history);
  const judge = createJudge({ rules, parameters: defaultParameters, clients: 'devices' });
  return { live: history.events.flatMap((event) => judge.step(event)), late: judge.end() };
}

const join = (h: HistoryOf, clientId: string) =>
  h
    .conn('device', onTap)
    .client(connect({ clientId, keepAliveS: 2 }))
    .server(connack());

test('findings carry the client id, whatever the connection is called', () => {
  const { live } = judged((h) => {
    join(h, 'good').server(publish(1, 5)).client(puback(5));
    join(h, 'bad').server(publish(2, 7)).client(pubcomp(7));
  });
  expect(live.map((it) => [it.target, it.verdict, it.actual])).toContainEqual(["device 'bad'", 'fail', 'PUBCOMP 7']);
  expect(live.filter((it) => it.target === "device 'good'")).toEqual([]);
});

test('what never came is judged when the connection ends, not when the run does', () => {
  const { live } = judged((h) => join(h, 'mute').wait(9000).ended('server'));
  expect(live).toContainEqual(
    expect.objectContaining({ target: "device 'mute'", statement: 'MQTT-3.1.2-23', verdict: 'fail' }),
  );
});

/** A says nothing more; B is alive all the time. */
function leavesOneUnanswered(h: HistoryOf): void {
  const it = join(h, 'A').server(publish(1, 5)).wait(3000);
  const other = join(h, 'B').client(pingreq).server(pingresp).wait(3000).client(pingreq).server(pingresp);
  it.ended('client');
  other.ended('client');
}

test("one device's packets are no sign of life for another", () => {
  const { live } = judged(leavesOneUnanswered);
  const missing = live.filter((it) => it.target === "device 'A'" && it.statement === 'MQTT-4.3.2-2');
  expect(missing.map((it) => it.verdict)).toEqual(['inconclusive']);
});

test('a device that shows it is alive on its own connection is to blame', () => {
  const { live } = judged((h) =>
    join(h, 'A').server(publish(1, 5)).wait(1500).client(pingreq).wait(1500).client(pingreq).wait(3000).ended('client'),
  );
  expect(live.filter((it) => it.statement === 'MQTT-4.3.2-2').map((it) => it.verdict)).toEqual(['fail']);
});

test('passes are gathered by client id over any number of connections', () => {
  const { live, late } = judged((h) => {
    for (let n = 0; n < 200; n++) join(h, 'again').client(disconnect).ended('client');
  });
  expect(live).toEqual([]);
  const own = late.filter((it) => it.target === "device 'again'");
  expect(new Set(own.map((it) => `${it.by} ${it.statement}`)).size).toBe(own.length);
  expect(own.find((it) => it.statement === 'MQTT-3.1.0-1')).toMatchObject({ verdict: 'pass', count: 200 });
});

test('no client id takes the name of the broker, and who has none is named so', () => {
  const { live, late } = judged((h) => {
    join(h, 'broker').server(publish(2, 7)).client(pubcomp(7));
    h.conn('device', onTap).client(pingreq);
  });
  expect(live.find((it) => it.actual === 'PUBCOMP 7')?.target).toBe("device 'broker'");
  expect(live.find((it) => it.statement === 'MQTT-3.1.0-1')?.target).toBe(namelessDevice(undefined));
  expect(late.filter((it) => it.target === 'broker').every((it) => it.verdict !== 'fail')).toBe(true);
});

test('a swarm of random client ids has an end', () => {
  const history = new HistoryOf();
  const judge = createJudge({
    rules: rules.filter((it) => it.id === 'client-connect-first'),
    parameters: defaultParameters,
    clients: 'devices',
  });
  for (let n = 0; n < 10_050; n++) join(history, `random-${n}`).ended('client');
  for (const event of history.events) judge.step(event);
  const names = new Set(judge.end().map((it) => it.target));
  expect(names.size).toBe(10_001);
  expect(names).toContain('devices beyond the first 10000');
});
