// The links of a scenario: which profiles they name, what the scenario changes of them, and what they become over time.
import type { PlannedLink } from '../bench/plan.ts';
import type { PlannedAction } from '../bench/planned-action.ts';
import { FieldbenchError } from '../error.ts';
import { profileProblems } from '../faults/checked-profile.ts';
import { plainProfile, type LinkProfile } from '../faults/link-profile.ts';
import { figuresOf, placeOfFigure } from './link-figure.ts';
import { readLinkProfile } from './link-file.ts';
import { changedProfile, natOf } from './link-profile-of.ts';
import type { WrittenFigures, WrittenNat } from './link-schema.ts';
import type { Occurrence } from './occurrence.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { ScenarioStep } from './schema.ts';
import { timingKeys } from './step-timing.ts';
import { readAllNamed } from '../bench/files/named-files.ts';

/** Profiles by the words with which a scenario names them. */
export type LinkProfiles = ReadonlyMap<string, LinkProfile>;

type Shape = Extract<ScenarioStep, { shape: string }>;

/** A place of the file that describes a link. */
interface Described extends WrittenFigures {
  readonly profile?: string | undefined;
  readonly nat?: WrittenNat | undefined;
  readonly tariff?: string | undefined;
}

/**
 * Reads every profile that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readLinkProfiles(file: ScenarioFile): Promise<LinkProfiles> {
  const named = [...profileWords(file)].map(([key, path]) => ({
    key,
    at: file.place(path),
    read: () => readLinkProfile(key, file.file),
  }));
  return readAllNamed(file.file, named);
}

/** The words that name profiles, each with the first place where it stands. */
function profileWords({ scenario }: ScenarioFile): ReadonlyMap<string, readonly PropertyKey[]> {
  const places: [string | undefined, readonly PropertyKey[]][] = [
    ...Object.entries(scenario.links).map(([name, it]): [string | undefined, readonly PropertyKey[]] => [
      it.profile,
      ['links', name, 'profile'],
    ]),
    ...scenario.timeline.map((it, at): [string | undefined, readonly PropertyKey[]] => [
      'shape' in it ? it.profile : undefined,
      ['timeline', at, 'profile'],
    ]),
  ];
  const first = new Map<string, readonly PropertyKey[]>();
  for (const [word, path] of places) if (word !== undefined && !first.has(word)) first.set(word, path);
  return first;
}

/** The links of a scenario as a plan has them. */
export interface ScenarioLinks {
  readonly links: readonly PlannedLink[];
  /** What each step that shapes a link does, and what takes it back. */
  readonly shapes: ReadonlyMap<Occurrence, PlannedAction>;
  readonly errors: readonly FieldbenchError[];
}

/**
 * What the links are at the beginning, and what the timeline makes of them. A step whose moment is not known beforehand
 * starts from what those at known moments have made of its link.
 */
export function linksOf(file: ScenarioFile, profiles: LinkProfiles, occurrences: readonly Occurrence[]): ScenarioLinks {
  const { links } = file.scenario;
  const errors: FieldbenchError[] = [];
  const now = new Map<string, LinkProfile>();
  const become = (name: string, it: Described, path: readonly PropertyKey[]): LinkProfile => {
    const base = now.get(name) ?? plain(name);
    const profile = describedProfile(base, it, profiles);
    errors.push(...problemsOf(profile, it, { file, path }));
    now.set(name, profile);
    return profile;
  };
  const planned = Object.entries(links).map(([name, it]) => ({
    name,
    backend: it.backend,
    profile: become(name, it, ['links', name]),
  }));
  const shapes = new Map<Occurrence, PlannedAction>();
  /** What a link was before a step. */
  const before = new Map<Occurrence, LinkProfile>();
  for (const it of occurrences) {
    const { step, undoes, line } = it;
    if (!('shape' in step)) continue;
    const base = now.get(step.shape) ?? plain(step.shape);
    if (undoes === undefined) {
      before.set(it, base);
      shapes.set(it, shapeOf(step, become(step.shape, step, ['timeline', line])));
    } else {
      const profile = before.get(undoes) ?? base;
      now.set(step.shape, profile);
      shapes.set(it, { do: 'shape', link: step.shape, profile });
    }
  }
  return { links: planned, shapes, errors: distinct(errors) };
}

const plain = (name: string): LinkProfile => ({ ...plainProfile, name, title: 'figures of the scenario' });

/** A step that happens often is wrong once. */
function distinct(errors: readonly FieldbenchError[]): readonly FieldbenchError[] {
  return [...new Map(errors.map((it) => [it.message, it])).values()];
}

function describedProfile(base: LinkProfile, it: Described, profiles: LinkProfiles): LinkProfile {
  const named = it.profile === undefined ? base : (profiles.get(it.profile) ?? missing(it.profile));
  return { ...changedProfile(named, it), ...natOf(it), ...(it.tariff !== undefined && { tariff: it.tariff }) };
}

/** Delay and jitter alone change nothing else; anything more is a whole profile. */
function shapeOf(step: Shape, profile: LinkProfile): PlannedAction {
  const action = { do: 'shape', link: step.shape } as const;
  const known = new Set(['shape', 'rtt', 'delay', 'jitter', 'for', ...Object.keys(timingKeys)]);
  if (Object.keys(step).some((key) => !known.has(key))) return { ...action, profile };
  const { rtt, delay = rtt === undefined ? undefined : rtt / 2, jitter } = step;
  return {
    ...action,
    ...(delay !== undefined && { delayMs: delay }),
    ...(jitter !== undefined && { jitterMs: jitter }),
  };
}

function problemsOf(
  profile: LinkProfile,
  it: Described,
  { file, path }: { readonly file: ScenarioFile; readonly path: readonly PropertyKey[] },
): FieldbenchError[] {
  const written = new Set(figuresOf(it, {}).map((figure) => figure.path));
  const wrong = profileProblems(profile).map(({ path: figure, message, ...rest }) => {
    const at = file.place([...path, ...placeOfFigure(figure, written)]);
    return new FieldbenchError({ code: 'FB_LINK_FIGURES', message: `${path.join('.')}: ${message}`, at, ...rest });
  });
  return profile.carries === 'messages' && it.profile !== undefined
    ? [...wrong, carriesMessages(profile, file, path)]
    : wrong;
}

function carriesMessages(profile: LinkProfile, file: ScenarioFile, path: readonly PropertyKey[]): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `${path.join('.')}: ${profile.name} (${profile.title}) stores and forwards messages; no TCP connection, and so no MQTT, passes it`,
    expected: 'a link that carries streams',
    actual: 'carries: messages',
    at: file.place([...path, 'profile']),
    hint: 'fieldbench list links shows what each profile carries',
  });
}

function missing(word: string): never {
  throw new FieldbenchError({
    code: 'FB_LINK_UNKNOWN',
    message: `the link profile "${word}" was not read`,
    hint: 'give planOf what readLinkProfiles returns',
  });
}
