// However a stream is cut, its bytes stay what they are, and the same seed cuts it the same way.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostPieces, piecesOf, singleB, type Segmentation } from '../../src/faults/segmentation.ts';

const draws = { seed: 1, link: 'cut', connection: 1, direction: 'toServer' } as const;
const anyWay = fc.constantFrom<Segmentation>('bytes', 'random', 'joined');

test('the pieces make up the whole, and none is empty', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), anyWay, fc.nat(), (bytes, how, offset) => {
      const pieces = piecesOf(bytes, how, draws, offset);
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
      expect(pieces.every((it) => it.length > 0)).toBe(true);
      expect(piecesOf(bytes, how, draws, offset)).toEqual(pieces);
    }),
  );
});

test('byte by byte means so: every byte of a header alone, and the last one', () => {
  const lengths = piecesOf(new Uint8Array(singleB + 100), 'bytes', draws, 0).map((it) => it.length);
  expect(lengths).toEqual([...Array.from({ length: singleB }, () => 1), 99, 1]);
});

const lengthsAt = (offset: number): readonly number[] =>
  piecesOf(new Uint8Array(1000), 'random', draws, offset).map((it) => it.length);

test('random pieces are bounded in number and differ from place to place', () => {
  expect(lengthsAt(0).length).toBeLessThanOrEqual(mostPieces);
  expect(lengthsAt(0)).not.toEqual(lengthsAt(1000));
});
