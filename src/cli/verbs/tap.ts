// `fieldbench tap`: real devices on one side, a real broker on the other, and both are judged while they talk.
import { readFileSync } from 'node:fs';
import type { Bench } from '../../bench/bench.ts';
import type { TapEntrance, TapTls } from '../../bench/tap-entrance.ts';
import type { StandingTap, TapAction } from '../../bench/tap.ts';
import { FieldbenchError } from '../../error.ts';
import { createJudge } from '../../judge/judge.ts';
import { rules } from '../../judge/rules.ts';
import { pause } from '../../net/clock.ts';
import { LiveFindings } from '../../report/live-findings.ts';
import { paintFor } from '../../report/paint.ts';
import { judgeOf } from '../../run/judge-run.ts';
import { prepareTap } from '../../run/tap-run.ts';
import { readFaultFile } from '../../scenario/fault-file.ts';
import { readTimeline } from '../../scenario/timeline-file.ts';
import { readLinkProfile } from '../../scenario/link-file.ts';
import { readTariff } from '../../scenario/tariff-file.ts';
import { tariffPath } from '../../run/shipped.ts';
import { listenToKeys } from '../keys.ts';
import { insistOnAllow, listenAddress } from '../listen-address.ts';
import { atMostWords, lengthOfTimeMs, readOptions, wholeNumber } from '../options.ts';
import { recordRun, reportFolder, wantsColour } from '../record.ts';
import { TapScreen } from '../tap-screen.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench tap --upstream TARGET [OPTIONS]

Real devices dial the tap, the tap dials the broker, and the rules judge both sides while they talk. It changes nothing
unless told. Ctrl-C (or q) ends it and prints what was found.

  --upstream T    the broker: a name of "fieldbench list targets", process:NAME, container:NAME, image:REF, a target
                  file (.yaml), mqtt://HOST:PORT, ws://HOST:PORT/PATH, or mqtts:// and wss:// over TLS
  --listen ADDR   where devices dial: HOST:PORT (default 127.0.0.1:1883, with TLS 8883, or any free
                  port where that is taken)
  --tls HOW       devices come over TLS: CERT,KEY (files) or auto (a certificate of this run, whose CA they must trust)
                  end it here; pass leaves it encrypted to the broker, and then nothing is judged
  --tls-host NAME a name or address that the certificate of --tls auto holds too; several times for several
  --ws            devices come over WebSocket
  --allow CIDR    who may connect, beside this machine; several times for several, needed to listen beyond loopback
  --max-connections N  one more is refused (default 2000)
  --link NAME     what the link is like: a shipped profile (fieldbench list links) or a file of one (default: plain)
  --tariff NAME   by which contract to bill: a shipped one (fieldbench list tariffs) or a file (default: the link's)
  --timeline FILE what the link does over time, as CSV or NDJSON; docs/links.md shows such a file
  --faults NAME   packet faults to play: shipped ones (fieldbench list faults) or a file; docs/faults.md shows more
  --no-judge      judge nothing: a plain link for any program
  --for TIME      end by itself, e.g. 10min
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report)
  --json          print results.json instead of words

