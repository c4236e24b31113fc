// Doctor looks at this machine and gives data: every thing absent comes with the way to get it, and none that is there.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { examine } from '../../src/bench/doctor.ts';
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
  const { required, optional } = await examine(AbortSignal.timeout(10_000), [
    probe('here', true),
    probe('gone', false),
  ]);
  expect(optional).toEqual([
    { id: 'here', what: 'tests of here', present: true, detail: '/usr/bin/here' },
    { id: 'gone', what: 'tests of gone', present: false, detail: 'no gone on PATH', fix: 'get gone' },
  ]);
  expect(required.map(({ id, present }) => [id, present])).toEqual([
    ['node', true],
    ['state', true],
  ]);
});

test('the machine is described without a blank', () => {
  const machine = provenance();
  expect(Object.keys(machine)).toEqual(
    expect.arrayContaining(['fieldbench', 'node', 'os', 'kernel', 'congestionControl', 'cpu', 'memory']),
  );
  expect(Object.entries(machine).filter(([, value]) => value === '')).toEqual([]);
});
