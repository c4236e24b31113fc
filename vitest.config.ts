// How our own tests run: two cores, real processes, nothing retried.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
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
