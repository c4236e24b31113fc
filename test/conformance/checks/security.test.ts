// What the security group makes of what it saw: a refusal passes only where somebody else was let in, and an effect fails.
import { describe, expect, test } from 'vitest';
import { securityAclChecks } from '../../../src/conformance/checks/security-acl.ts';
import { securityLoginChecks } from '../../../src/conformance/checks/security-login.ts';
import { securityRefusedSessionChecks } from '../../../src/conformance/checks/security-refused-session.ts';
import { securityRefusedChecks } from '../../../src/conformance/checks/security-refused.ts';
import { securityTlsChecks } from '../../../src/conformance/checks/security-tls.ts';
import type { Conn } from '../../judge/history-of.ts';
import { connack, connect, pingreq, pingresp, pubcomp, publish, suback, subscribe } from '../../judge/packets.ts';
import { judged, type Story } from './judged.ts';

const accepted: Story = (it) => it.client(connect()).server(connack());
const refused: Story = (it) => it.taint().client(connect()).server(connack(5)).ended('server');
const closed: Story = (it) => it.taint().client(connect()).ended('server');
const open: Story = (it) => it.taint().client(connect()).server(connack(5));
const letIn: Story = (it) => it.taint().client(connect()).server(connack());
const nothing: Story = () => undefined;
const text = (topic: string, payload: string) => publish(0, undefined, { topic, payload: Buffer.from(payload) });

const loginVerdicts = (story: Story, control: Story = accepted): readonly string[] =>
  judged(securityLoginChecks, 'security/missing-login', [
    ['before', control],
    ['nobody', story],
    ['userOnly', refused],
    ['after', control],
  ])
    .slice(0, -2)
    .map((it) => `${it.statement?.slice(8)} ${it.verdict}`);

const certificateVerdict = (story: Story, control: Story = accepted): string | undefined =>
  judged(securityTlsChecks, 'security/client-certificate-expired', [
    ['before', control],
    ['refused', story],
    ['after', control],
  ])[0]?.verdict;

const serverVerdict = (trusting: Story, distrusting: Story, anybody: Story): string | undefined =>
  judged(securityTlsChecks, 'security/tls-own-certificate', [
    ['trusting', trusting],
    ['distrusting', distrusting],
    ['anybody', anybody],
  ])[0]?.verdict;

const untrusted: Story = (it) => it.ended('client', 'error');

const plainVerdict = (story: Story, control: Story): string | undefined =>
  judged(securityTlsChecks, 'security/tls-plain-bytes', [
    ['before', control],
    ['plain', story],
    ['after', control],
  ])[0]?.verdict;

const takeOver = (attack: Story, holder: Story, heir: Story = accepted): string | undefined =>
  judged(securityRefusedChecks, 'security/refused-take-over', [
    ['wrong', attack],
    ['holderwrong', holder],
    ['heirwrong', heir],
    ['nobody', refused],
    ['holdernobody', nothing],
    ['heirnobody', nothing],
  ])[0]?.verdict;

const lives = (it: Conn): Conn => it.client(connect(), pingreq).server(connack(), pingresp);

const exchange = (copies: number, story: Story, undisturbed = 1): string | undefined =>
  judged(securityRefusedSessionChecks, 'security/refused-exchange', [
    ['wrong', refused],
    ['senderwrong', story],
    [
      'observer',
      (it) =>
        it.server(
          ...Array.from({ length: copies }, () => text('p/exchange', 'wrong')),
          ...Array.from({ length: undisturbed }, () => text('p/exchange', 'undisturbed')),
        ),
    ],
    ['nobody', refused],
    ['sendernobody', nothing],
  ])[0]?.verdict;

const finished: Story = (it) => it.client(publish(2, 1, { dup: true })).server(pubcomp(1));

const session = (fresh: Conn | boolean, kept: boolean, message: boolean, control = true): readonly string[] =>
  judged(securityRefusedSessionChecks, 'security/refused-session', [
    ['control', (it) => it.server(connack(0, control), text('p/session', 'sentinel'))],
    ['wrong', refused],
    ['freshwrong', (it) => it.server(connack(0, fresh === true))],
    ['cleanwrong', refused],
    ['keptwrong', (it) => it.server(connack(0, kept), ...(message ? [text('p/session', 'sentinel')] : []))],
    ['nobody', letIn],
    ['freshnobody', nothing],
    ['cleannobody', letIn],
    ['keptnobody', nothing],
  ]).map((it) => it.verdict);

