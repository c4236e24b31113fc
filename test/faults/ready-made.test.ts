// The faults behind a tap's keys: the next packet of a type, whoever sends it, and none after it.
import { expect, test } from 'vitest';
import { faultProblems } from '../../src/faults/checked-fault.ts';
import { faultInWords } from '../../src/faults/fault-in-words.ts';
import { LinkFaults } from '../../src/faults/link-faults.ts';
import type { PacketFault } from '../../src/faults/packet-fault.ts';
import { PacketPlayer, type PlayerStep } from '../../src/faults/packet-player.ts';
import {
  blackHoleAtNext,
  dropNext,
  duplicateNext,
  halfOpenAtNext,
  holdNext,
  resetAtNext,
} from '../../src/faults/ready-made.ts';
import { encode } from '../../src/wire/encode.ts';

const pubacks = [1, 2].map((packetId) => encode({ type: 'PUBACK', packetId }));

function played(fault: PacketFault): readonly PlayerStep[] {
  const draws = { seed: 1, link: 'l', connection: 1 };
  const player = new PacketPlayer(new LinkFaults([fault]), { openedAtMs: 0, draws });
  return pubacks.flatMap((it) => player.feed('toClient', it, 0));
}

test.each<[PacketFault, string, readonly unknown[]]>([
  [dropNext('PUBACK', 'k'), 'k: drop PUBACK, 1 time', [pubacks[1]]],
  [holdNext('PUBACK', 500, 'k'), 'k: hold for 500 ms PUBACK, 1 time', ['hold', pubacks[0], pubacks[1]]],
  [duplicateNext('PUBACK', 'k'), 'k: send again right behind it PUBACK, 1 time', [pubacks[0], pubacks[0], pubacks[1]]],
  [resetAtNext('PUBACK', 'k'), 'k: RST to both sides instead of PUBACK, 1 time', ['end', pubacks[1]]],
  [halfOpenAtNext('PUBACK', 'k'), 'k: half-open at PUBACK, 1 time', ['half-open']],
  [blackHoleAtNext('PUBACK', 900, 'k'), 'k: black hole for 900 ms at PUBACK, 1 time', ['black-hole', ...pubacks]],
])('%o', (fault, words, steps) => {
  expect(faultInWords(fault)).toBe(words);
  expect(faultProblems(fault)).toEqual([]);
  const told = played(fault).filter((it) => it.step !== 'played');
  expect(told.map((it) => (it.step === 'send' ? it.bytes : it.step))).toEqual(steps);
});

test('one direction only', () => {
  expect(played(dropNext('PUBACK', 'k', 'toServer')).some((it) => it.step === 'played')).toBe(false);
  expect(played(dropNext('PUBACK', 'k', 'toClient')).some((it) => it.step === 'played')).toBe(true);
});
