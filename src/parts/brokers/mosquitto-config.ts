// What Mosquitto is told, as a process and in a container alike: its listeners, and storage that survives a kill.
import { deniedTopics, type Login } from '../part.ts';

/** Where it listens and keeps its storage. */
export interface MosquittoListeners {
  readonly port: number;
  /** Address to bind; a container binds to all of its own and is published on loopback only. */
  readonly host?: string;
  /** Folder for retained messages and sessions; must exist. */
  readonly storage: string;
  /** Port of a WebSocket listener. */
  readonly websocketPort?: number;
  readonly acl?: MosquittoAcl;
}

/** A listener with an access control list, and the files that say who may do what on it. */
export interface MosquittoAcl {
  readonly port: number;
  readonly passwordFile: string;
  readonly aclFile: string;
}

/** Text of a mosquitto.conf for Mosquitto 1.5 to 2.x; listeners with access control lists need 2.0. */
export function mosquittoConfig({ port, host, storage, websocketPort, acl }: MosquittoListeners): string {
  const listener = (at: number): string => `listener ${at}${host === undefined ? '' : ` ${host}`}`;
  return [
    ...(acl ? ['per_listener_settings true'] : []),
    listener(port),
    'allow_anonymous true',
    ...(websocketPort === undefined ? [] : [listener(websocketPort), 'protocol websockets', 'allow_anonymous true']),
    ...(acl
      ? [listener(acl.port), 'allow_anonymous false', `password_file ${acl.passwordFile}`, `acl_file ${acl.aclFile}`]
      : []),
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

/** Text of an acl_file: everything but the denied topics, which Mosquitto then lets the user neither write nor read. */
export function mosquittoAcl({ userName }: Pick<Login, 'userName'>): string {
  return [`user ${userName}`, 'topic readwrite #', `topic deny ${deniedTopics}`, ''].join('\n');
}

/** The version in what `mosquitto -h` prints. */
export function mosquittoVersion(help: string): string {
  return /mosquitto version (\S+)/.exec(help)?.[1] ?? 'unknown';
}
