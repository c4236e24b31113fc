// How our own tests run: real processes, nothing retried; most of the time of a test is waiting, so three share two cores.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const allTests = 'test/**/*.test.ts';
const apartTests = 'test/**/*.apart.test.ts';

/** Files that take longest: what begins last must not keep one worker busy alone. */
const longest = [
  'run/shipped-scenarios',
  'ci/installed',
  'cli/hostile-targets',
  'conformance/mutants',
  'parts/brokers/zoo',
  'cli/bad-luck',
  'cli/series',
  'conformance/mutant-language',
  'cli/usage',
  'parts/links/nobody-blamed',
  'conformance/over-link',
  'conformance/embedded',
  'cli/gate',
  'cli/conformance-page',
  'conformance/variants',
  'report/html/series.browser',
  'report/html-page.browser',
].map((name) => `/test/${name}.test.ts`);

function rankOf({ moduleId }: TestSpecification): number {
  const at = longest.findIndex((it) => moduleId.endsWith(it));
  return at === -1 ? longest.length : at;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own order, not the array's
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    projects: [
      // A test leaves nothing behind in its process: files share a worker, and what they import is loaded once.
      { extends: true, test: { name: 'shared', include: [allTests], exclude: [apartTests], isolate: false } },
      // Those that put something in the place of a module have their modules for themselves.
      { extends: true, test: { name: 'apart', include: [apartTests] } },
    ],
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Files share a process: what one put into the environment is gone before the next test, however it ended.
    unstubEnvs: true,
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
