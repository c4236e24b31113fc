// Checks of section 3.1.2 to 3.1.4: a CONNECT whose fields and flags do not fit is closed on.
import type { StatementId } from '../../spec/statement.ts';
import type { Connect } from '../../wire/packet.ts';
import type { CheckBench } from '../bench.ts';
import type { Check } from '../check.ts';
import { loginFlags, malformedConnect, type Malformation } from '../malformed-connect.ts';

const plain = (bench: CheckBench, name: string): Connect => bench.connectPacket(name);

/** Without the login that some targets want from everybody. */
function fromNobody(bench: CheckBench, name: string): Connect {
  const { userName: _userName, password: _password, ...connect } = bench.connectPacket(name);
  return connect;
}

const withUserName = (bench: CheckBench, name: string): Connect => ({
  ...fromNobody(bench, name),
  userName: bench.clientId('user'),
});

const withLogin = (bench: CheckBench, name: string): Connect => ({
  ...withUserName(bench, name),
  password: Buffer.from('password'),
});

const withPasswordAlone = (bench: CheckBench, name: string): Connect => ({
  ...fromNobody(bench, name),
  password: Buffer.from('password'),
});

const withWill = (bench: CheckBench, name: string): Connect =>
  bench.connectPacket(name, {
    will: { topic: bench.topic('will'), payload: Buffer.from('will'), qos: 1, retain: false },
  });

/** The bytes of a text of ours, and more behind it. */
const textAnd = (text: string, ...bytes: readonly number[]): Uint8Array =>
  Buffer.concat([Buffer.from(text), Uint8Array.from(bytes)]);

/** All flags are these, whatever the packet holds. */
const flags = (
  name: string,
  connectFlags: number,
  what: string,
  statements: readonly StatementId[],
  from?: Malformation['from'],
): Malformation => ({
  name,
  what,
  statements,
  ...(from && { from }),
  spoil: (connect) => [connect, { connectFlags }],
});

/** All flags but those of a login are these. */
const besideLogin = (...[name, connectFlags, what, statements, from]: Parameters<typeof flags>): Malformation => ({
  ...flags(name, connectFlags, what, statements, from),
  spoil: (connect) => [connect, { connectFlags: connectFlags | loginFlags(connect) }],
});

/** Ends within a field. The variable header has ten bytes, and the ClientId begins behind it. */
const cutShort: readonly Malformation[] = [
  {
    name: 'empty',
    what: 'a CONNECT of the fixed header alone',
    statements: [],
    spoil: (legal) => [legal, { bodyCutTo: 0 }],
  },
  {
    name: 'cutkeepalive',
    what: 'a CONNECT that ends within the keep alive',
    statements: [],
    spoil: (legal) => [legal, { bodyCutTo: 9 }],
  },
  {
    name: 'cutlength',
    what: 'a CONNECT that ends within the length of the ClientId',
    statements: [],
    spoil: (legal) => [legal, { bodyCutTo: 11 }],
  },
  {
    name: 'longerid',
    what: 'a ClientId that is said to be longer than the packet',
    statements: [],
    spoil: (legal) => [legal, { bodySet: [{ at: 10, bytes: Uint8Array.of(0x7f, 0xff) }] }],
  },
];

