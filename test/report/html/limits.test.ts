// Declared limits in the headline: once each, with a link only where the source is an address of the web.
import { expect, test } from 'vitest';
import { limitText } from '../../../src/report/html/limits.ts';

test.each([
  [
    { says: 'no QoS 2', source: 'https://docs.example/limits' },
    'no QoS 2 (<a href="https://docs.example/limits" rel="noreferrer noopener">source</a>)',
  ],
  [{ says: 'x', source: 'javascript:alert(1)' }, 'x (javascript:alert(1))'],
  [{ says: 'x', source: ' data:text/html,<b>' }, 'x ( data:text/html,&#60;b&#62;)'],
])('%o', (limit, markup) => {
  expect(limitText(limit).toString()).toBe(markup);
});
