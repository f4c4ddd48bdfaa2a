import { assertNever } from '../util/invariant';
import type { TraceStep } from './trace-step';

/** What would let a packet pass that a node drops, whatever policies say; undefined: something else denies it. */
export function nodeRemedyOf({ direction, trigger }: Pick<TraceStep, 'direction' | 'trigger'>, protocol: string): string | undefined {
  if (trigger === 'host-action') return 'let nodes accept what their own pods send to them (`defaultEndpointToHostAction`)';
  if (trigger !== 'tunnel-packet') return undefined;
  switch (direction) {
    case 'ingress':
      return 'name the source in `externalNodesList` of the FelixConfiguration';
    case 'egress': {
      const field = protocol === 'UDP' ? 'allowVXLANPacketsFromWorkloads' : 'allowIPIPPacketsFromWorkloads';
      return `let nodes pass what carries other packets from their pods (\`${field}\`)`;
    }
    default:
      return assertNever(direction);
  }
}
