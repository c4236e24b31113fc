// Findings as they happen, with the packet.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { createJudge } from '../../src/judge/judge.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { rules } from '../../src/judge/rules.ts';
import { LiveFindings } from '../../src/report/live-findings.ts';
import { paintFor } from '../../src/report/paint.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, disconnect, pingreq, pubcomp, publish } from '../judge/packets.ts';
import { anyText } from './hostile.ts';

const onTap = { link: 'tap', target: 'broker' };

function newFindings(width = 200): LiveFindings {
  const judge = createJudge({ rules, parameters: defaultParameters, clients: 'devices' });
  return new LiveFindings(judge, { paint: paintFor(false), width });
}

/** What was said, with the event that brought it to light. */
function said(write: (h: HistoryOf) => unknown): readonly { readonly at: HistoryEvent; readonly text: string }[] {
  const history = new HistoryOf();
  write(history);
  const findings = newFindings();
  return history.events.flatMap((at) => findings.note(at).map((lines) => ({ at, text: lines.join('\n') })));
}

const join = (h: HistoryOf, clientId: string, keepAliveS = 0) =>
  h.conn('device', onTap).client(connect({ clientId, keepAliveS })).server(connack());

describe('a finding', () => {
  const all = said((h) => join(h, 'pump').server(publish(2, 7)).client(pubcomp(7)));
  const found = all.filter((it) => it.text.includes("device 'pump'")); // The broker was asked for nothing.

  test('comes with the very event that shows it', () => {
    expect(found.length).toBeGreaterThan(0);
    for (const { at } of found)
      expect(at).toMatchObject({ kind: 'packet', seenAt: 'clientEnd', direction: 'toServer' });
  });

  test('says when, who, which statement, what was expected and what came, and shows the packet', () => {
    const text = found.map((it) => it.text).join('\n');
    expect(text).toMatch(/^ {4}0\.009 {2}✗ fail {2}device 'pump' \(c1\) {2}MQTT-/m);
    expect(text).toContain('expected  ');
    expect(text).toContain('came      PUBCOMP 7');
    expect(text).toMatch(/> +0\.009 c1 +→ server PUBCOMP id 7/);
    expect(text).toContain("PUBLISH q2 id 7 't' 1 B");
  });

  test('on the broker names the broker', () => {
    const [first] = said((h) => join(h, 'pump').client(pingreq).server(publish(1)));
    expect(first?.text).toMatch(/✗ fail {2}broker \(c1\)/);
  });

  test('about silence points to where it began', () => {
    const [first] = said((h) => join(h, 'mute', 1).client(pingreq).wait(5000).ended('server'));
    expect(first?.at.kind).toBe('ended');
    expect(first?.text).toMatch(/> .*→ server PINGREQ/);
  });
});

test('what is right is not worth a line', () => {
  expect(
    said((h) => join(h, 'pump').client(pingreq).server({ type: 'PINGRESP' }).client(disconnect).ended('client')),
  ).toEqual([]);
});

test('nothing from the wire reaches the terminal as anything but text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const clientId = Buffer.from(text);
      for (const { text: lines } of said((h) =>
        h
          .conn('device', onTap)
          .client({ ...connect(), clientId })
          .server(publish(2, 7))
          .client(pubcomp(7)),
      )) {
        expect(lines.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});

test('an event that is no longer at hand is named by its number', () => {
  const found = said((h) => {
    const it = join(h, 'slow').server(publish(2, 7));
    for (let n = 0; n < 60; n++) it.client(pingreq).server({ type: 'PINGRESP' });
    it.wait(6000).client(pingreq).wait(6000).ended('client');
  });
  const missing = found.find((it) => it.text.includes('PUBREC 7'));
  expect(missing?.text).toMatch(/events \d+ of the journal/);
});

test('memory follows those who are there, not those who were', () => {
  const findings = newFindings();
  const history = new HistoryOf();
  for (let n = 0; n < 2000; n++) join(history, 'again').client(disconnect).ended('client');
  for (const event of history.events) findings.note(event);
  expect(findings.keptConnections).toBeLessThanOrEqual(200);
});
