// The rule behind one line of a scenario's expectations: a new expectation is one new file and one line here.
import type { Expectation } from './expectation.ts';
import { Account } from './expectations/account.ts';
import { CheaperThanMessages } from './expectations/cheaper.ts';
import { Counted } from './expectations/counted.ts';
import { Delivered } from './expectations/delivered.ts';
import { Latency } from './expectations/latency.ts';
import { FewerBytes } from './expectations/fewer-bytes.ts';
import { BillPerMonth } from './expectations/bill-per-month.ts';
import { BytesPerMonth } from './expectations/bytes-per-month.ts';
import { NoWill } from './expectations/no-will.ts';
import { Online } from './expectations/online.ts';
import { Reconnected } from './expectations/reconnected.ts';
import { Recovers } from './expectations/recovers.ts';
import { RetainedFresh } from './expectations/retained-fresh.ts';
import { SessionResumed } from './expectations/session-resumed.ts';
import { WillWithin } from './expectations/will.ts';
import type { Scenario, ScenarioExpectation } from './schema.ts';

/** Kinds of devices that record what they mean to publish. Of any other the first tap has to tell. */
const recording = new Set<string>(['sensor', 'subscriber', 'modbus-mqtt', 'mqtt-js', 'paho-python']);

/** The rule behind one line of `expectations:`. */
export function expectationOf(line: ScenarioExpectation, { devices }: Pick<Scenario, 'devices'>): Expectation {
  const hasIntents = (name: string): boolean => recording.has(devices[name]?.kind ?? '');
  if ('delivered' in line) return new Delivered(line.delivered);
  if ('account' in line) return new Account({ ...line.account, hasIntents: hasIntents(line.account.from) });
  if ('latency' in line) {
    const { p50: p50Ms, p99: p99Ms, ...ends } = line.latency;
    return new Latency({ ...ends, p50Ms, p99Ms, hasIntents: hasIntents(ends.from) });
  }
  if ('will' in line) {
    const { within: withinMs, of, to } = line.will;
    return withinMs === undefined ? new NoWill({ of, to }) : new WillWithin({ of, to, withinMs });
  }
  if ('reconnected' in line) {
    return new Reconnected({ device: line.reconnected.device, withinMs: line.reconnected.within });
  }
  if ('retainedFresh' in line) return new RetainedFresh(line.retainedFresh);
  if ('sessionResumed' in line) return new SessionResumed(line.sessionResumed);
  if ('online' in line) return new Online({ ...line.online, sharePct: line.online.share });
  if ('recovers' in line) {
    const { after, within: withinMs, share: sharePct } = line.recovers;
    return new Recovers({ after, withinMs, sharePct });
  }
  if ('bytes' in line) {
    const { of, atMost: atMostB, below } = line.bytes;
    return below === undefined ? new BytesPerMonth({ of, atMostB: atMostB ?? 0 }) : new FewerBytes({ of, than: below });
  }
  if ('bill' in line) {
    const { of, atMost } = line.bill;
    return new BillPerMonth({ of, atMost: atMost.amount, currency: atMost.currency });
  }
  if ('cheaper' in line) {
    const { of, message, size: messageB } = line.cheaper;
    return new CheaperThanMessages({ of, messageB, price: message.amount, currency: message.currency });
  }
  return new Counted(line.counted);
}
