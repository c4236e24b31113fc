// One test run for people and for a CI system: names on the terminal, JUnit in a file.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', 'junit'],
    outputFile: { junit: 'test-results.xml' },
  },
});
