// The flow of a Node-RED gateway, made from the register map of its PLC: Modbus reads, a function, MQTT out.
import { decodeFunction } from './node-red-function.ts';
import { readsOf, tables, type FlowRead, type FlowRegister } from './node-red-reads.ts';

/** What the flow connects. */
export interface FlowOptions {
  readonly clientId: string;
  readonly broker: { readonly host: string; readonly port: number };
  readonly plc: { readonly host: string; readonly port: number };
  readonly unitId: number;
  readonly registers: Readonly<Record<string, FlowRegister>>;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly pollMs: number;
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
}

/** A node, as Node-RED keeps it. */
export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** Node ids of the configuration; credentials are kept under the broker's. */
export const brokerNode = 'broker';

/** The nodes of the flow. */
export function nodeRedFlow(options: FlowOptions): readonly FlowNode[] {
  const reads = readsOf(options.registers);
  return [
    { id: 'tab', type: 'tab', label: 'PLC to MQTT' },
    brokerOf(options),
    plcOf(options),
    ...reads.flatMap((read, index) => nodesOf(read, index, options)),
    { id: 'out', type: 'mqtt out', z: 'tab', name: '', topic: '', qos: '', retain: '', broker: brokerNode, wires: [] },
  ];
}

function brokerOf({ clientId, broker, keepAliveS, cleanSession, topic }: FlowOptions): FlowNode {
  const status = (kind: 'birth' | 'close' | 'will', payload: string) => ({
    [`${kind}Topic`]: `${topic}/status`,
    [`${kind}Qos`]: '1',
    [`${kind}Retain`]: 'true',
    [`${kind}Payload`]: payload,
    [`${kind}Msg`]: {},
  });
  return {
    id: brokerNode,
    type: 'mqtt-broker',
    broker: broker.host,
    port: String(broker.port),
    clientid: clientId,
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: String(keepAliveS),
    cleansession: cleanSession,
    autoUnsubscribe: false,
    ...status('birth', 'online'),
    ...status('close', 'offline'),
    ...status('will', 'offline'),
  };
}

function plcOf({ plc, unitId }: FlowOptions): FlowNode {
  return {
    id: 'plc',
    type: 'modbus-client',
    clienttype: 'tcp',
    bufferCommands: true,
    tcpHost: plc.host,
    tcpPort: String(plc.port),
    tcpType: 'DEFAULT',
    unit_id: String(unitId),
    commandDelay: '1',
    clientTimeout: '1000',
    reconnectOnTimeout: true,
    reconnectTimeout: '500',
    parallelUnitIdsAllowed: true,
    showErrors: false,
    showWarnings: false,
    showLogs: false,
  };
}

function nodesOf(read: FlowRead, index: number, { unitId, pollMs, topic, qos }: FlowOptions): readonly FlowNode[] {
  return [
    {
      id: `read-${index}`,
      type: 'modbus-read',
      z: 'tab',
      topic: '',
      unitid: String(unitId),
      dataType: tables[read.table],
      adr: String(read.start),
      quantity: String(read.quantity),
      rate: String(pollMs),
      rateUnit: 'ms',
      server: 'plc',
      emptyMsgOnFail: true,
      showErrors: false,
      showWarnings: false,
      wires: [[`values-${index}`], []],
    },
    {
      id: `values-${index}`,
      type: 'function',
      z: 'tab',
      outputs: 1,
      func: decodeFunction(read, { topic, qos, tellsPlc: index === 0 }),
      wires: [['out']],
    },
  ];
}
