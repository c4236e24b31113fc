// How our own tests run: real processes, nothing retried; most of the time of a test is waiting, so three share two cores.
import { defineConfig } from 'vitest/config';

/** Rooms whose tests leave nothing behind in their process: they share a worker, and what they import is loaded once. */
const pure = ['architecture', 'examples', 'faults', 'history', 'judge', 'report', 'scenario', 'session', 'wire'];
const pureTests = `test/{${pure.join(',')}}/**/*.test.ts`;
const allTests = 'test/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'apart', include: [allTests], exclude: [pureTests] } },
      { extends: true, test: { name: 'pure', include: [pureTests], isolate: false } },
    ],
    pool: 'forks',
    maxWorkers: 3,
    retry: 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/needs-setup.ts'],
    reporters: [
      'default',
      ['allure-vitest/reporter', { resultsDir: 'allure-results', reportMatchers: false }],
      './test/support/left-out-reporter.ts',
    ],
  },
});
