// What Mosquitto is told, as a process and in a container alike: one open listener, storage that survives a kill.

/** Where it listens and keeps its storage. */
export interface MosquittoListener {
  readonly port: number;
  /** Address to bind; a container binds to all of its own and is published on loopback only. */
  readonly host?: string;
  /** Folder for retained messages and sessions; must exist. */
  readonly storage: string;
}

/** Text of a mosquitto.conf for Mosquitto 1.5 to 2.x. */
export function mosquittoConfig({ port, host, storage }: MosquittoListener): string {
  return [
    `listener ${port}${host === undefined ? '' : ` ${host}`}`,
    'allow_anonymous true',
    // stdout would be block-buffered into a pipe, and its last words lost.
    'log_dest stderr',
    'persistence true',
    // Mosquitto joins this and the file's name as they are.
    `persistence_location ${storage.endsWith('/') ? storage : `${storage}/`}`,
    'autosave_interval 1',
    // Started as root it would become user "mosquitto", who may not enter the run's folder. Without effect otherwise.
    'user root',
    '',
  ].join('\n');
}

/** The version in what `mosquitto -h` prints. */
export function mosquittoVersion(help: string): string {
  return /mosquitto version (\S+)/.exec(help)?.[1] ?? 'unknown';
}
