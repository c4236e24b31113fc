// Expectations that hold one way against another, on written histories: cheaper than single messages, fewer bytes than polling.
import { describe, expect, test } from 'vitest';
import type { Expectation, Outcome } from '../../../src/scenario/expectation.ts';
import { CheaperThanMessages } from '../../../src/scenario/expectations/cheaper.ts';
import { FewerBytes } from '../../../src/scenario/expectations/fewer-bytes.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { connack, connect, publish } from '../../judge/packets.ts';

function outcomeOf(expectation: Expectation, write: (history: HistoryOf) => unknown): Outcome {
  const history = new HistoryOf();
  write(history);
  for (const event of history.events) expectation.step(event);
  return expectation.end();
}

/** Half a minute: a month is 86,400 times as long. */
function usage(history: HistoryOf, link: string, more: Readonly<Record<string, string | number>> = {}): void {
  const data = { link, tookMs: 30_000, upIpB: 700, downIpB: 300, ...more };
  history.record({ kind: 'mark', name: 'link-usage', data });
}

const sent =
  (payloads: readonly string[], monthCost?: number) =>
  (history: HistoryOf): void => {
    const level = history
      .conn('level', { server: 'broker' })
      .client(connect({ clientId: 'level' }))
      .server(connack(0));
    for (const text of payloads) level.client(publish(0, undefined, { topic: 'a', payload: Buffer.from(text) }));
    usage(
      history,
      'gprs/level',
      monthCost === undefined ? {} : { tariff: '2g', monthCost, currency: 'USD', assumed: '' },
    );
  };
const cheaper = (currency = 'USD') => new CheaperThanMessages({ of: 'level', price: 0.05, currency, messageB: 140 });

describe('cheaper than single messages', () => {
  // Two messages in half a minute are 172,800 in a month, 8640 USD.
  test('costs less', () => expect(outcomeOf(cheaper(), sent(['x', 'y'], 8639)).verdict).toBe('pass'));
  test('costs as much', () =>
    expect(outcomeOf(cheaper(), sent(['x', 'y'], 8640))).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/^8640 USD a month, and 8640 USD for 172800 single messages/) as string,
    }));
  test('what does not fit into one message is several', () => {
    expect(outcomeOf(cheaper(), sent(['x'.repeat(140)], 4319)).verdict).toBe('pass');
    expect(outcomeOf(cheaper(), sent(['x'.repeat(140)], 4320)).verdict).toBe('fail');
    expect(outcomeOf(cheaper(), sent(['x'.repeat(141)], 8639)).verdict).toBe('pass');
  });
  test('without a tariff, or without a message, there is nothing to compare', () => {
    expect(outcomeOf(cheaper(), sent(['x'])).verdict).toBe('notExercised');
    expect(outcomeOf(cheaper(), sent([], 1)).verdict).toBe('notExercised');
  });
  test('in another currency is not compared', () =>
    expect(outcomeOf(cheaper('EUR'), sent(['x'], 1)).verdict).toBe('inconclusive'));
});

const fewer = () => new FewerBytes({ of: 'phone', than: 'browser' });
const carried = (other: number) => (history: HistoryOf) => {
  usage(history, 'radio/phone');
  usage(history, 'radio/browser', { upIpB: other - 300 });
};

describe('fewer bytes than another', () => {
  test('carries fewer', () => expect(outcomeOf(fewer(), carried(1001)).verdict).toBe('pass'));
  test('carries as many', () =>
    expect(outcomeOf(fewer(), carried(1000))).toMatchObject({
      verdict: 'fail',
      actual: expect.stringMatching(/^phone 86\.4 MB a month, browser 86\.4 MB/) as string,
    }));
  test('one of them has no link', () =>
    expect(outcomeOf(fewer(), (history) => usage(history, 'radio/phone'))).toMatchObject({
      verdict: 'notExercised',
      actual: 'browser has no link that counts bytes',
    }));
});
