// The package as npm would publish it, installed into an empty project: what users get, for every test about that.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a project with vitest and TypeScript has anyway. */
const given = ['typescript', 'vitest', '@types/node'];

/** A folder with the tarball in it, and a project beside the tarball that has installed it. */
export class PackedProject implements Disposable {
  /** There from {@link install} on. */
  readonly folder = join(tmpdir(), `fieldbench-installed-${randomUUID()}`);
  readonly project = join(this.folder, 'project');

  /** Packs and installs; takes half a minute, and builds `dist` anew, so that no two may do so at a time. */
  install(): void {
    mkdirSync(this.folder, { mode: 0o700 });
    this.run(root, 'npm', 'pack', '--pack-destination', this.folder);
    mkdirSync(this.project);
    writeFileSync(
      join(this.project, 'package.json'),
      JSON.stringify({ name: 'project', private: true, type: 'module' }),
    );
    this.run(this.project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `../${this.tarball}`);
    mkdirSync(join(this.project, 'node_modules', '@types'), { recursive: true });
    for (const name of given) {
      const place = join(this.project, 'node_modules', name);
      if (!existsSync(place)) symlinkSync(join(root, 'node_modules', name), place);
    }
    const command = join('node_modules', '.bin', 'vitest');
    if (!existsSync(join(this.project, command))) symlinkSync(join(root, command), join(this.project, command));
  }

  /** Name of the tarball. */
  get tarball(): string {
    return basename(readdirSync(this.folder).find((it) => it.endsWith('.tgz')) ?? 'none');
  }

  /** Runs a command in a folder; gives what it printed. */
  run(cwd: string, command: string, ...args: string[]): string {
    const env = this.environment();
    const { status, error, stdout, stderr } = spawnSync(command, args, {
      cwd,
      encoding: 'utf8',
      env,
      timeout: 150_000,
    });
    if (status === 0) return stdout;
    throw new Error(`${[command, ...args].join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
  }

  /** Runs the installed command in a folder. */
  npx(cwd: string, ...args: string[]): string {
    return this.run(cwd, 'npx', '--no-install', 'fieldbench', ...args);
  }

  /** A user's shell, with our Node: nothing of the test run that this file belongs to. */
  environment(): NodeJS.ProcessEnv {
    // Whom a machine trusts is not of the test run: without it npm may reach no registry.
    const ofTheRun = /^(?:npm_|VITEST|NODE_(?!EXTRA_CA_CERTS$)|FIELDBENCH_|TEST$)/i;
    const own = Object.entries(process.env).filter(([name]) => !ofTheRun.test(name));
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    return { ...Object.fromEntries(own), PATH: path, NO_COLOR: '1', FIELDBENCH_STATE: join(this.folder, 'state') };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