const will = (came: readonly string[], gone = true): string | undefined =>
  judged(securityRefusedChecks, 'security/refused-will', [
    ['wronglive', refused],
    ['wrongkept', refused],
    ['nobodylive', refused],
    ['nobodykept', refused],
    [
      'observer',
      (it) =>
        it.server(
          ...(gone ? [text('p/gone', 'gone')] : []),
          ...came.map((payload) => text('p/will/wrong/live', payload)),
        ),
    ],
    ['late', (it) => it.server(text('p/known', 'kept'))],
  ])[0]?.verdict;

const sent: Story = (it) => it.client(text('p/denied/x', 'denied'));

const publishVerdict = (...got: readonly (readonly [string, string])[]): string | undefined =>
  judged(securityAclChecks, 'security/acl-publish', [
    ['denied0', sent],
    ['denied1', sent],
    ['observer', (it) => it.server(...got.map(([topic, payload]) => text(topic, payload)))],
  ])[0]?.verdict;

const subscribeVerdict = (reader: Story, permitted = true): string | undefined =>
  judged(securityAclChecks, 'security/acl-subscribe', [
    ['exact', reader],
    ['exactKept', nothing],
    ['wide', nothing],
    ['observer', (it) => it.server(text('p/denied/x', 'sentinel'), text('p/denied/kept', 'sentinel'))],
    [
      'permitted',
      (it) => (permitted ? it.server(text('p/allowed/x', 'sentinel'), text('p/allowed/kept', 'sentinel')) : undefined),
    ],
  ])[0]?.verdict;

const asked = (it: Conn): Conn => it.client(subscribe(1, { 'p/denied/x': 1 }));

const retainedVerdicts = (...got: readonly (readonly [string, string])[]): readonly string[] =>
  judged(securityAclChecks, 'security/acl-retained', [
    ['retaining', sent],
    ['clearing', sent],
    ['late', (it) => it.server(...got.map(([topic, payload]) => text(topic, payload)))],
  ]).map((it) => it.verdict);

const willVerdict = (...got: readonly (readonly [string, string])[]): string | undefined =>
  judged(securityAclChecks, 'security/acl-will', [
    ['live', letIn],
    ['kept', refused],
    ['observer', (it) => it.server(...got.map(([topic, payload]) => text(topic, payload)))],
    ['late', (it) => it.server(text('p/allowed/will', 'sentinel'))],
  ])[0]?.verdict;

describe('a wrong login', () => {
  test('is to be closed on, and should be refused by code', () => {
    expect(loginVerdicts(refused)).toEqual(['NN-14 pass', 'NN-17 pass']);
    expect(loginVerdicts(closed)).toEqual(['NN-14 pass', 'NN-17 warn']);
    expect(loginVerdicts((it) => it.taint().client(connect()).server(connack(3)).ended('server'))).toEqual([
      'NN-14 pass',
      'NN-17 warn',
    ]);
  });

  test('may neither be let in nor be left open', () => {
    expect(loginVerdicts(letIn)).toEqual(['NN-14 fail']);
    expect(loginVerdicts(open)).toEqual(['NN-14 fail']);
  });

  test('shows nothing on a server that refuses the right one too, or closes before it was asked', () => {
    const all = (control: Story) =>
      judged(securityLoginChecks, 'security/unknown-user', [
        ['before', control],
        ['unknown', refused],
        ['empty', (it) => it.ended('server')],
        ['after', control],
      ]).map((it) => it.verdict);
    expect(all(refused)).toEqual(['inconclusive', 'inconclusive']);
    expect(all(accepted)).toEqual(['pass', 'pass', 'inconclusive']);
  });
});

describe('a client certificate', () => {
  test('is refused in the handshake, behind it, or by CONNACK', () => {
    expect(certificateVerdict((it) => it.ended('server', 'error'))).toBe('pass');
    expect(certificateVerdict((it) => it.client(connect()).ended('server', 'rst'))).toBe('pass');
    expect(certificateVerdict((it) => it.client(connect()).server(connack(5)))).toBe('pass');
  });

  test('that is let in fails, and one that is left hanging is a remark', () => {
    expect(certificateVerdict(accepted)).toBe('fail');
    expect(certificateVerdict((it) => it.client(connect()))).toBe('warn');
  });

  test('shows nothing where a good one is refused too', () => {
    expect(
      certificateVerdict(
        (it) => it.ended('server', 'error'),
        (it) => it.ended('server', 'error'),
      ),
    ).toBe('inconclusive');
  });
});

