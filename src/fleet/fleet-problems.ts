// What went wrong with a fleet, in sentences: walls that were hit, brokers that refused, a generator that was late.
import type { FleetTotals } from './fleet-totals.ts';

/** Of the latency that a run reports, so much may be the generator's own lateness. */
const latenessShare = 0.1;
/** Lateness that counts for nothing: timers have a grain of a millisecond, and the machine's clock another. */
const timerGrainMs = 2;

const returnCodes: Readonly<Record<string, string>> = {
  1: 'protocol level',
  2: 'client id',
  3: 'server unavailable',
  4: 'user name or password',
  5: 'not authorised',
};

const causes: Readonly<Record<string, string>> = {
  EMFILE: 'the process ran out of open files',
  ENFILE: 'the machine ran out of open files',
  EADDRNOTAVAIL: 'no local port was left',
  EADDRINUSE: 'no local port was left',
  ENOBUFS: 'the kernel ran out of memory for sockets',
  ENOMEM: 'the machine ran out of memory',
  ECONNREFUSED: 'nothing listened there',
  ECONNRESET: 'the broker reset the connection',
  ETIMEDOUT: 'nothing answered in time',
  FIN: 'the broker closed the connection',
};

/** What went wrong, a sentence each; the most frequent first. */
export function problemsOf(totals: FleetTotals): readonly string[] {
  const rows = [...totals.failures].toSorted(([, a], [, b]) => b - a);
  return rows.map(([what, count]) => inWords(what, count));
}

function inWords(what: string, count: number): string {
  const [verb = '', ...rest] = what.split(' ');
  const code = rest.join(' ');
  const cause = causes[code] === undefined ? code : `${causes[code]} (${code})`;
  if (verb === 'dial') return `${count} connections could not be opened: ${cause}`;
  if (verb === 'CONNECT') return `${count} connections ended before CONNACK: ${cause}`;
  if (verb === 'CONNACK')
    return `the broker refused ${count} times with CONNACK code ${code} (${returnCodes[code] ?? 'unknown'})`;
  if (verb === 'lost') return `${count} connections that stood were lost: ${cause}`;
  return `${count} times the broker broke the standard: ${code}`;
}

/** Whether the latencies of a run may be believed, and why not. */
export function validityOf({ times }: FleetTotals): { readonly isValid: boolean; readonly why: string } {
  const latenessMs = times.lateness.quantileMs(0.99);
  const measured = [times.acknowledged, times.delivery].filter(({ count }) => count > 0);
  if (times.lateness.count === 0 || measured.length === 0) return { isValid: true, why: 'no latency was measured' };
  const reportedMs = Math.min(...measured.map((it) => it.quantileMs(0.99)));
  const allowedMs = Math.max(timerGrainMs, latenessShare * reportedMs);
  const figures = `the generator's lateness at p99 is ${latenessMs} ms, allowed are ${Math.round(allowedMs * 100) / 100} ms`;
  return { isValid: latenessMs <= allowedMs, why: `${figures} beside a p99 of ${reportedMs} ms` };
}
