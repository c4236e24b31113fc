// What the words of a timeline come to on a PLC, its rack and its cables.
import type { StartedPlc } from '../parts/devices/started-plc.ts';
import type { RackState } from '../parts/devices/rack/rack-state.ts';
import { unable } from './acts.ts';
import type { PartAction, PlcAction } from './planned-action.ts';

type RackAction = Extract<PlcAction, { readonly do: 'remove' | 'insert' | 'break-bus' | 'mend-bus' }>;

/**
 * Does something to a PLC.
 * @returns why it could not be done, where it could not
 */
export async function actOnPlc(plc: StartedPlc, action: PartAction | PlcAction): Promise<string | undefined> {
  switch (action.do) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'kill':
    case 'pause':
    case 'resume':
      await plc[action.do]();
      return undefined;
    case 'restart-as':
      await plc.restart(action.how);
      return undefined;
    case 'dip':
      if (plc.phase === 'off') return `${plc.name} has no power`;
      await plc.dip(action.forMs);
      return undefined;
    case 'input':
      plc.setInput(action.name, action.value);
      return undefined;
    case 'unplug':
    case 'plug':
      plc.setCable(action.port, action.do === 'plug');
      return undefined;
    case 'clock':
      plc.stepClock(action.stepMs);
      return undefined;
    case 'remove':
    case 'insert':
    case 'break-bus':
    case 'mend-bus':
      if (!plc.rack) throw unable(action);
      return actOnRack(plc.rack, action, plc);
    default:
      throw unable(action);
  }
}

function actOnRack(rack: RackState, action: RackAction, { program }: StartedPlc): string | undefined {
  switch (action.do) {
    case 'remove':
      return rack.remove(action.unit) ? undefined : `there is no unit ${action.unit} in the rack`;
    case 'insert': {
      const unit = program.rack?.units.find(({ address }) => address === action.unit);
      if (unit === undefined) throw unable(action);
      return rack.insert(unit) ? undefined : 'the rack is full';
    }
    case 'break-bus':
    case 'mend-bus':
      rack.setLine(action.line === 'A' ? 0 : 1, action.do === 'mend-bus');
      return undefined;
  }
}
