// The tables of doctor: one line for each thing, and below a gap the command that fills it.
import { expect, test } from 'vitest';
import { examinationLines } from '../../src/cli/examination-text.ts';

test('what is absent has its command below it, in the last column', () => {
  const about = { what: 'Quick broker', way: 'process', status: 'untested' } as const;
  const found = {
    machine: { node: 'v24' },
    required: [{ id: 'node', what: 'runs the bench', present: true, detail: 'v24' }],
    targets: [{ id: 'quick', ...about, present: false, detail: 'no quick on PATH', fix: 'apt-get install quick' }],
    optional: [{ id: 'docker', what: 'containers', present: false, detail: 'refused', fix: 'start it' }],
  };
  expect(examinationLines(found, Number.POSITIVE_INFINITY)).toEqual([
    'Needed',
    '  yes  node  runs the bench: v24',
    '',
    'Brokers that --target starts here',
    '  no  quick  process  Quick broker (untested): no quick on PATH',
    '                      to get it: apt-get install quick',
    '',
    'Widens what the bench can do',
    '  no  docker  containers: refused',
    '              to get it: start it',
    '',
    'This machine',
    '  node  v24',
  ]);
});
