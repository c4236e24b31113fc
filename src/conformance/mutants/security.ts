// Mutants of listeners that let in only those whom they know: each lets in somebody else, or does something for them.
import type { LoginFault, TlsFault } from '../../faults/listener-fault.ts';
import { deniedTopics } from '../../bench/bench.ts';
import type { CheckMutant } from '../mutant.ts';
import { answer, drop, faultsOf, fromBroker, fromClient, rewrite, type Bug } from './plant.ts';

const loginMutant = (login: LoginFault, check: string, summary: string): CheckMutant => ({
  id: `login-${login}`,
  check: `security/${check}`,
  summary,
  faults: [],
  login,
});

const tlsMutant = (tls: TlsFault, check: string, summary: string): CheckMutant => ({
  id: `tls-${tls}`,
  check: `security/${check}`,
  summary,
  faults: [],
  tls,
});

/** What a list still denies: topics of messages that come to nothing are changed to one that nobody asks for. */
const denies = {
  publish: [fromClient('PUBLISH', { topic: deniedTopics, retain: false }), rewrite({ topic: 'fieldbench/denied' })],
  retain: [
    fromClient('PUBLISH', { topic: deniedTopics, retain: true }),
    rewrite({ topic: 'fieldbench/denied', retain: false }),
  ],
  read: [fromBroker('PUBLISH', { topic: deniedTopics, qos: 1 }), answer('PUBACK', 'server'), drop],
} as const satisfies Record<string, Bug>;

const aclMutant = (id: string, check: string, summary: string, ...denied: readonly Bug[]): CheckMutant => ({
  id,
  check: `security/${check}`,
  summary,
  faults: [],
  acl: faultsOf(id, denied),
});

/** Each proves one check of the security group. */
export const securityMutants: readonly CheckMutant[] = [
  loginMutant('takes-any-password', 'wrong-password', 'lets a known user in with any password'),
  loginMutant('takes-any-user', 'unknown-user', 'lets in whoever says a user name'),
  loginMutant('takes-no-login', 'missing-login', 'lets in whoever says no user name'),
  loginMutant('keeps-open', 'wrong-password', 'refuses a login, and leaves the connection open'),
  loginMutant('serves-behind', 'nothing-behind-refused-login', 'handles what follows a login that it refuses'),
  loginMutant('publishes-will', 'refused-will', 'publishes the will of a client that it refuses'),
  loginMutant('takes-over', 'refused-take-over', 'ends the connection whose client id a client has that it refuses'),
  loginMutant('keeps-session', 'refused-session', 'keeps a session for a client that it refuses'),
  loginMutant('clears-session', 'refused-session', 'ends the session whose client id a client has that it refuses'),
  loginMutant(
    'forgets-exchanges',
    'refused-exchange',
    'forgets what is under way with the client whose id a client has that it refuses',
  ),
  tlsMutant('other-certificate', 'tls-own-certificate', 'shows a certificate of another CA than it was given'),
  tlsMutant('plain-too', 'tls-plain-bytes', 'serves MQTT without TLS on its TLS port'),
  tlsMutant('takes-none', 'client-certificate-missing', 'lets in clients without a certificate'),
  tlsMutant('takes-expired', 'client-certificate-expired', 'takes client certificates that have expired'),
  tlsMutant('takes-unknown', 'client-certificate-unknown-ca', 'takes client certificates of any CA'),
  aclMutant('acl-publishes', 'acl-publish', 'routes what a login may not publish', denies.retain, denies.read),
  aclMutant(
    'acl-publishes-qos2',
    'acl-publish-qos2',
    'routes at QoS 2 what a login may not publish',
    denies.retain,
    denies.read,
  ),
  aclMutant('acl-retains', 'acl-retained', 'retains what a login may not publish', denies.publish, denies.read),
  aclMutant('acl-reads', 'acl-subscribe', 'sends a login what it may not read', denies.publish, denies.retain),
  aclMutant(
    'acl-wills',
    'acl-will',
    'publishes wills that a login may not publish',
    denies.publish,
    denies.retain,
    denies.read,
  ),
];
