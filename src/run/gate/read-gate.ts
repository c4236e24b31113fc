// What a run is to be decided by, read and checked before anything starts.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { gateVerdicts, type GateVerdict, type RunGate } from '../../history/run-gate.ts';
import { quoted } from '../quoted.ts';
import { readBaseline } from './baseline-file.ts';
import { readWaivers } from './waiver-file.ts';

/** How a user says what a run is decided by. */
export interface GateOptions {
  /** A results.json of an earlier run, or its folder: only what is new fails. */
  readonly baseline?: string;
  /** A file of waivers. */
  readonly waivers?: string;
  /** Verdicts that fail the run beside `fail`. */
  readonly failOn?: readonly string[];
}

/**
 * Reads what a run is decided by; nothing where nothing was asked for.
 *
 * @param targets names of the targets that will be judged
 * @param today ISO date in UTC
 * @throws FieldbenchError `FB_USAGE`, `FB_BASELINE`, `FB_BASELINE_OTHER`, `FB_WAIVERS_FILE`; FileErrors for what is
 *   wrong with the waivers
 */
export async function readGate(
  options: GateOptions,
  targets: readonly string[],
  today: string,
): Promise<RunGate | undefined> {
  const { baseline, waivers, failOn = [] } = options;
  if (baseline === undefined && waivers === undefined && failOn.length === 0) return undefined;
  const asked = new Set(failOn.map(gateVerdict));
  return {
    today,
    failOn: gateVerdicts.filter((it) => it === 'fail' || asked.has(it)),
    ...(waivers !== undefined && { waivers: await readWaivers(waivers) }),
    ...(baseline !== undefined && { baseline: await readBaseline(baseline, targets) }),
  };
}

/** The words of a command line that ask for the same. */
export function gateWords({ baseline, waivers, failOn }: RunGate): readonly string[] {
  const besides = failOn.filter((it) => it !== 'fail');
  return [
    ...(baseline === undefined ? [] : [`--baseline ${quoted(baseline.file)}`]),
    ...(waivers === undefined ? [] : [`--waivers ${quoted(waivers.file)}`]),
    ...(besides.length === 0 ? [] : [`--fail-on ${besides.join(',')}`]),
  ];
}

function gateVerdict(word: string): GateVerdict {
  const found = gateVerdicts.find((it) => it === word);
  if (found !== undefined) return found;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `--fail-on takes no "${word}"`,
    expected: `${gateVerdicts.join(', ')}, several with commas`,
    hint: didYouMean(word, gateVerdicts),
  });
}
