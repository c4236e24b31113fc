// A job of a CI service as it can be had here: a container with a project in it, a broker as its service, and shell steps.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** Where a service finds its broker: at a port of the machine (GitHub), or by a name in the job's network (GitLab). */
export type ServicePlace = 'port' | 'name';

/** What is known of a step that has ended. */
export interface StepEnd {
  readonly status: number;
  /** Both outputs. */
  readonly output: string;
}

const runFile = promisify(execFile);
const docker = async (...args: string[]): Promise<string> => (await runFile('docker', args)).stdout.trim();

const inside = '/builds';

/** A running job; its folder holds the project, and keeps what the steps leave there. */
export class CiJob implements AsyncDisposable {
  readonly #name: string;
  readonly #workDir: string;

  private constructor(name: string, workDir: string) {
    this.#name = name;
    this.#workDir = workDir;
  }

  /**
   * Starts the service and the container of the job.
   * @param folder a folder of the test's own, with the project in `project`
   * @param images names of local images: with Node and npm, and of Mosquitto
   */
  static async start(
    folder: string,
    place: ServicePlace,
    images: { readonly node: string; readonly broker: string },
    environment: Readonly<Record<string, string>>,
  ): Promise<CiJob> {
    const job = new CiJob(basename(folder).toLowerCase(), join(inside, 'project'));
    const { network, service, runner } = job.#names();
    const config = join(folder, 'mosquitto.conf');
    writeFileSync(config, 'listener 1883\nallow_anonymous true\n', { mode: 0o644 });
    const label = '--label=io.fieldbench.test=ci-job';
    const user = `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    const variables = Object.entries({ HOME: '/tmp', CI: 'true', ...environment }).map(
      ([key, it]) => `--env=${key}=${it}`,
    );
    try {
      await docker('network', 'create', label, network);
      const mounted = `--volume=${config}:/mosquitto/config/mosquitto.conf:ro`;
      const named = ['--network-alias=broker', `--network=${network}`];
      await docker('run', '--rm', '--detach', label, `--name=${service}`, ...named, mounted, images.broker);
      const joined = place === 'port' ? `container:${service}` : network;
      const where = [`--name=${runner}`, `--network=${joined}`, `--volume=${folder}:${inside}`, user, ...variables];
      await docker('run', '--rm', '--detach', '--init', label, ...where, images.node, 'tail', '-f', '/dev/null');
      return job;
    } catch (error) {
      await job[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs shell lines as a step of their own, in bash with these options. */
  async step(lines: string, options: readonly string[]): Promise<StepEnd> {
    const args = ['exec', `--workdir=${this.#workDir}`, this.#names().runner, 'bash', ...options, '-c', lines];
    try {
      const { stdout, stderr } = await runFile('docker', args, { timeout: 150_000, maxBuffer: 2 ** 24 });
      return { status: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as {
        readonly code?: unknown;
        readonly stdout: string;
        readonly stderr: string;
      };
      if (typeof code !== 'number') throw error;
      return { status: code, output: stdout + stderr };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { network, service, runner } = this.#names();
    await docker('rm', '--force', runner, service).catch(() => undefined);
    await docker('network', 'rm', network).catch(() => undefined);
  }

  #names(): { readonly network: string; readonly service: string; readonly runner: string } {
    return { network: this.#name, service: `${this.#name}-broker`, runner: `${this.#name}-job` };
  }
}
