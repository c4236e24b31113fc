// How a device on MQTT is started, kind by kind.
import type { LiveHistory } from '../history/live-history.ts';
import type { StartedDevice } from '../parts/devices/device.ts';
import type { DeviceLifeOptions } from '../parts/devices/device-life.ts';
import type { LineOptions } from '../parts/devices/line.ts';
import type { StartedPlc } from '../parts/devices/started-plc.ts';
import { startSensor } from '../parts/devices/sensor.ts';
import { startSubscriber } from '../parts/devices/subscriber.ts';
import { startForeignDevice } from '../parts/foreign/foreign-device.ts';
import { startModbusGateway } from '../parts/gateways/modbus-mqtt.ts';
import { startNodeRed } from '../parts/gateways/node-red.ts';
import type { PartContext } from '../parts/part.ts';
import type { ForeignPlanned, ForeignPrograms } from './foreign-programs.ts';
import { notInPlan } from './not-in-plan.ts';
import type { PlannedDevice, PlannedGateway, PlannedNodeRed } from './planned-device.ts';

/** A device that has a line to a broker. */
export type PlannedOnMqtt = Exclude<PlannedDevice, { readonly kind: 'plc' | 'http-poller' }>;

/** What devices are built on. */
export interface DeviceWorld {
  readonly programs: ForeignPrograms;
  readonly history: LiveHistory;
  readonly plcs: ReadonlyMap<string, StartedPlc>;
}

/** Starts one life of a device. */
export function startDevice(
  it: PlannedOnMqtt,
  line: LineOptions,
  world: DeviceWorld,
  context: PartContext,
): StartedDevice {
  switch (it.kind) {
    case 'sensor':
      return startSensor({ ...it, ...line }, context);
    case 'subscriber':
      return startSubscriber({ ...it, ...line }, context);
    case 'modbus-mqtt':
      return startModbusGateway({ ...it, ...line, plc: dialledBy(it, world) }, context);
    case 'mqtt-js':
    case 'paho-python':
      return startForeignDevice({ ...it, ...line, ...foreign(it, world) }, context);
    case 'node-red':
    case 'container:node-red':
      return startNodeRed({ ...it, ...line, ...foreign(it, world), plc: dialledBy(it, world) }, context);
  }
}

/** As what a device stands in the history. */
export function roleOf(it: PlannedOnMqtt): DeviceLifeOptions['role'] {
  return 'plc' in it ? 'gateway' : 'device';
}

/** What a program gets that the bench does not run itself. */
function foreign({ name, session }: ForeignPlanned, { programs, history }: DeviceWorld) {
  const { keepAliveS, cleanSession, backOff: reconnect } = session;
  const program = programs.get(name) ?? notInPlan('program for the device', name);
  return { program, history, keepAliveS, cleanSession, reconnect };
}

/** The PLC of a gateway, at the Ethernet port that it polls. */
function dialledBy({ plc: name, port }: PlannedGateway | PlannedNodeRed, { plcs }: DeviceWorld) {
  const plc = plcs.get(name) ?? notInPlan('PLC that stands before its gateway', name);
  const endpoint = plc.endpoints[port - 1] ?? notInPlan(`Ethernet port ${port} of the PLC`, name);
  return { endpoint, program: plc.program };
}
