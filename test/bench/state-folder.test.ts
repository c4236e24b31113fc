// Where runs note what they own: the user's choice first, never somebody else's folder, always an answer or an error.
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateFolder } from '../../src/bench/state-folder.ts';

function inFolder(act: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
  try {
    act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('is what FIELDBENCH_STATE names, made private', () =>
  inFolder((folder) => {
    const chosen = join(folder, 'a', 'b');
    expect(stateFolder({ FIELDBENCH_STATE: chosen, XDG_STATE_HOME: folder })).toBe(chosen);
    expect(statSync(chosen).mode & 0o777).toBe(0o700);
  }));

test('is below XDG_STATE_HOME without that', () =>
  inFolder((folder) => {
    expect(stateFolder({ XDG_STATE_HOME: folder })).toBe(join(folder, 'fieldbench'));
  }));

test('is below the temporary folder where the home folder cannot be used', () =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'file'), '');
    expect(stateFolder({ XDG_STATE_HOME: join(folder, 'file') })).toMatch(/fieldbench-\d+$/);
  }));

test('a chosen folder that cannot be used is an error, and no other is taken', () =>
  inFolder((folder) => {
    symlinkSync('/', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['link', 'file']) {
      expect(() => stateFolder({ FIELDBENCH_STATE: join(folder, name) })).toThrow(
        expect.objectContaining({ code: 'FB_STATE_FOLDER' }) as Error,
      );
    }
  }));

test('is never one that everybody may write to', () =>
  inFolder((folder) => {
    chmodSync(folder, 0o777);
    expect(() => stateFolder({ FIELDBENCH_STATE: folder })).toThrow(
      expect.objectContaining({ code: 'FB_STATE_FOLDER' }),
    );
  }));