describe('the certificate of the server', () => {
  test('is taken by who trusts its CA, and by nobody else', () => {
    expect(serverVerdict(accepted, untrusted, accepted)).toBe('pass');
    expect(serverVerdict(untrusted, untrusted, accepted)).toBe('fail');
    expect(serverVerdict(accepted, accepted, accepted)).toBe('fail');
  });

  test('is not judged where nobody answers', () => {
    expect(serverVerdict(untrusted, untrusted, untrusted)).toBe('inconclusive');
  });

  test('MQTT without TLS is not served at its port', () => {
    expect(plainVerdict(closed, accepted)).toBe('pass');
    expect(plainVerdict(letIn, accepted)).toBe('fail');
    expect(plainVerdict(closed, untrusted)).toBe('inconclusive');
  });
});

describe('a refused client', () => {
  test('ends nobody’s connection', () => {
    // A story is told whole, so that nobody's end can lie behind the heir: that it passes, real brokers show.
    expect(takeOver(refused, (it) => lives(it).ended('server'), nothing)).toBe('fail');
    expect(takeOver(refused, lives)).toBe('inconclusive');
    expect(takeOver(letIn, (it) => lives(it).ended('server'))).toBe('notExercised');
    expect(takeOver(refused, (it) => it.client(connect()).server(connack()))).toBe('inconclusive');
  });

  test('disturbs no exchange', () => {
    expect(exchange(1, finished)).toBe('pass');
    expect(exchange(2, finished)).toBe('fail');
    expect(exchange(0, finished)).toBe('inconclusive');
    expect(exchange(1, nothing)).toBe('inconclusive');
    expect(exchange(2, finished, 2)).toBe('inconclusive');
    expect(exchange(1, (it) => it.ended('server'))).toBe('fail');
  });

  const other = ['notExercised', 'notExercised'];

  test('makes no session, and ends none', () => {
    expect(session(false, true, true)).toEqual(['pass', 'pass', ...other]);
    expect(session(true, true, true)).toEqual(['fail', 'pass', ...other]);
    expect(session(false, false, false)).toEqual(['pass', 'fail', ...other]);
    expect(session(false, true, false)).toEqual(['pass', 'fail', ...other]);
    // A server that never says Session Present can still show what waits.
    expect(session(false, true, true, false)).toEqual(['inconclusive', 'pass', ...other]);
    expect(session(false, false, false, false)).toEqual(['inconclusive', 'fail', ...other]);
  });

  test('has no will', () => {
    expect(will(['sentinel'])).toBe('pass');
    expect(will(['must not come', 'sentinel'])).toBe('fail');
    expect(will([])).toBe('inconclusive');
    expect(will(['sentinel'], false)).toBe('inconclusive');
  });
});

describe('what a list denies', () => {
  test('is not published', () => {
    const fences = [['p/allowed/x', 'sentinel'] as const, ['p/denied/x', 'sentinel'] as const];
    expect(publishVerdict(...fences)).toBe('pass');
    expect(publishVerdict(['p/denied/x', 'denied at QoS 0'], ...fences)).toBe('fail');
    expect(publishVerdict(...fences.slice(1))).toBe('inconclusive');
  });

  test('is not read, whatever SUBACK says', () => {
    expect(subscribeVerdict((it) => asked(it).server(suback(1, 0x80)))).toBe('pass');
    expect(subscribeVerdict((it) => asked(it).server(suback(1, 1)))).toBe('pass');
    expect(subscribeVerdict((it) => asked(it).ended('server'))).toBe('pass');
    expect(subscribeVerdict((it) => asked(it).server(suback(1, 1), text('p/denied/x', 'sentinel')))).toBe('fail');
    expect(subscribeVerdict((it) => asked(it).server(suback(1, 1)), false)).toBe('inconclusive');
  });

  test('is neither retained nor cleared', () => {
    const [allowed, held] = [['p/allowed/x', 'sentinel'] as const, ['p/denied/held', 'sentinel'] as const];
    expect(retainedVerdicts(allowed, held)).toEqual(['pass', 'pass']);
    expect(retainedVerdicts(['p/denied/new', 'denied'], allowed, held)).toEqual(['fail', 'pass']);
    expect(retainedVerdicts(allowed)).toEqual(['pass', 'fail']);
    expect(retainedVerdicts()).toEqual(['inconclusive', 'inconclusive']);
  });

  test('is no will', () => {
    const fences = [['p/allowed/will', 'sentinel'] as const, ['p/denied/live', 'sentinel'] as const];
    expect(willVerdict(...fences)).toBe('pass');
    expect(willVerdict(['p/denied/live', 'denied'], ...fences)).toBe('fail');
    expect(willVerdict(['p/denied/live', 'sentinel'])).toBe('inconclusive');
  });
});
