// `npm run trials -- bill`: one unit, one day, four contracts, two keep alives; writes docs/trials/bill.md. Pure arithmetic.
import { rtuDay, type RtuDay } from '../../src/faults/rtu-day.ts';
import { ruleWords } from '../../src/faults/bill-lines.ts';
import type { Bill, Tariff } from '../../src/faults/tariff.ts';
import { tariffPath } from '../../src/run/shipped.ts';
import { readTariff } from '../../src/scenario/tariff-file.ts';
import { writeTrial } from '../trial-record.ts';

/** Round trips as the links have them in use. */
const links = [
  { link: 'BGAN', tariff: 'bgan', rttMs: 1100, mtuB: 1500 },
  { link: 'Certus 100', tariff: 'certus-100', rttMs: 1200, mtuB: 1500 },
  { link: 'NB-IoT', tariff: 'nb-iot-bundle', rttMs: 837, mtuB: 1358 },
  { link: 'GEO VSAT', tariff: 'geo-vsat-flat', rttMs: 650, mtuB: 1500 },
  { link: 'GEO VSAT', tariff: 'geo-vsat-mb', rttMs: 650, mtuB: 1500 },
];
const everyS = 60;
const payloadB = 64;
const pingMarginS = 1;
const keepAlives = [
  { words: '60 s', keepAliveS: 60 },
  { words: '20 min', keepAliveS: 1200 },
];

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const money = (value: number): string => value.toFixed(3);

/** A sum beside what of it rests on prices without a source. */
function cost(tariff: Tariff, { cost: { total }, currency }: Bill): string {
  const prices = ['perMbUp', 'perMbDown', 'monthly'] as const;
  const isAssumed = prices.some((it) => (tariff.evidence[it] ?? '').startsWith('assumed'));
  return `${money(total)} ${currency}${isAssumed ? ' (assumed)' : ''}`;
}

function decided(tariff: Tariff, bill: Bill): string {
  const words: Readonly<Record<string, string>> = ruleWords(tariff);
  const rules = Object.keys(bill.rules).map((it) => words[it] ?? 'as measured, no rounding');
  const isFlat = tariff.perMbUp === 0 && tariff.perMbDown === 0;
  return [...rules, ...(isFlat ? ['volume is free'] : []), ...(bill.includedB > 0 ? ['covered by the fee'] : [])].join(
    '; ',
  );
}

const rows: string[] = [];
const assumed = new Map<string, readonly string[]>();
const lines: string[] = [];
for (const { link, tariff: name, rttMs, mtuB } of links) {
  const tariff = await readTariff(tariffPath(name));
  const play = (keepAliveS: number): RtuDay =>
    rtuDay({ tariff, rttMs, mtuB, keepAliveS, pingMarginS, everyS, payloadB });
  const without = play(0);
  for (const { words, keepAliveS } of keepAlives) {
    const { bytes, bill, pings } = play(keepAliveS);
    const extraB = bytes.toServer.ipB + bytes.toClient.ipB - without.bytes.toServer.ipB - without.bytes.toClient.ipB;
    const extra = `${whole(extraB)} B at IP level, ${whole(bill.billed.totalB - without.bill.billed.totalB)} B billed, ${money(bill.cost.total - without.bill.cost.total)} ${bill.currency}`;
    rows.push(
      `| ${link} | ${name} | ${words} | ${whole(pings)} | ${whole(bytes.toServer.ipB)} | ${whole(bytes.toClient.ipB)} | ${whole(bill.billed.totalB)} | ${cost(tariff, bill)} | ${decided(tariff, bill)} | ${extra} |`,
    );
    lines.push(`**${link}, ${name}, keep alive ${words}**`, '', ...bill.lines.map((it) => `- ${it}`), '');
    assumed.set(name, bill.assumed);
  }
}

writeTrial({
  name: 'bill',
  about: [
    'What one remote terminal unit costs for one day: it connects once, sends a reading at QoS 1 each minute and stays.',
    'Every byte is reckoned, none was sent: MQTT packets as the codec writes them, IP bytes estimated by the byte meter (IPv4, TCP with time stamps, both ends as Linux), billed bytes by the rules of each tariff.',
    'A keep alive costs only what an idle client sends for it. With a reading a minute and 20 min no PINGREQ ever goes out. With 60 s it depends on the client: here it sends PINGREQ 1 s before the keep alive runs out, as the devices of the bench do, so one with every reading; mosquitto_pub 2.0.11 sends as many, measured with 5 s and 5 s. A client that counts its own packets only, with readings that are never late, sends none, and its day is the one of 20 min.',
  ].join(' '),
  figures: {
    reading: `${payloadB} bytes each ${everyS} s, topic of 22 characters, plain MQTT 3.1.1 over TCP, no loss`,
    'round trips': links
      .map((it) => `${it.link} ${it.rttMs} ms`)
      .filter((it, at, all) => all.indexOf(it) === at)
      .join(', '),
    estimated: 'all IP bytes; within 5 % of tcpdump where that was measured',
    assumed: 'prices without a source are marked; the list stands below the table',
  },
  body: [
    '| link | tariff | keep alive | PINGREQ | IP bytes up | IP bytes down | billed bytes | cost of the day | the rule that decided | keep alive alone |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |',
    ...rows,
    '',
    'GSMA TS.34 advises against TCP on NB-IoT (quoted by Soracom); its rows are the price of doing it all the same.',
    '',
    '## Assumed figures',
    '',
    ...[...assumed].map(([name, figures]) => `- ${name}: ${figures.length === 0 ? 'none' : figures.join(', ')}`),
    '',
    '## The bills',
    '',
    ...lines,
  ]
    .join('\n')
    .trimEnd(),
});