export const connectFieldChecks: readonly Check[] = [
  malformedConnect({
    id: 'connect/cut-short',
    title: 'a CONNECT that ends within a field is closed on, and no byte beyond it is waited for',
    section: '3.1.4',
    legal: plain,
    malformations: cutShort,
  }),
  malformedConnect({
    id: 'connect/trailing-byte',
    title: 'a CONNECT with a byte behind its last field is closed on',
    section: '3.1.4',
    legal: plain,
    malformations: [
      {
        name: 'trailing',
        what: 'a byte behind the last field',
        statements: [],
        spoil: (legal) => [legal, { bodyAppend: Uint8Array.of(0) }],
      },
    ],
  }),
  malformedConnect({
    id: 'connect/will-flags-without-will',
    title: 'without the will flag there is no will QoS and no will retain',
    section: '3.1.2.5',
    legal: plain,
    malformations: [
      besideLogin('qos1', 0x0a, 'will QoS 1 without the will flag', ['MQTT-3.1.2-11', 'MQTT-3.1.2-13']),
      besideLogin('qos2', 0x12, 'will QoS 2 without the will flag', ['MQTT-3.1.2-11', 'MQTT-3.1.2-13']),
      besideLogin('retain', 0x22, 'will retain without the will flag', ['MQTT-3.1.2-11', 'MQTT-3.1.2-15']),
    ],
  }),
  malformedConnect({
    id: 'connect/will-fields-without-will',
    title: 'without the will flag there is no will topic and no will message',
    section: '3.1.2.5',
    legal: plain,
    malformations: [
      besideLogin('fields', 0x02, 'will topic and message without the will flag', ['MQTT-3.1.2-11'], withWill),
    ],
  }),
  malformedConnect({
    id: 'connect/will-qos-3',
    title: 'a will QoS of 3 is not served',
    section: '3.1.2.6',
    needs: ['will'],
    legal: withWill,
    malformations: [besideLogin('qos3', 0x1e, 'will QoS 3', ['MQTT-3.1.2-14'])],
  }),
  malformedConnect({
    id: 'connect/user-name-without-flag',
    title: 'a field behind the ClientId that no flag announces is not served',
    section: '3.1.2.8',
    legal: withUserName,
    malformations: [flags('unannounced', 0x02, 'a user name without its flag', ['MQTT-3.1.2-18'])],
  }),
  malformedConnect({
    id: 'connect/user-name-missing',
    title: 'a user name flag without a user name is not served, and no byte beyond the packet is waited for',
    section: '3.1.2.8',
    legal: withUserName,
    malformations: [flags('missing', 0x82, 'user name flag, but no user name', ['MQTT-3.1.2-19'], fromNobody)],
  }),
  malformedConnect({
    id: 'connect/password-without-flag',
    title: 'a field behind the user name that no flag announces is not served',
    section: '3.1.2.9',
    legal: withLogin,
    malformations: [flags('unannounced', 0x82, 'a password without its flag', ['MQTT-3.1.2-20'])],
  }),
  malformedConnect({
    id: 'connect/password-missing',
    title: 'a password flag without a password is not served, and no byte beyond the packet is waited for',
    section: '3.1.2.9',
    legal: withLogin,
    malformations: [flags('missing', 0xc2, 'password flag, but no password', ['MQTT-3.1.2-21'], withUserName)],
  }),
  malformedConnect({
    id: 'connect/password-without-user-name',
    title: 'a password without a user name is not served',
    section: '3.1.2.9',
    legal: withLogin,
    malformations: [flags('alone', 0x42, 'a password without a user name', ['MQTT-3.1.2-22'], withPasswordAlone)],
  }),
  malformedConnect({
    id: 'connect/no-client-id',
    title: 'a CONNECT that ends before its ClientId is not served',
    section: '3.1.3.1',
    legal: plain,
    malformations: [
      {
        name: 'none',
        what: 'a CONNECT of ten bytes, without any ClientId',
        statements: ['MQTT-3.1.3-3'],
        spoil: (legal) => [legal, { bodyCutTo: 10 }],
      },
    ],
  }),
  malformedConnect({
    id: 'connect/will-topic-ill-formed',
    title: 'a will topic that is not well-formed UTF-8 is closed on',
    section: '3.1.3.2',
    needs: ['will'],
    legal: withWill,
    malformations: [
      illFormedWillTopic('cut', 'a will topic with the bytes C3 28', 0xc3, 0x28),
      illFormedWillTopic('nul', 'a will topic with U+0000', 0x00),
    ],
  }),
  malformedConnect({
    id: 'connect/user-name-ill-formed',
    title: 'a user name that is not well-formed UTF-8 is closed on',
    section: '3.1.3.4',
    legal: withUserName,
    malformations: [
      {
        name: 'cut',
        what: 'a user name with the bytes C3 28',
        statements: ['MQTT-3.1.3-11'],
        // Code 4 is for malformed data in the user name; a server that knows no such user may say 5.
        namedCodes: [4, 5],
        spoil: (legal) => [{ ...legal, userName: textAnd(legal.userName ?? '', 0xc3, 0x28) }],
      },
    ],
  }),
];

function illFormedWillTopic(name: string, what: string, ...bytes: readonly number[]): Malformation {
  return {
    name,
    what,
    statements: ['MQTT-3.1.3-10'],
    spoil: ({ will, ...rest }) => [will ? { ...rest, will: { ...will, topic: textAnd(will.topic, ...bytes) } } : rest],
  };
}
