// Hostile text, place by place.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, safeText } from '../../src/report/safe-text.ts';
import { anyText, hostileTexts } from './hostile.ts';

const moving = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('safe text', () => {
  test.each([
    ['a\nb', String.raw`a\nb`],
    ['\u001b[31m', String.raw`\x1b[31m`],
    ['\u202e', String.raw`\u202e`],
    ['\u{e0041}', String.raw`\u{e0041}`],
    ['\ud800', String.raw`\ud800`],
    ['Tür 漢字 😀', 'Tür 漢字 😀'],
  ])('makes %j visible', (text, shown) => {
    expect(safeText(text, 'terminal')).toBe(shown);
  });

  test('moves no cursor and hides nothing, anywhere', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('terminal', 'html', 'xml', 'markdown'), (text, where) => {
        expect(safeText(text, where)).not.toMatch(moving);
      }),
    );
  });

  test('holds no markup in HTML and XML', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('html', 'xml'), (text, where) => {
        expect(safeText(text, where)).toMatch(/^(?:[^<>&"'`]|&#\d+;)*$/u);
      }),
    );
  });

  test('holds no mark that means anything in Markdown', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeText(text, 'markdown')).toMatch(/^(?:[^!-/:-@[-`{-~]|[,;?/%']|(?<=.)-|&#\d+;)*$/u);
      }),
    );
  });

  test('is still the same text for a reader of HTML', () => {
    for (const text of hostileTexts) {
      const read = safeText(text, 'html').replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      expect(read).toBe(safeText(text, 'terminal'));
    }
  });
});

test('a cut text says that it is cut', () => {
  expect(cutText('abcdef', 4)).toBe('abc…');
  expect(cutText('abcd', 4)).toBe('abcd');
});
