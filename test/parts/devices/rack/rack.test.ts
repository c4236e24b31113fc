// The edge PLC's rack: what pins read, what cannot be wired, units that come and go, a bus with two lines.
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUnitFile } from '../../../../src/bench/devices/unit-file.ts';
import { pinStatus, readPin } from '../../../../src/parts/devices/rack/pin-reading.ts';
import { RackState } from '../../../../src/parts/devices/rack/rack-state.ts';
import { pinsOf, wiringProblems } from '../../../../src/parts/devices/rack/rack.ts';
import type { PinFunction, Unit, WiredPin } from '../../../../src/parts/devices/rack/rack.ts';
import type { Signal } from '../../../../src/parts/devices/signals/signal.ts';

const { type, rack: limits } = await readUnitFile(join(import.meta.dirname, '../../../../devices/edge-plc.yaml'));
const constant = (value: number): Signal => ({ kind: 'constant', value });
const signal = constant(0);
const breaks = [] as const;
const loop: WiredPin = { pin: 9, function: 'loop-in', signal, at4: 0, at20: 160, breaks };
const resistance = (wires: 2 | 3 | 4): WiredPin => ({
  pin: 25,
  function: 'resistance',
  signal,
  wires,
  leadOhm: 2,
  breaks,
});
const output = (as: 'voltage-out' | 'current-out', loadOhm: number): WiredPin => ({
  pin: 1,
  function: as,
  loadOhm,
  breaks,
});

test('the unit as data: 32 pins rated 34 V, all inputs, 8 outputs, 8 loops, 8 contacts', () => {
  expect([type.pins, type.ratedV, type.functions['voltage-in'].length]).toEqual([32, 34, 32]);
  const eights = (['voltage-out', 'current-out', 'loop-in', 'contact', 'resistance'] as const).map(
    (it) => type.functions[it].length,
  );
  expect(eights).toEqual([8, 8, 8, 8, 8]);
  expect(limits).toEqual({ mostUnits: 64, ethernetPorts: 2, failoverMs: 100 });
});

test.each<[string, WiredPin, number | undefined, number, keyof typeof pinStatus]>([
  ['a voltage', { pin: 1, function: 'voltage-in', signal, breaks }, 24, 24, 'good'],
  ['more than it is rated for', { pin: 1, function: 'voltage-in', signal, breaks }, 40, 34, 'overRange'],
  ['a contact', { pin: 17, function: 'contact', signal, breaks }, 1, 1, 'good'],
  ['4 mA', loop, 4, 0, 'good'],
  ['20 mA', loop, 20, 160, 'good'],
  ['3.8 mA', loop, 3.8, -2, 'good'],
  ['3.7 mA', loop, 3.7, -3, 'underRange'],
  ['3.6 mA', loop, 3.6, -4, 'failedLow'],
  ['20.5 mA', loop, 20.5, 165, 'good'],
  ['20.6 mA', loop, 20.6, 166, 'overRange'],
  ['21 mA', loop, 21, 170, 'failedHigh'],
  ['two wires', resistance(2), 100, 104, 'good'],
  ['three wires', resistance(3), 100, 100, 'good'],
  ['four wires', resistance(4), 100, 100, 'good'],
  ['an open lead', resistance(4), undefined, 4000, 'open'],
  ['10 V into 1 kOhm', output('voltage-out', 1000), 10, 10, 'good'],
  ['more than 30 V', output('voltage-out', 1000), 31, 30, 'limited'],
  ['10 V into 1 Ohm', output('voltage-out', 1), 10, 0.5, 'limited'],
  ['200 mA through 100 Ohm', output('current-out', 100), 200, 200, 'good'],
  ['400 mA through 100 Ohm', output('current-out', 100), 400, 300, 'limited'],
])('%s', (_name, wired, raw, value, status) => {
  const reading = readPin(wired, type, raw, false);
  expect(reading.value).toBeCloseTo(value, 9);
  expect(reading.status).toBe(pinStatus[status]);
});

test('a broken wire: a loop reads no current, a resistance an open lead, an output of current delivers none', () => {
  expect(readPin(loop, type, 12, true)).toEqual({ value: -40, status: pinStatus.failedLow });
  expect(readPin(resistance(3), type, 100, true).status).toBe(pinStatus.open);
  expect(readPin(output('current-out', 100), type, 100, true)).toEqual({ value: 0, status: pinStatus.limited });
});

test('impossible wirings are all told', () => {
  const wiring: WiredPin[] = [
    { ...loop, pin: 8 },
    { ...resistance(4), pin: 30 },
    { ...resistance(2), pin: 31 },
    { ...output('voltage-out', 1), pin: 9 },
  ];
  expect(wiringProblems(type, wiring)).toEqual([
    { index: 0, message: 'pin 8 cannot be loop-in', hint: 'pins that can: 9-16' },
    { index: 1, message: 'there is no pin 33', hint: 'pins are 1 to 32' },
    { index: 2, message: 'pin 31 is taken', hint: 'by resistance at pin 30' },
    { index: 2, message: 'pin 32 is taken', hint: 'by resistance at pin 30' },
    { index: 3, message: 'pin 9 cannot be voltage-out', hint: 'pins that can: 1-8' },
  ]);
});

