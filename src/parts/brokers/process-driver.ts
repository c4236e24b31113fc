// Any broker that is a process of this machine, started as its target file says.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FieldbenchError } from '../../error.ts';
import type { BrokerDriver, PartContext, StartedBroker } from '../part.ts';
import { startBroker, type BrokerInstance } from './broker-life.ts';
import { entrancesOf, equip, portNames, tlsFiles, valuesOf } from './equipment.ts';
import { findProgram } from './find-program.ts';
import { freePorts } from './free-port.ts';
import { launchProcess, plainEnvironment } from './local-process.ts';
import { filled } from './placeholders.ts';
import { filesOf, securedPlan } from './instance-plan.ts';
import type { Described, InstancePlan, ProcessWay } from './target-way.ts';
import { outputOf, versionOf } from './version-of.ts';

const host = '127.0.0.1';

/** How a described broker is started as a process. */
export function processDriver(described: Described, way: ProcessWay): BrokerDriver {
  const start = (name: string, plan: InstancePlan, context: PartContext): Promise<StartedBroker> =>
    startProcess({ name, described, way, plan }, context);
  return {
    kind: described.name,
    start: (name, context) => start(name, way, context),
    ...(way.secured && { startSecured: (name, context) => start(name, securedPlan(way), context) }),
  };
}

/** Which instance of what is started. */
interface Starting {
  readonly name: string;
  readonly described: Described;
  readonly way: ProcessWay;
  readonly plan: InstancePlan;
}

async function startProcess({ name, described, way, plan }: Starting, context: PartContext): Promise<StartedBroker> {
  const program = await findWhatItNeeds(described, way);
  const user = way.user === undefined ? undefined : await userByName(way.user);
  const names = portNames(plan);
  const ports = await freePorts(names.length);
  const folder = newFolder(`${described.name}-${ports[0]}`, user, context);
  try {
    const equipment = await equip(plan, new Map(names.map((it, at) => [it, ports[at] ?? 0])));
    const words = { program, here: described.here, node: process.execPath };
    const valueOf = valuesOf({ dir: folder, host, ports: equipment.ports, words }, equipment.login);
    const fill = (text: string): string => filled(text, valueOf);
    const environment = {
      ...Object.fromEntries(
        way.inherit.flatMap((it) => (process.env[it] === undefined ? [] : [[it, process.env[it]]])),
      ),
      ...Object.fromEntries(Object.entries(plan.environment).map(([key, text]) => [key, fill(text)])),
    };
    writeFiles(folder, { ...filesOf(plan, described, fill), ...tlsFiles(equipment) });
    if (user) giveTo(folder, user);
    for (const command of way.before) await runBefore(described, command.map(fill), { folder, environment, user });
    const version = await versionOf(way.version, {
      run: (command) => outputOf(command.map(fill), { folder, environment }),
      here: described.here,
    });
    const launch = (): Promise<BrokerInstance> => {
      const started = launchProcess(
        {
          command: program,
          args: plan.args.map(fill),
          what: `broker ${name} (${described.name})`,
          folder,
          environment,
          saysOnBoth: true,
          graceMs: way.stopWithin,
          ...(user && { user }),
        },
        context,
      );
      return Promise.resolve({ ...started, version });
    };
    const { first, others, variants } = entrancesOf(plan, equipment);
    const recipe = {
      how: [program, ...plan.args].join(' '),
      ...first,
      alsoReady: others,
      variants,
      launch,
      readyWithinMs: way.readyWithin,
      clear: () => Promise.resolve(removeFolder(folder, context)),
    };
    return await startBroker(name, recipe, context);
  } catch (error) {
    removeFolder(folder, context);
    throw error;
  }
}

/**
 * Path of the program.
 * @throws FieldbenchError `FB_BROKER_ABSENT`
 */
async function findWhatItNeeds({ name, install, here }: Described, way: ProcessWay): Promise<string> {
  const names = way.program.map((it) => filled(it, (word) => (word === 'node' ? process.execPath : here)));
  const program = await findProgram(names);
  const missing: string[] = [];
  for (const it of way.needs.map((path) => resolve(here, path))) {
    await access(it).catch(() => missing.push(it));
  }
  if (program !== undefined && missing.length === 0) return program;
  const ways = Object.entries(install).map(([system, command]) => `${system}: ${command}`);
  throw new FieldbenchError({
    code: 'FB_BROKER_ABSENT',
    message: `${name} is not installed on this machine`,
    expected: program === undefined ? `one of ${names.join(', ')}` : missing.join(', '),
    hint: `install it${ways.length === 0 ? '' : ` (${ways.join('; ')})`}, or use the target "embedded"`,
  });
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const runFile = promisify(execFile);

/** Nobody but root can start a program as somebody else, and nobody else needs to: gives nothing then. */
async function userByName(name: string): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (what) => Number((await runFile('id', [what, name])).stdout)),
  );
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Another user may not enter the run's own folder: such an instance has one below the temporary folder. */
function newFolder(name: string, user: User | undefined, { owns }: PartContext): string {
  if (user === undefined) {
    const folder = join(owns.scratch, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  const folder = mkdtempSync(join(tmpdir(), `fieldbench-${name}-`));
  owns.ownPath(folder);
  return folder;
}

function removeFolder(folder: string, { owns }: PartContext): void {
  // Helpers of the broker that were just killed may still be writing into it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  owns.release(folder);
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }
}

function giveTo(folder: string, { uid, gid }: User): void {
  chmodSync(folder, 0o700);
  for (const it of [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ]) {
    chownSync(it, uid, gid);
  }
}

const beforeMs = 60_000;

async function runBefore(
  { name }: Described,
  [program = '', ...args]: readonly string[],
  it: {
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly user: User | undefined;
  },
): Promise<void> {
  const env = { ...plainEnvironment(), ...it.environment };
  await runFile(program, args, { cwd: it.folder, env, timeout: beforeMs, ...it.user }).catch((cause: unknown) => {
    throw new FieldbenchError({
      code: 'FB_BROKER_START',
      message: `${name} could not be prepared: "${program}" failed`,
      actual:
        cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() || cause.message : String(cause),
      hint: 'it stands under "before" in the target file',
      cause,
    });
  });
}
