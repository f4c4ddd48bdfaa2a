import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import type { BundleFile } from '../../src/ingest/index';
import type { DoorExplanation, PathStep, Tuple } from '../../src/model/door';
import type { Unknown } from '../../src/model/match';
import type { Protocol } from '../../src/model/policy';
import type { Verdict } from '../../src/model/verdict';
import { describeStep } from './scenario';

/*
 * A door scenario is a folder with manifests and what is known to be true of their doors, written by hand. In `expect.yaml`:
 *
 *   note    what it shows, a sentence
 *   facts?  as in the command line
 *   doors:  what one client gets from one door
 *     - {client, door, to?, port?, node?, verdict, steps?, dependsOn?, assumptions?, note?}
 *       client       an address outside, or a pod or node of the cluster: `namespace/name`, the name of a node
 *       door         id of the door: `nodePort shop/front:80`, `loadBalancer shop/front:443`, `externalIP shop/dns:53/UDP`, `hostPort shop/front:8443`,
 *                    `hostNetwork shop/exporter:9100` (`:any` for every other port), `hostNetwork n1[Node]:any`, `ingress shop/web:80`, `route …`, `gateway …`;
 *                    the port is that of the Service where there is one, and controllers that are no bare pod say their kind: `hostPort shop/agent[DaemonSet]:80`
 *       to           the pod behind it (`namespace/name`, or the workload where the input has no pods); absent: the first one
 *       port         where the door leads to every port: which one
 *       node         the door is dialled at this node, instead of at whichever the client likes
 *       steps        every step of the way that shows the verdict, in the words of `describeDoorStep`
 *       dependsOn    kinds of what would settle an `indeterminate`
 *       assumptions  texts that each occur in one of the assumptions
 *   reach?: what clients get by any door
 *     - {from: internet | address | CIDR, to, port, protocol?, verdict, note?}
 *   absent? ids of doors that must not exist
 */
export interface DoorScenario {
  readonly name: string;
  readonly note: string;
  readonly facts: ReadonlyMap<string, string>;
  readonly doors: readonly ExpectedDoor[];
  readonly reach: readonly ExpectedReach[];
  readonly absent: readonly string[];
  readonly manifests: readonly BundleFile[];
}

export interface ExpectedDoor {
  readonly client: string;
  readonly door: string;
  readonly to?: string;
  readonly port?: number;
  readonly node?: string;
  readonly verdict: Verdict;
  readonly steps?: readonly string[];
  readonly dependsOn?: readonly Unknown['kind'][];
  readonly assumptions?: readonly string[];
  readonly note?: string;
}

export interface ExpectedReach {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol?: Protocol;
  readonly verdict: Verdict;
  readonly note?: string;
}

const KNOWN_FIELDS = ['note', 'facts', 'doors', 'reach', 'absent'];
const KNOWN_DOOR_FIELDS = ['client', 'door', 'to', 'port', 'node', 'verdict', 'steps', 'dependsOn', 'assumptions', 'note'];
const KNOWN_REACH_FIELDS = ['from', 'to', 'port', 'protocol', 'verdict', 'note'];

export function readDoorScenarios(root: string): readonly DoorScenario[] {
  return readdirSync(root)
    .sort()
    .map((name) => readScenario(root, name));
}

function readScenario(root: string, name: string): DoorScenario {
  const folder = join(root, name);
  const expected = load(readFileSync(join(folder, 'expect.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;
  const doors = (expected.doors ?? []) as readonly ExpectedDoor[];
  const reach = (expected.reach ?? []) as readonly ExpectedReach[];
  refuseUnknown(name, expected, KNOWN_FIELDS);
  for (const door of doors) refuseUnknown(name, door, KNOWN_DOOR_FIELDS);
  for (const one of reach) refuseUnknown(name, one, KNOWN_REACH_FIELDS);
  return {
    name,
    note: expected.note as string,
    facts: new Map(Object.entries((expected.facts ?? {}) as Readonly<Record<string, string>>)),
    doors,
    reach,
    absent: (expected.absent ?? []) as readonly string[],
    manifests: readManifests(join(folder, 'manifests')),
  };
}

/** A misspelt field would be an expectation that nobody checks. */
function refuseUnknown(name: string, mapping: object, known: readonly string[]): void {
  const unknown = Object.keys(mapping).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`door scenario ${name}: unknown field \`${unknown}\``);
}

function readManifests(folder: string): readonly BundleFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')).sort();
  return paths.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

/**
 * A step in words:
 *   door: 203.0.113.9 to 192.0.2.11:30080: allowed                                      (denied: with the reason)
 *   becomes: 203.0.113.9 to shop/front:8080                                             what a translation makes of it
 *   hostIn n1: 203.0.113.9 to n1[Node]:30080: denied by guard#0 at n1-eth0 (preDNAT)    host endpoint and hook
 *   ingress: n2[Node] to shop/front:8080: denied by end-of-tier by shop/clients
 *   relay: edge/proxy to shop/front:8080                                                the controller's own connection
 */
export function describeDoorStep(step: PathStep): string {
  switch (step.kind) {
    case 'door':
      return `door: ${tuple(step.tuple)}: ${step.verdict}${step.verdict === 'denied' ? ` by ${step.reason}` : ''}`;
    case 'translation':
      return `becomes: ${tuple(step.after)}`;
    case 'relay':
      return `relay: ${tuple(step.after)}`;
    default: {
      const { place, node, trace, verdict } = step;
      const where = place === 'hostIn' || place === 'hostOut' ? `${place} ${node ?? 'of a node'}` : place;
      const deciding = trace.findLast((hit) => hit.action !== 'Log' && (verdict !== 'denied' || hit.action === 'Deny'));
      const by = deciding ? ` by ${describeStep(deciding)}${deciding.host ? ` (${deciding.host.hook})` : ''}` : '';
      return `${where}: ${tuple(step.tuple)}: ${verdict}${by}`;
    }
  }
}

function tuple({ source, destination, port, protocol }: Tuple): string {
  return `${source} to ${destination}${port === undefined ? '' : `:${port}`}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

/** What an explanation says, in the words and as far as an expected door asks. */
export function doorAnswer(explanation: DoorExplanation, { steps, dependsOn, assumptions }: ExpectedDoor): Partial<ExpectedDoor> {
  return {
    verdict: explanation.verdict,
    ...(steps && { steps: explanation.shown.steps.map(describeDoorStep) }),
    ...(dependsOn && { dependsOn: [...new Set(explanation.dependsOn.map(({ kind }) => kind))] }),
    ...(assumptions && { assumptions: assumptions.filter((text) => explanation.assumptions.some((own) => own.includes(text))) }),
  };
}
