// What the services would make of the CI examples: their steps in order, and the shell options that they are run under.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../support/packed-project.ts';

const strings = z.record(z.string(), z.string());

const workflow = z.object({
  jobs: z.object({
    conformance: z.object({
      env: strings,
      steps: z.array(z.object({ name: z.string().optional(), if: z.string().optional(), run: z.string().optional() })),
    }),
  }),
});

const pipeline = z.object({
  conformance: z.object({
    variables: strings,
    before_script: z.array(z.string()),
    script: z.array(z.string()),
    artifacts: z.object({ paths: z.array(z.string()), reports: z.object({ junit: z.string() }) }),
  }),
});

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const example = (file: string): unknown => parse(read(join('examples', 'ci', file)));

/** The job for GitHub. */
export const gitHubJob = workflow.parse(example('github-actions.yml')).jobs.conformance;
/** The job for GitLab. */
export const gitLabJob = pipeline.parse(example('gitlab-ci.yml')).conformance;

/** GitHub writes the lines of a step that names no shell to a file, and runs it by `bash -e`. */
export const gitHubShell = ['-e'];
/** A runner of GitLab makes one script of before_script and script. */
export const gitLabShell = ['-e', '-o', 'pipefail'];

/** The lines by which docs/ci.md makes the first baseline. */
export function firstTime(): string {
  const [, lines] = /^## The first time\n[^]*?^```sh\n([^]*?)^```/m.exec(read(join('docs', 'ci.md'))) ?? [];
  if (lines === undefined) throw new Error('docs/ci.md has no block for the first time');
  return lines;
}
