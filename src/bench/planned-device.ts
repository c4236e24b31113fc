// Devices and gateways of a plan: everything that is known of them before they start.
import type { LineOptions } from '../parts/devices/line.ts';
import type { StoreSettings } from '../parts/devices/store.ts';
import type { SensorOptions } from '../parts/devices/sensor.ts';

/** How an MQTT party of the bench connects. */
export interface PlannedSession {
  readonly broker: string;
  readonly link?: string;
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  /** Full jitter: the n-th try waits up to base x 2^n, at most the cap. */
  readonly backOff: { readonly baseMs: number; readonly capMs: number };
  /** The timeline starts it. */
  readonly startsLater?: true;
}

/** A device that publishes a signal; below its topic: `/value`, `/alarm`, `/status`. */
export interface PlannedSensor extends Omit<SensorOptions, keyof LineOptions | 'policy'> {
  readonly kind: 'sensor';
  readonly name: string;
  readonly session: PlannedSession;
}

/** A device that subscribes: a hub, a display, a control room. */
export interface PlannedSubscriber {
  readonly kind: 'subscriber';
  readonly name: string;
  readonly session: PlannedSession;
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
}

/** A PLC that serves Modbus TCP; `program` is the path of its YAML. */
export interface PlannedPlc {
  readonly kind: 'plc';
  readonly name: string;
  readonly program: string;
}

/** The built-in gateway between a PLC and a broker. */
export interface PlannedGateway {
  readonly kind: 'modbus-mqtt';
  readonly name: string;
  readonly session: PlannedSession;
  readonly plc: string;
  /** The Ethernet port of the PLC that it polls, counted from 1. */
  readonly port: number;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly pollMs: number;
  readonly store?: StoreSettings;
}

/** A device on a client library that people use, in a process of its own. */
export interface PlannedForeign {
  readonly kind: 'mqtt-js' | 'paho-python';
  readonly name: string;
  readonly session: PlannedSession;
  /** `<topic>/value` each interval, and `<topic>/status`. */
  readonly publishes?: { readonly topic: string; readonly qos: 0 | 1 | 2; readonly intervalMs: number };
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
}

/** Node-RED with its Modbus nodes, between a PLC and a broker, as a process or in a container. */
export interface PlannedNodeRed extends Omit<PlannedGateway, 'kind' | 'store'> {
  readonly kind: 'node-red' | 'container:node-red';
  /** Of the container, where it is not the one that is built on this machine. */
  readonly image?: string;
}

/** A device that polls a web server, which is the one that subscribes. */
export interface PlannedHttpPoller {
  readonly kind: 'http-poller';
  readonly name: string;
  /** Of the web server; the link is the poller's. */
  readonly session: PlannedSession;
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
  readonly intervalMs: number;
}

export type PlannedDevice =
  | PlannedSensor
  | PlannedSubscriber
  | PlannedPlc
  | PlannedGateway
  | PlannedForeign
  | PlannedHttpPoller
  | PlannedNodeRed;
