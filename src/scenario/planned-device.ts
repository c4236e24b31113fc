// A device of a scenario as the plan has it.
import { signalOf, type Recordings } from '../bench/devices/signal-schema.ts';
import type { PlannedDevice, PlannedSensor, PlannedSession } from '../bench/planned-device.ts';
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

/**
 * The device of this name.
 * @param recordings those that the signals of the file name
 */
export function plannedDevice(name: string, it: ScenarioDevice, recordings: Recordings): PlannedDevice {
  switch (it.kind) {
    case 'plc':
      return { kind: it.kind, name, program: it.program };
    case 'subscriber':
      return { kind: it.kind, name, session: plannedSession(it), filters: it.filters };
    case 'http-poller':
      return { kind: it.kind, name, session: plannedSession(it), filters: it.filters, intervalMs: it.interval };
    case 'modbus-mqtt':
      return { kind: it.kind, name, ...plannedPolling(it), ...(it.store && { store: it.store }) };
    case 'node-red':
      return { kind: it.kind, name, ...plannedPolling(it) };
    case 'container:node-red':
      return { kind: it.kind, name, ...plannedPolling(it), ...(it.image !== undefined && { image: it.image }) };
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
      return plannedSensor(name, it, recordings);
  }
}

function plannedPolling(it: Extract<OnMqtt, { plc: string }>) {
  return { session: plannedSession(it), plc: it.plc, port: it.port, topic: it.topic, qos: it.qos, pollMs: it.poll };
}

type WrittenSensor = Extract<ScenarioDevice, { kind: 'sensor' }>;

function plannedSensor(name: string, it: WrittenSensor, recordings: Recordings): PlannedSensor {
  const { topic, qos, signal, range, deadband, store, alarmQos } = it;
  return {
    kind: it.kind,
    name,
    session: plannedSession(it),
    topic,
    qos,
    intervalMs: it.interval,
    unit: signal.unit,
    signal: signalOf(signal, it.interval, recordings),
    driftPpm: it.clockDriftPpm,
    alarms: alarmsOf(it),
    ...(alarmQos !== undefined && { alarmQos }),
    ...(range && { range }),
    ...(it.faults && { faults: it.faults.map(faultOf) }),
    ...(deadband !== undefined && { deadband }),
    ...(it.maxInterval !== undefined && { maxIntervalMs: it.maxInterval }),
    ...(store && { store }),
  };
}

function faultOf({ at, for: lengthMs, quality }: NonNullable<WrittenSensor['faults']>[number]) {
  return { fromMs: at, untilMs: at + lengthMs, quality };
}

function alarmsOf({ alarms = [], alarmAbove }: WrittenSensor): NonNullable<PlannedSensor['alarms']> {
  if (alarmAbove !== undefined) {
    return [{ name: 'high', above: alarmAbove, hysteresis: 0, onDelayMs: 0, offDelayMs: 0 }];
  }
  return alarms.map(({ name, above, below, hysteresis, onDelay, offDelay }) => ({
    name,
    hysteresis,
    onDelayMs: onDelay,
    offDelayMs: offDelay,
    ...(above !== undefined && { above }),
    ...(below !== undefined && { below }),
  }));
}
