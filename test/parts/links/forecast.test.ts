// Outages, timelines and the second interface act on a link at their times, and a cut by the run is left alone.
import { expect, test } from 'vitest';
import { evenProfile, plainProfile, type LinkProfile } from '../../../src/faults/link-profile.ts';
import { parseTimeline } from '../../../src/faults/link-timeline.ts';
import type { PlayedTimeline } from '../../../src/faults/played-timeline.ts';
import type { EventDraft } from '../../../src/history/event.ts';
import { Forecast } from '../../../src/parts/links/forecast.ts';
import { LinkState } from '../../../src/parts/links/link-state.ts';
import { manualClock } from './manual-clock.ts';

function bed(profile: LinkProfile, timeline?: PlayedTimeline) {
  const clock = manualClock();
  const events: EventDraft[] = [];
  const state = new LinkState('sat', profile, { record: (event) => events.push(event) });
  const switches: string[] = [];
  const forecast = new Forecast({
    link: 'sat',
    seed: 1,
    clock,
    state,
    profile,
    timeline,
    onSwitch: (connections) => switches.push(`${clock.nowMs()} ${connections}`),
  });
  forecast.begin();
  return { clock, state, events, switches, forecast };
}

const outage = { kind: 'schedule', atS: 10, lastsS: 5, mode: 'drop' } as const;

test('an outage comes and goes, and the history says why', () => {
  const { clock, state, events } = bed({ ...plainProfile, outages: [outage] });
  clock.advance(9999);
  expect(state.passing('toServer')).toBe('open');
  clock.advance(1);
  expect(state.passing('toServer')).toBe('drop');
  expect(state.passing('toClient')).toBe('drop');
  clock.advance(5000);
  expect(state.passing('toServer')).toBe('open');
  expect(events.map((it) => it.kind === 'link' && it.state)).toEqual(['cut', 'up']);
  expect(events[0]).toMatchObject({ cause: expect.stringContaining('out') });
});

test('a cut by the run outlasts the weather, and the weather a restore', () => {
  const { clock, state } = bed({ ...plainProfile, outages: [outage] });
  state.cut('drop');
  clock.advance(20_000);
  expect(state.passing('toServer')).toBe('drop');
  state.restore();
  expect(state.passing('toServer')).toBe('open');
  const other = bed({ ...plainProfile, outages: [outage] });
  other.clock.advance(11_000);
  other.state.restore();
  expect(other.state.passing('toServer')).toBe('drop');
});

test('another profile brings its own outages, figures alone change none', () => {
  const { clock, state, forecast } = bed({ ...plainProfile, outages: [outage] });
  forecast.shape({ delayMs: 7 });
  clock.advance(10_000);
  expect(state.now('toServer')).toMatchObject({ delayMs: 7, passing: 'drop' });
  forecast.shape({ profile: plainProfile });
  expect(state.passing('toServer')).toBe('open');
  forecast.shape({ profile: { ...plainProfile, outages: [{ ...outage, atS: 30 }] } });
  clock.advance(19_999);
  expect(state.passing('toServer')).toBe('open');
  clock.advance(1);
  expect(state.passing('toServer')).toBe('drop');
});

test('a timeline changes figures, state and profile', () => {
  const timeline = parseTimeline(
    'tS,rttMs,upBitPerS,state,profile\n0,200,,,\n5,,9600,,\n10,,,freeze,\n15,,,up,slow\n',
    't.csv',
  );
  const slow = evenProfile({ delayMs: 2000 });
  const { clock, state } = bed(plainProfile, { timeline, profiles: { slow } });
  expect(state.now('toClient').delayMs).toBe(100);
  clock.advance(5000);
  expect(state.now('toServer')).toMatchObject({ delayMs: 100, rateBitPerS: 9600 });
  clock.advance(5000);
  expect(state.passing('toClient')).toBe('freeze');
  clock.advance(5000);
  expect(state.now('toServer')).toMatchObject({ delayMs: 2000, passing: 'open' });
});

test('a second interface takes over after a while, and gives back', () => {
  const to = evenProfile({ delayMs: 500 });
  const failover = { to, afterS: 2, backAfterS: 3, connections: 'silent' } as const;
  const { clock, state, switches } = bed({ ...plainProfile, outages: [outage], failover });
  clock.advance(11_999);
  expect(state.passing('toServer')).toBe('drop');
  clock.advance(1);
  expect(state.now('toServer')).toMatchObject({ delayMs: 500, passing: 'open' });
  clock.advance(3000 + 2999);
  expect(state.now('toServer').delayMs).toBe(500);
  clock.advance(1);
  expect(state.now('toServer').delayMs).toBe(0);
  expect(switches).toEqual(['12000 silent', '18000 silent']);
});

test('disposed of, nothing changes any more', () => {
  const { clock, events, forecast } = bed({ ...plainProfile, outages: [outage] });
  forecast[Symbol.dispose]();
  clock.advance(60_000);
  expect(events).toEqual([]);
});
