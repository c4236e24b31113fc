// The series in words: the one line that terminals and summaries show, and what a window says.
import { costText, durationText, numberText } from '../figures.ts';
import type { Series } from './series.ts';
import type { FaultWindow } from './windows.ts';

/** e.g. `devices online 93 % of the time; 122 of 130 messages delivered; latency p50 310 ms, p99 8.2 s; 4 reconnects`. */
export function seriesLine({ totals, links }: Pick<Series, 'totals' | 'links'>): string {
  const { onlineShare, intended, delivered, p50Ms, p99Ms, reconnects } = totals;
  return [
    ...(onlineShare === undefined ? [] : [`devices online ${shareText(onlineShare)} of the time`]),
    ...(intended === 0 ? [] : [`${numberText(delivered)} of ${numberText(intended)} messages delivered`]),
    ...(p50Ms === undefined || p99Ms === undefined
      ? []
      : [`latency p50 ${durationText(p50Ms)}, p99 ${durationText(p99Ms)}`]),
    `${numberText(reconnects)} reconnect${reconnects === 1 ? '' : 's'}`,
    ...links.flatMap(({ link, cost }) => (cost === undefined ? [] : [`${link} ${costText(cost)}`])),
  ].join('; ');
}

/** Never rounded up to all of it, nor down to nothing. */
function shareText(share: number): string {
  const tenths = share < 1 ? Math.min(999, Math.floor(share * 1000)) : 1000;
  return share > 0 && tenths === 0 ? 'less than 0.1 %' : `${numberText(tenths / 10)} %`;
}

/** e.g. `link satellite (2 of them) cut, 8.9 s to 18.9 s`. */
export function windowText({ kind, name, state, fromMs, toMs, isOpen, members }: FaultWindow): string {
  const many = members > 1 ? ` (${members} of them)` : '';
  const what = kind === 'phase' ? `phase ${name}` : `${kind} ${name}${many} ${state}`;
  return `${what}, ${momentText(fromMs)} to ${isOpen ? 'the end' : momentText(toMs)}`;
}

/** Seconds since the run began, as an axis shows them. */
function momentText(tMs: number): string {
  return tMs < 100_000 ? `${(tMs / 1000).toFixed(1)} s` : durationText(tMs);
}
