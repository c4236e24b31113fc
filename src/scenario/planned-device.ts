// A device of a scenario as the plan has it.
import type { PlannedDevice, PlannedSession } from '../bench/planned-device.ts';
import type { ScenarioDevice } from './schema.ts';

type OnMqtt = Exclude<ScenarioDevice, { kind: 'plc' }>;

function plannedSession(it: OnMqtt): PlannedSession {
  return {
    broker: it.broker,
    ...(it.link === undefined ? {} : { link: it.link }),
    keepAliveS: Math.round(it.keepAlive / 1000),
    cleanSession: it.cleanSession,
    ...(it.starts === 'later' && { startsLater: true }),
    backOff: { baseMs: it.reconnect.base, capMs: it.reconnect.cap },
  };
}

/** The device of this name. */
export function plannedDevice(name: string, it: ScenarioDevice): PlannedDevice {
  switch (it.kind) {
    case 'plc':
      return { kind: it.kind, name, program: it.program };
    case 'subscriber':
      return { kind: it.kind, name, session: plannedSession(it), filters: it.filters };
    case 'modbus-mqtt':
    case 'node-red':
      return {
        kind: it.kind,
        name,
        session: plannedSession(it),
        plc: it.plc,
        topic: it.topic,
        qos: it.qos,
        pollMs: it.poll,
      };
    case 'mqtt-js':
    case 'paho-python':
      return {
        kind: it.kind,
        name,
        session: plannedSession(it),
        ...(it.topic !== undefined &&
          it.interval !== undefined && { publishes: { topic: it.topic, qos: it.qos, intervalMs: it.interval } }),
        filters: it.filters,
      };
    case 'sensor':
      return {
        kind: it.kind,
        name,
        session: plannedSession(it),
        topic: it.topic,
        qos: it.qos,
        intervalMs: it.interval,
        signal: it.signal,
        ...(it.alarmAbove === undefined ? {} : { alarmAbove: it.alarmAbove }),
      };
  }
}
