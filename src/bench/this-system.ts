// Which system this is, as far as the commands that install something differ.
import { readFileSync } from 'node:fs';

/** Systems by the names that `install` of a target file uses. */
export type System = 'Debian' | 'macOS' | 'Windows' | 'other';

/** The system that this process runs on. */
export function thisSystem(): System {
  return systemOf(process.platform, osRelease());
}

/** The system by Node's name of the platform and, on Linux, what `/etc/os-release` says. */
export function systemOf(platform: NodeJS.Platform, release: string): System {
  if (platform === 'darwin') return 'macOS';
  if (platform === 'win32') return 'Windows';
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].flatMap(([, words = '']) => words.split(' '));
  return ids.some((it) => it === 'debian' || it === 'ubuntu') ? 'Debian' : 'other';
}

/** The command for this system, or where there is none, all of them with their systems. */
export function commandFor(system: System, commands: Readonly<Record<string, string>>): string | undefined {
  const own = Object.entries(commands).find(([name]) => name.toLowerCase() === system.toLowerCase());
  if (own !== undefined) return own[1];
  const all = Object.entries(commands).map(([name, command]) => `${name}: ${command}`);
  return all.length === 0 ? undefined : all.join('; ');
}

function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