Keys on the terminal, or lines on stdin:
  c  cut the link: nothing passes, connections hang       a  drop the next PUBACK
  r  restore it                                           p  hold the next PINGRESP
  h  half-open: up is dead, then down, in turn            q  quit         ?  these keys`;

const options = {
  upstream: { type: 'string' },
  listen: { type: 'string' },
  allow: { type: 'string', multiple: true },
  tls: { type: 'string' },
  'tls-host': { type: 'string', multiple: true },
  ws: { type: 'boolean', default: false },
  'max-connections': { type: 'string' },
  link: { type: 'string' },
  tariff: { type: 'string' },
  timeline: { type: 'string' },
  faults: { type: 'string' },
  'no-judge': { type: 'boolean', default: false },
  for: { type: 'string' },
  seed: { type: 'string', default: '1' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type TapWords = ReturnType<typeof readOptions<typeof options>>['values'];

const keyWords = 'c cut · r restore · h half-open · a drop the next PUBACK · p hold the next PINGRESP · q quit';

const actions: Readonly<Record<string, TapAction>> = {
  c: 'cut',
  r: 'restore',
  h: 'half-open',
  a: 'drop-puback',
  p: 'hold-pingresp',
};

export const tap: Verb = {
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, options);
    atMostWords(0, positionals);
    const seed = wholeNumber('seed', values.seed);
    const listenOn = values.listen === undefined ? undefined : listenAddress(values.listen);
    if (listenOn) insistOnAllow(listenOn, values.allow ?? []);
    const entrance = entranceOf(values);
    const profile = values.link === undefined ? undefined : await readLinkProfile(values.link);
    const tariffWord = values.tariff ?? profile?.tariff;
    const tariff = tariffWord === undefined ? undefined : await readTariff(tariffPath(tariffWord));
    const timeline = values.timeline === undefined ? undefined : await readTimeline(values.timeline);
    const faults = values.faults === undefined ? [] : await readFaultFile(values.faults);
    using hand = new Hand(signal);
    const screen = screenOf(values);
    if (profile?.caution !== undefined) screen.say(`! ${profile.name}: ${profile.caution}`);
    const prepared = prepareTap(
      {
        upstream: upstreamOf(values),
        judge: !values['no-judge'],
        seed,
        entrance,
        faults,
        words: repeatWords(args),
        ...(listenOn && { listenOn }),
        ...(profile && { profile }),
        ...(tariff && { tariff }),
        ...(timeline && { timeline }),
        ...(values.for !== undefined && { forMs: lengthOfTimeMs('for', values.for) }),
      },
      {
        leave: hand.leave,
        onStanding: (standing, bench) => hand.takes(standing, bench, screen),
        onLeaving: () => screen.closes(),
      },
    );
    const where = { reportDir: reportFolder(values.report, 'tap'), signal: hand.giveUp };
    return await recordRun(prepared, where, { json: values.json }, screen); // The hand stays until the run is over.
  },
};

function upstreamOf({ upstream }: TapWords): string {
  if (upstream !== undefined) return upstream;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: 'tap needs a broker',
    hint: 'for instance: fieldbench tap --upstream mqtt://192.168.7.1, or --upstream embedded',
  });
}

/** How devices come in. */
function entranceOf(values: TapWords): TapEntrance {
  const { tls, allow, ws, 'tls-host': hosts = [], 'max-connections': most } = values;
  return {
    ...(tls !== undefined && { tls: tlsOf(tls, hosts) }),
    ...(allow && { allow }),
    ...(ws && { webSocket: true }),
    ...(most !== undefined && { maxConnections: wholeNumber('max-connections', most) }),
  };
}

function tlsOf(word: string, hosts: readonly string[]): TapTls {
  if (word === 'auto') return { kind: 'auto', hosts };
  if (word === 'pass') return { kind: 'pass' };
  const [certFile, keyFile, ...more] = word.split(',');
  if (!certFile || !keyFile || more.length > 0) {
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: '--tls takes auto, pass, or two files',
      expected: 'CERT,KEY: a certificate with its chain, and its private key, both PEM',
      actual: `"${word}"`,
      hint: 'for instance: --tls broker.crt,broker.key',
    });
  }
  return { kind: 'given', certPem: pemIn(certFile), keyPem: pemIn(keyFile) };
}

function pemIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: `--tls names a file that cannot be read: ${file}`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'both files are PEM, and readable for this user',
      cause,
    });
  }
}

/** All but where the results go: that folder holds a run already. */
function repeatWords(args: readonly string[]): readonly string[] {
  return args.filter(
    (word, at) => !/^--(?:report|seed|json)(?:=|$)/.test(word) && !/^--(?:report|seed)$/.test(args[at - 1] ?? ''),
  );
}

function screenOf(values: TapWords): TapScreen {
  const output = values.json ? process.stderr : process.stdout;
  const paint = paintFor(!values.json && wantsColour());
  const judge = createJudge({ ...judgeOf({ mode: 'tap', parameters: {} }), rules });
  const findings = new LiveFindings(judge, { paint, width: output.columns ?? 100 });
  return new TapScreen({
    print: (line) => void output.write(`${line}\n`),
    status: process.stderr,
    ...(!values['no-judge'] && { findings }),
  });
}

/** The hand on the tap: keys, Ctrl-C, and the moment from which on leaving is no failure. */
class Hand implements Disposable {
  readonly #leave = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #stack = new DisposableStack();
  #stands = false;

  constructor(interrupted: AbortSignal) {
    const stop = (): void => (this.#stands ? this.#leave : this.#giveUp).abort(interrupted.reason);
    interrupted.addEventListener('abort', stop, { once: true });
    this.#stack.defer(() => interrupted.removeEventListener('abort', stop));
  }

  /** Whoever stops a tap that stands has seen enough. */
  get leave(): AbortSignal {
    return this.#leave.signal;
  }

  /** Whoever stops it before gets no run. */
  get giveUp(): AbortSignal {
    return this.#giveUp.signal;
  }

  takes(standing: StandingTap, { context: { clock } }: Bench, screen: TapScreen): void {
    this.#stands = true;
    screen.reads(() => standing.usage());
    const press = async (key: string): Promise<void> => {
      const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
      if (action !== undefined) await standing.act(action);
      else if (key === 'q') this.#leave.abort(new Error('q was pressed'));
      else screen.say(keyWords);
    };
    this.#stack.use(listenToKeys(process.stdin, (key) => void press(key)));
    screen.say(keyWords); // Only now do the keys do what it says.
    void this.#keepDrawing(() => screen.draw(clock.nowMs()), clock);
  }

  [Symbol.dispose](): void {
    this.#leave.abort(new Error('the run is over'));
    this.#stack.dispose();
  }

  /** Time passes where nothing happens, too. */
  async #keepDrawing(draw: () => void, clock: Bench['context']['clock']): Promise<void> {
    while (!this.leave.aborted) {
      draw();
      await pause(clock, 1000, this.leave).catch(() => {});
    }
  }
}