const wire: fc.Arbitrary<WiredPin> = fc
  .tuple(
    fc.integer({ min: 1, max: 32 }),
    fc.constantFrom<PinFunction>('voltage-in', 'voltage-out', 'current-out', 'loop-in', 'contact', 'resistance'),
    fc.constantFrom(2 as const, 3 as const, 4 as const),
  )
  .map(([pin, as, wires]): WiredPin => {
    if (as === 'voltage-out' || as === 'current-out') return { ...output(as, 100), pin };
    if (as === 'loop-in') return { ...loop, pin };
    return as === 'resistance' ? { ...resistance(wires), pin } : { pin, function: as, signal, breaks };
  });

test('a wiring without problems gives no pin away twice, and each only what it can do', () => {
  fc.assert(
    fc.property(fc.array(wire, { maxLength: 6 }), (wiring) => {
      fc.pre(wiringProblems(type, wiring).length === 0);
      const pins = wiring.flatMap(pinsOf);
      expect(new Set(pins).size).toBe(pins.length);
      expect(wiring.every((it) => pinsOf(it).every((pin) => type.functions[it.function].includes(pin)))).toBe(true);
    }),
  );
});

const unit = (address: number, volts: number): Unit => ({
  address,
  type,
  wiring: [{ pin: 1, function: 'voltage-in', signal: constant(volts), breaks }],
});
const rackOf = (...units: Unit[]): RackState => new RackState({ ...limits, units }, { seed: 1, name: 'rack' });

test('hot swap: a unit that is out is absent, another with its address silences both, one of them alone is heard', () => {
  const rack = rackOf(unit(0, 5), unit(1, 6));
  rack.advance(0);
  expect([rack.reading(0, 1), rack.reading(1, 1)]).toEqual([
    { value: 5, status: 0 },
    { value: 6, status: 0 },
  ]);
  rack.insert(unit(1, 9));
  expect([rack.reading(0, 1).status, rack.reading(1, 1)]).toEqual([0, { value: 6, status: pinStatus.clash }]);
  rack.remove(1);
  expect(rack.reading(1, 1)).toEqual({ value: 6, status: pinStatus.absent });
  rack.insert(unit(1, 9));
  expect(rack.reading(1, 1)).toEqual({ value: 9, status: 0 });
  expect(rack.reading(1, 2).status).toBe(pinStatus.unwired);
});

test('a rack has room for 64 units', () => {
  const rack = rackOf(...Array.from({ length: 64 }, (_, n) => unit(n, n / 2)));
  rack.advance(0);
  expect(rack.reading(63, 1).value).toBe(31.5);
  expect(rack.insert(unit(64, 1))).toBe(false);
});

test('the field bus goes over to its other line, deaf for a while; without lines readings stay and are stale', () => {
  const rack = rackOf({
    ...unit(0, 0),
    wiring: [
      {
        pin: 1,
        function: 'voltage-in',
        signal: { kind: 'ramp', from: 0, to: 10, overMs: 1000, atEnd: 'hold' },
        breaks,
      },
    ],
  });
  const at = (ms: number) => {
    rack.advance(ms);
    return rack.reading(0, 1);
  };
  expect(at(0)).toEqual({ value: 0, status: 0 });
  expect(at(100)).toEqual({ value: 1, status: 0 });
  rack.setLine(0, false);
  expect([at(150), rack.activeLine]).toEqual([{ value: 1, status: pinStatus.stale }, 1]);
  expect(at(200)).toEqual({ value: 2, status: 0 });
  rack.setLine(0, true);
  expect([at(300), rack.activeLine]).toEqual([{ value: 3, status: 0 }, 1]); // it stays with the line that works
  rack.setLine(0, false);
  rack.setLine(1, false);
  expect([at(900), rack.activeLine]).toEqual([{ value: 3, status: pinStatus.stale }, 2]);
  rack.setLine(0, true);
  expect([at(950).status, at(1000), rack.activeLine]).toEqual([pinStatus.stale, { value: 10, status: 0 }, 0]);
});

test('a wire that breaks for a while', () => {
  const broken = { ...loop, signal: constant(12), breaks: [{ fromMs: 100, untilMs: 200 }] };
  const rack = rackOf({ address: 0, type, wiring: [broken] });
  const status = [1000, 1100, 1199, 1200].map((ms) => {
    rack.advance(ms); // the first advance is the start
    return rack.reading(0, 9).status;
  });
  expect(status).toEqual([0, pinStatus.failedLow, pinStatus.failedLow, 0]);
});
