// What a user is told about a link before a run: to think twice, or that it cannot be.
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Workplace } from './command-line.ts';

const scenario = (profile: string): string => `name: meter
question: Does a reading arrive?
brokers: { hub: { target: embedded } }
links: { radio: { profile: ${profile} } }
devices:
  display: { kind: subscriber, broker: hub, filters: { 'meter/#': 1 } }
  meter:
    kind: sensor
    broker: hub
    link: radio
    topic: meter
    interval: 1s
    signal: { unit: l, start: 2, step: 0.1, min: 0, max: 4 }
duration: 1s
settle: 0s
`;

async function run(profile: string) {
  await using place = new Workplace();
  writeFileSync(place.path('meter.yaml'), scenario(profile));
  const ended = await place.run(['run', 'meter.yaml', '--report', 'report']);
  return { ...ended, ran: existsSync(place.path('report')) };
}

test.concurrent('MQTT over NB-IoT runs, with a warning that quotes its source', { timeout: 90_000 }, async () => {
  const { stderr, ran } = await run('nb-iot');
  expect(stderr).toMatch(/^caution, radio: "As proposed in TS\.34_4\.0_REQ_006 and 031, .+" \(Soracom, /m);
  expect(ran).toBe(true);
});

test.concurrent('a link that nobody warns of runs without a word', { timeout: 90_000 }, async () => {
  const { stderr, ran } = await run('lan');
  expect(stderr).not.toContain('caution');
  expect(ran).toBe(true);
});

test.concurrent('MQTT over a message service is refused before anything starts', { timeout: 90_000 }, async () => {
  const { code, stderr, ran } = await run('iridium-sbd');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^meter\.yaml:4:19 links\.radio: iridium-sbd .* no TCP connection, .*FB_LINK_CAPABILITY/m);
  expect(ran).toBe(false);
});
