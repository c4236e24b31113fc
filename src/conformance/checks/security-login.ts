// Checks of who may come in: wrong and missing logins, and what a client sends behind one.
import type { Check } from '../check.ts';
import { nothingAfterRefusal } from '../nothing-after-refusal.ts';
import { atLogin, nobody, refusedLogin, withWrongPassword } from '../refused-login.ts';

export const securityLoginChecks: readonly Check[] = [
  refusedLogin('security/wrong-password', 'a wrong password is refused', [
    { name: 'wrong', what: 'a wrong password', spoil: withWrongPassword },
    { name: 'empty', what: 'an empty password', spoil: (good) => ({ ...good, password: Buffer.alloc(0) }) },
    {
      name: 'begun',
      what: 'the first half of the password',
      spoil: ({ password = Buffer.alloc(0), ...good }) => ({
        ...good,
        password: password.subarray(0, password.length / 2),
      }),
    },
    {
      name: 'binary',
      what: 'a wrong password that is no text',
      spoil: (good) => ({ ...good, password: Buffer.from('00ffc328', 'hex') }),
    },
  ]),
  refusedLogin('security/unknown-user', 'a user name that nobody has is refused', [
    { name: 'unknown', what: 'an unknown user name', spoil: (good) => ({ ...good, userName: 'nobody-of-ours' }) },
    { name: 'empty', what: 'an empty user name', spoil: (good) => ({ ...good, userName: '' }) },
  ]),
  refusedLogin('security/missing-login', 'a CONNECT without login is refused where one is demanded', [
    { name: 'nobody', what: 'no user name and no password', spoil: nobody },
    {
      name: 'userOnly',
      what: 'a user name without a password',
      spoil: ({ password: _password, ...good }) => good,
    },
  ]),
  nothingAfterRefusal({
    id: 'security/nothing-behind-refused-login',
    title: 'what follows a CONNECT with a wrong or missing login is not processed',
    refused: [
      {
        name: 'wrong',
        what: 'a CONNECT with a wrong password',
        connect: (bench) => [withWrongPassword(bench.connectPacket('wrong', atLogin))],
      },
      {
        name: 'nobody',
        what: 'a CONNECT without login',
        connect: (bench) => [nobody(bench.connectPacket('nobody', atLogin))],
      },
    ],
    retain: true,
    variant: 'login',
    needs: ['login'],
  }),
];
