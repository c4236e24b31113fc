// `npm run trials -- kernel-latency`: message latency under loss, the embedded link against the real kernel; writes docs/trials/kernel-latency.md.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openBed } from '../../src/bench/calibration/bed.ts';
import { labNeeds } from '../../src/bench/calibration/tun-lab.ts';
import { probeAll } from '../../src/bench/probes.ts';
import { cells, compared, threeFigures, type Compared } from '../latency-cells.ts';
import { writeTrial } from '../trial-record.ts';

const bounds = { least: 0.85, most: 1.15 } as const;
/** A process in the middle that is busier than this delays messages by itself. */
const busiest = 0.7;
/** Far more than all cells take. */
const boundMs = 30 * 60_000;

/** Why a cell lies outside, where that is known. */
const reasons: Readonly<Record<string, string>> = {};

const { values } = parseArgs({
  options: { cell: { type: 'string', multiple: true }, n: { type: 'string' }, seed: { type: 'string' } },
});
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const all = cells(values.n === undefined ? undefined : Number(values.n));
const wanted = all.filter((it) => values.cell === undefined || values.cell.includes(it.name));
const signal = AbortSignal.timeout(boundMs);
const found = await probeAll(signal);
const missing = labNeeds.filter((it) => found.get(it)?.present !== true);

if (wanted.length === 0 || missing.length > 0) {
  const cellNames = all.map((it) => it.name).join(', ');
  console.error(missing.length > 0 ? `needs ${missing.join(', ')}: see fieldbench doctor` : `cells: ${cellNames}`);
  process.exitCode = 2;
} else {
  await tryAll();
}

async function tryAll(): Promise<void> {
  const began = performance.now();
  const results: Compared[] = [];
  for (const [i, cell] of wanted.entries()) {
    // A bed of its own: what a cell starts is gone before the next, and its seed is fresh.
    await using bed = await openBed((seed + i) % 2 ** 31, signal);
    const result = await compared(cell, bed.context);
    results.push(result);
    console.log(row(result));
  }
  const minutes = (performance.now() - began) / 60_000;
  if (values.cell === undefined && values.n === undefined) record(results, minutes);
  process.exitCode = results.every((it) => verdictOf(it).startsWith('within')) ? 0 : 1;
}

function verdictOf({ cell, ratio, kernel, embedded }: Compared): string {
  const cpu = Math.max(kernel.cpuShare, embedded.cpuShare);
  if (cpu > busiest) return `void: a process in the middle took ${(100 * cpu).toFixed(0)} % of a processor`;
  if (ratio >= bounds.least && ratio <= bounds.most) return 'within';
  return `outside: ${reasons[cell.name] ?? 'no reason known'}`;
}

function row(result: Compared): string {
  const { cell, kernel, embedded, ratio, ratioError, distance } = result;
  const cpu = [kernel, embedded].map((it) => `${(100 * it.cpuShare).toFixed(0)} %`).join(' / ');
  const figures = [
    cell.name,
    String(kernel.latenciesMs.length),
    ...threeFigures(kernel),
    String(kernel.retransmitted ?? 0),
    ...threeFigures(embedded),
    `${ratio.toFixed(2)} +/-${ratioError.toFixed(2)}`,
    distance.toFixed(2),
    cpu,
    verdictOf(result),
  ];
  return `| ${figures.join(' | ')} |`;
}

function record(results: readonly Compared[], minutes: number): void {
  const within = results.filter((it) => verdictOf(it) === 'within').length;
  writeTrial({
    name: 'kernel-latency',
    about: `One-way latency of messages of 100 B (PUBLISH at QoS 0), counted from the moment when each should have been sent, over the embedded link and over two real TCP stacks: network namespaces joined by TUN devices through socat and a forwarder that delays each IP packet, loss by \`iptables -m statistic\` on both INPUT chains, so that data and acknowledgements are lost. The same sender, receiver and schedule on both sides. Sparse: one message per 3 round trips of a connection; dense: 20 per round trip. What decides is the ratio of the means, embedded over kernel, within ${bounds.least} to ${bounds.most}; +/- is its 95 % interval, with connections as what is independent. Connections are warmed up for 10 round trips without loss in the kernel. The KS distance counts latencies in steps of a tenth of a round trip. The model has no congestion window, as if a sender's window were always open: BBR comes near to that, while a sender with reno whose traffic is dense is several times slower at 10 % loss. The congestion control of this kernel stands below.`,
    figures: {
      seed: String(seed),
      'congestion control': readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim(),
      kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
      time: `${minutes.toFixed(1)} minutes`,
      within: `${within} of ${results.length} cells`,
    },
    body: [
      '| cell | n | kernel mean, ms | p50 | p99 | sent again | embedded mean, ms | p50 | p99 | ratio of means | KS | CPU | verdict |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
      ...results.map(row),
    ].join('\n'),
  });
}
