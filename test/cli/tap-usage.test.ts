// What can be wrong with what a tap is told: said in one sentence, before anything starts.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

test.each<[string, readonly string[], string]>([
  ['no broker', [], 'tap needs a broker'],
  ['a broker that nobody knows', ['--upstream', 'mosquito'], 'did you mean "mosquitto"?'],
  ['everybody may connect', ['--upstream', 'embedded', '--listen', '0.0.0.0:0'], '--allow 192.168.7.0/24'],
  ['a link without TCP', ['--upstream', 'embedded', '--link', 'iridium-sbd'], 'FB_LINK_CAPABILITY'],
  ['no such tariff', ['--upstream', 'embedded', '--tariff', 'bgam'], 'bgam'],
  ['no such faults', ['--upstream', 'embedded', '--faults', 'none.yaml'], 'none.yaml'],
  ['nobody can be allowed so', ['--upstream', 'embedded', '--allow', 'gateway'], 'is no block of addresses'],
  ['TLS that goes nowhere', ['--upstream', 'embedded', '--tls', 'pass'], 'needs a broker that speaks it'],
  ['half a certificate', ['--upstream', 'embedded', '--tls', 'cert.pem'], 'CERT,KEY'],
  ['no such certificate', ['--upstream', 'embedded', '--tls', 'no.pem,no.key'], 'cannot be read: no.pem'],
  ['no such link', ['--upstream', 'embedded', '--link', 'geo-vast'], 'did you mean "geo-vsat"?'],
  ['no length of time', ['--upstream', 'embedded', '--for', '10'], '--for takes a length of time'],
  ['a word too many', ['--upstream', 'embedded', 'mosquitto'], 'is more than this command takes'],
])('%s', async (_, args, says) => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-cli-'));
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await main(['tap', ...args, '--report', join(folder, 'run')])).toBe(2);
    expect(write.mock.calls.map(([text]) => String(text)).join('')).toContain(says);
    expect(existsSync(join(folder, 'run', 'journal.ndjson'))).toBe(false);
  } finally {
    write.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
