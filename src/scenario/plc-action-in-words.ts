// What a timeline does to a PLC, in words.
import type { PlcAction } from '../bench/planned-action.ts';

const starts = {
  warm: 'is started again, with what it retained',
  cold: 'is started again, with nothing retained',
} as const;

/** One action, behind the name of the PLC. */
export function plcActionInWords(action: PlcAction): string {
  switch (action.do) {
    case 'restart-as':
      return starts[action.how];
    case 'dip':
      return `has no supply for ${action.forMs} ms`;
    case 'input':
      return action.value === undefined
        ? `reads its input ${action.name} again`
        : `reads ${action.value} at its input ${action.name} from here on`;
    case 'unplug':
      return `has the cable of its Ethernet port ${action.port} pulled`;
    case 'plug':
      return `has the cable of its Ethernet port ${action.port} plugged in`;
    case 'remove':
      return `loses unit ${action.unit} of its rack`;
    case 'insert':
      return `gets unit ${action.unit} into its rack`;
    case 'break-bus':
      return `has line ${action.line} of its field bus broken`;
    case 'mend-bus':
      return `has line ${action.line} of its field bus mended`;
  }
}
