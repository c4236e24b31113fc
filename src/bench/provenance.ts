// What a run was measured on: without it no figure of a report can be compared with another.
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem, type } from 'node:os';
import { calibrationLine, lastCalibration } from './calibration/record.ts';
import { packageVersion } from './package-version.ts';

/** Machine, kernel and versions, as they stand in the journal's first event and in every report. */
export function provenance(): Readonly<Record<string, string>> {
  const [cpu] = cpus();
  return {
    fieldbench: packageVersion(),
    node: process.version,
    os: operatingSystem(),
    kernel: `${type()} ${release()} ${arch()}`,
    congestionControl: firstLine('/proc/sys/net/ipv4/tcp_congestion_control') ?? 'unknown',
    cpu: `${availableParallelism()} x ${cpu?.model.trim() || 'unknown'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    loadAtStart: loadavg()
      .map((it) => it.toFixed(2))
      .join(' '),
    calibration: calibrationLine(lastCalibration()),
  };
}

/** The distribution's own name where it says one. */
function operatingSystem(): string {
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
    return name ?? platform();
  } catch {
    return platform();
  }
}

function firstLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[0];
  } catch {
    return undefined;
  }
}
