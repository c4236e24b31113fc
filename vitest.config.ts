// How our own tests run: real processes, nothing retried; most of the time of a test is waiting, so three share two cores.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // A test leaves nothing behind in its process: files share a worker, and what they import is loaded once.
    isolate: false,
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
