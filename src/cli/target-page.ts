// Targets on the terminal: what there is to judge, and all that the file of one says.
import { shippedTarget, shippedTargets, type TargetFile } from '../bench/target/target-file.ts';
import { ways } from '../bench/target/target-schema.ts';
import { didYouMean, FieldbenchError } from '../error.ts';
import { limitLine } from '../history/event.ts';
import { listenersOf, type InstanceChange, type InstancePlan } from '../parts/brokers/target-way.ts';
import type { Page, Rows } from './table.ts';

/** One row for each shipped target, with the ways to have it; then what else a target can be. */
export function targetRows(): Rows {
  const shipped = shippedTargets().flatMap((name) => shippedTarget(name) ?? []);
  return [
    ...shipped.map((it) => [it.name, waysOf(it).join(', '), titleOf(it)]),
    ['process:NAME', '', 'a shipped target as a process of this machine'],
    ['container:NAME', '', 'a shipped target in a container'],
    ['image:REF', '', 'a container of any image, with MQTT on port 1883 for everybody'],
    ['mqtt://HOST:PORT', '', 'a running broker'],
    ['ws://HOST:PORT/PATH', '', 'a running broker, over WebSocket'],
    ['mqtts:// and wss://', '', 'the same over TLS'],
    ['FILE.yaml', '', 'a target file of your own'],
    ['NAME@...', '', 'before an image, a URL or a file: the declared limits of NAME hold there too'],
  ];
}

function titleOf({ target: { title, status, limits } }: TargetFile): string {
  const remarks = [...(status === 'untested' ? [status] : []), ...limits.map((it) => `limit: ${it.says}`)];
  return [title, ...remarks].join('; ');
}

const waysOf = ({ target }: TargetFile): readonly string[] => ways.filter((way) => target[way] !== undefined);

/** @throws FieldbenchError `FB_TARGET_UNKNOWN` */
export function targetPage(name: string): Page {
  const file = shippedTarget(name);
  if (file === undefined) {
    throw new FieldbenchError({
      code: 'FB_TARGET_UNKNOWN',
      message: `there is no target "${name}"`,
      hint: didYouMean(name, shippedTargets()),
    });
  }
  const { title, notes, status, install, limits, allows } = file.target;
  return {
    words: [title, ...(notes === undefined ? [] : [notes])],
    rows: [
      ['status', status],
      ...Object.entries(install).map(([system, command]) => ['install', `${system}: ${command}`]),
      ...wayRows(file),
      ...limits.map((it) => ['limit', `${it.needs}: ${limitLine(it)}`]),
      ['allows', allows.join(', ') || 'nothing'],
    ],
  };
}

function wayRows({ target: { embedded, process: local, container, remote } }: TargetFile): Rows {
  return [
    ...(embedded === undefined ? [] : [['embedded', `npm ${embedded}`]]),
    ...(local ? [['process', [local.program.join(' or '), ...local.args].join(' ')], ...listenerRows(local)] : []),
    ...(container ? [['container', imagesOf(container)], ...listenerRows(container)] : []),
    ...(remote ? [['remote', remote.url]] : []),
  ];
}

const imagesOf = ({ image, local }: { readonly image: string; readonly local?: string | undefined }): string =>
  local === undefined ? image : `${local} where it was built, else ${image}`;

function listenerRows(way: InstancePlan & { readonly secured?: InstanceChange | undefined }): Rows {
  const plain = listenersOf(way.listeners).map(([name]) => name);
  const secured = listenersOf(way.secured?.listeners ?? {}).map(([name]) => name);
  const more = secured.filter((name) => !plain.includes(name));
  const apart = more.length === 0 ? '' : `; by another instance: ${more.join(', ')}`;
  return [['', `listeners: ${plain.join(', ')}${apart}`]];
}
