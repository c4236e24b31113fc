// Doctor looks at this machine and gives data: every thing absent comes with the way to get it, and none that is there.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { examine } from '../../src/bench/doctor.ts';
import { parseTargetFile, shippedTargets } from '../../src/bench/target/target-file.ts';
import type { Probe } from '../../src/bench/probes.ts';
import { provenance } from '../../src/bench/provenance.ts';

beforeEach(() => vi.stubEnv('FIELDBENCH_STATE', join(tmpdir(), 'fieldbench-test-doctor')));
afterEach(() => vi.unstubAllEnvs());

const probe = (id: string, present: boolean): Probe => ({
  id,
  what: `tests of ${id}`,
  fix: `get ${id}`,
  probe: () => Promise.resolve({ present, detail: present ? `/usr/bin/${id}` : `no ${id} on PATH` }),
});

test('tells how to get what is absent', async () => {
  const { required, optional, targets } = await examine(AbortSignal.timeout(10_000), {
    probes: [probe('here', true), probe('gone', false), probe('x', true), probe('image:x', false)],
    targets: [parseTargetFile('x.yaml', 'title: X\ncontainer: { image: "x:1", listeners: { mqtt: { port: 1883 } } }')],
    system: 'Debian',
  });
  expect(optional).toEqual([
    { id: 'here', what: 'tests of here', present: true, detail: '/usr/bin/here' },
    { id: 'gone', what: 'tests of gone', present: false, detail: 'no gone on PATH', fix: 'get gone' },
  ]);
  expect(required.map(({ id, present }) => [id, present])).toEqual([
    ['node', true],
    ['state', true],
  ]);
  expect(targets).toMatchObject([{ id: 'x', way: 'container', present: false, fix: 'install Docker' }]);
});

test.each([
  ['macOS', { fixOnMac: 'brew it' }, 'brew it'],
  ['macOS', {}, 'on Linux only (a virtual machine will do): get gone'],
  ['Windows', { fixOnMac: 'brew it' }, 'in WSL: get gone'],
  ['other', {}, 'on Debian: get gone'],
] as const)('on %s, %j', async (system, more, fix) => {
  const probes = [{ ...probe('gone', false), ...more }];
  const { optional } = await examine(AbortSignal.timeout(10_000), { probes, targets: [], system });
  expect(optional).toMatchObject([{ fix }]);
});

test('every shipped target is looked for, and what is absent comes with a way to get it', async () => {
  const { targets } = await examine(AbortSignal.timeout(30_000), { probes: [] });
  expect(targets.map((it) => it.id)).toEqual(expect.arrayContaining(['embedded', ...shippedTargets()]));
  expect(targets.filter((it) => it.present === (it.fix !== undefined))).toEqual([]);
});

test('the machine is described without a blank', () => {
  const machine = provenance();
  expect(Object.keys(machine)).toEqual(
    expect.arrayContaining(['fieldbench', 'node', 'os', 'kernel', 'congestionControl', 'cpu', 'memory']),
  );
  expect(Object.entries(machine).filter(([, value]) => value === '')).toEqual([]);
});
