import type { Door, DoorBackend, DoorWay, PathStep } from '../../model/door';
import type { Endpoint } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import { distinctUnknowns } from '../../model/match';
import type { Verdict } from '../../model/verdict';
import { agreedVerdict } from '../../model/verdict';
import { allMustAllow } from '../evaluate-judgement';
import type { EntryNode, PathContext } from './path-context';

/*
 * Which ways there are through a door to a backend, and what they say together.
 *
 * Who chooses what: the node that a connection enters at is the client's choice where the door is an address of each node (a node port), and the network's
 * where it is a load balancer or an address that all nodes take (external addresses). Whether the backend runs on that node, and whether the client's
 * address is replaced when it does not, are facts. So a door lets a client through if there is an entry of its choice where whatever else may be the case
 * lets it through; it denies if every entry denies in every case; else it is open, and names what it depends on.
 */

/** One way before it is walked. */
export interface Course {
  /** Absent: nobody knows which, since nobody knows where the backend runs. */
  readonly entry?: EntryNode;
  /** `other`: the backend runs on another node than the one it enters at, or outside the cluster. */
  readonly placement: 'same' | 'other';
  /** Does the node that it enters at put its own address in the place of the client's? */
  readonly replacesClient: boolean;
}

/** What may become of a connection that enters at one node. `entry` undefined: at the backend's own node, which nobody knows. */
export interface Courses {
  readonly entry: EntryNode | undefined;
  /** All that may be the case when the connection enters there. */
  readonly cases: readonly Course[];
  /** What tells which of them it is. */
  readonly unknowns: readonly Unknown[];
  /** What has to be the case for anybody to answer there at all. */
  readonly onlyIf?: Unknown;
}

/**
 * Every course that there is; none where no node sends the connection on.
 * @param at the one node that it enters at; absent: any
 */
export function coursesOf(context: PathContext, door: Door, backend: Endpoint | undefined, at?: string): readonly Courses[] {
  switch (door.kind) {
    case 'nodePort':
    case 'loadBalancer':
    case 'externalIP':
      if (door.trafficPolicy !== 'Local') return clusterWide(context, backend, at);
      return backend ? atBackend(context, backend, at) : [];
    default:
      return backend ? atBackend(context, backend, at) : [];
  }
}

/** Only the backend's own node answers, and keeps the client's address. */
function atBackend(context: PathContext, { node, name }: Endpoint, at: string | undefined): readonly Courses[] {
  if (at !== undefined && node !== undefined && node !== at) return [];
  const home = node ?? at;
  const entry = home === undefined ? undefined : context.entryNode(home);
  const isPresumed = node === undefined && at !== undefined && !isOnlyNode(context);
  const onlyIf: Unknown = { kind: 'placement', text: `whether \`${name}\` runs on node \`${at}\`, which alone leads to pods of its own` };
  return [
    {
      entry,
      cases: [{ ...(entry && { entry }), placement: 'same', replacesClient: false }],
      unknowns: [],
      ...(isPresumed && { onlyIf }),
    },
  ];
}

/** Is there one node, and no other that the input does not name? */
export function isOnlyNode({ world }: PathContext): boolean {
  return world.knowsNodes && world.nodeNames.length === 1;
}

/** Every node answers, and sends on to other nodes as well. */
function clusterWide(context: PathContext, backend: Endpoint | undefined, at: string | undefined): readonly Courses[] {
  const { serviceProxy } = context.world.facts;
  const elsewhere = (entry: EntryNode): readonly Course[] => [
    ...(serviceProxy === 'ebpf' ? [] : [{ entry, placement: 'other' as const, replacesClient: true }]),
    ...(serviceProxy === 'kube-proxy' ? [] : [{ entry, placement: 'other' as const, replacesClient: false }]),
  ];
  const entries = at === undefined ? context.entryNodesFor(backend) : [context.entryNode(at)];
  return entries.map((entry): Courses => {
    const same: Course = { entry, placement: 'same', replacesClient: false };
    const proxy: readonly Unknown[] = serviceProxy === 'unknown' ? [SERVICE_PROXY] : [];
    if (!backend) return { entry, cases: elsewhere(entry), unknowns: proxy };
    if (backend.node !== undefined) {
      const isSame = backend.node === entry.name;
      return { entry, cases: isSame ? [same] : elsewhere(entry), unknowns: isSame ? [] : proxy };
    }
    if (isOnlyNode(context)) return { entry, cases: [same], unknowns: [] };
    return { entry, cases: [same, ...elsewhere(entry)], unknowns: [placementOf(backend, entry), ...proxy] };
  });
}

/** kube-proxy replaces the client's address, proxies in eBPF keep it: while nobody tells which it is, both ways are walked. */
export const SERVICE_PROXY: Unknown = {
  kind: 'fact',
  text: "the fact `serviceProxy`: whether a node replaces the client's address on the way to another node",
};

/** What a way depends on where nobody knows the pod's node. */
function placementOf({ name }: Endpoint, entry: EntryNode): Unknown {
  const where = entry.name === undefined ? 'the node that the connection enters at' : `node \`${entry.name}\``;
  return {
    kind: 'placement',
    text: `whether \`${name}\` runs on ${where}: elsewhere the address of that node may be seen in place of the client's`,
  };
}

/** A way that was walked, with the course that it took. */
export interface WalkedWay extends DoorWay {
  readonly course: Course;
}

/** What the ways of a door say together. */
export interface Together {
  readonly verdict: Verdict;
  /** One that shows the verdict. */
  readonly shown: WalkedWay;
  readonly ways: readonly WalkedWay[];
  readonly dependsOn: readonly Unknown[];
}

/** Walks every course and joins what they say; `walk` answers the way of one. */
export function joinWays(door: Door, courses: readonly Courses[], walk: (course: Course) => WalkedWay): Together {
  const entries = courses.map(({ entry, cases, unknowns, onlyIf }) => {
    const ways = cases.map(walk);
    const verdict = agreedVerdict(ways.map((way) => way.verdict));
    const open = ways.flatMap((way) => way.dependsOn);
    // A node of which nobody knows whether it is there, or whether it answers, opens nothing for certain.
    const condition = verdict === 'denied' ? undefined : (onlyIf ?? (entry?.exists === false ? OTHER_NODES : undefined));
    return {
      entry,
      ways,
      verdict: condition ? ('indeterminate' as const) : verdict,
      dependsOn: [
        ...(verdict !== 'indeterminate' ? [] : isMixed(ways) ? [...unknowns, ...open] : open),
        ...(condition && (onlyIf || verdict === 'allowed') ? [condition] : []),
      ],
    };
  });
  const verdicts = entries.map((entry) => entry.verdict);
  const ways = distinct(entries.flatMap((entry) => entry.ways));
  const isClientsChoice = door.kind === 'nodePort';
  const verdict = isClientsChoice ? best(verdicts) : agreedVerdict(verdicts);
  const open = entries.filter((entry) => entry.verdict === 'indeterminate');
  const shown = shownOf(verdict === 'indeterminate' && open.length > 0 ? open.flatMap((entry) => entry.ways) : ways, verdict);
  if (verdict !== 'indeterminate') return { verdict, shown, ways, dependsOn: [] };
  const isOpenByEntry = !isClientsChoice && new Set(verdicts).size > 1;
  return {
    verdict,
    shown,
    ways,
    dependsOn: distinctUnknowns([...entries.flatMap((entry) => entry.dependsOn), ...(isOpenByEntry ? [whichNode(entries)] : [])]),
  };
}

const OTHER_NODES: Unknown = { kind: 'placement', text: 'whether there are nodes beside those that the input names' };

/** Do the cases of one entry disagree, so that what tells them apart matters? */
function isMixed(ways: readonly DoorWay[]): boolean {
  return new Set(ways.map(({ verdict }) => verdict)).size > 1;
}

/** The verdict of whoever may choose among them. */
export function best(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('allowed')) return 'allowed';
  return verdicts.includes('indeterminate') ? 'indeterminate' : 'denied';
}

/** One that has the verdict. Where none is open and they differ, the one that denies, since it is what has to be explained. */
export function shownOf(ways: readonly WalkedWay[], verdict: Verdict): WalkedWay {
  return ways.find((way) => way.verdict === verdict) ?? ways.find((way) => way.verdict === 'denied') ?? ways[0]!;
}

/** Names at which nodes a balanced door is open and at which it is shut. */
function whichNode(entries: readonly { readonly entry: EntryNode | undefined; readonly verdict: Verdict }[]): Unknown {
  const named = (verdict: Verdict) => entries.filter((entry) => entry.verdict === verdict).map(({ entry }) => entry?.name ?? 'other nodes');
  const parts = (['allowed', 'denied', 'indeterminate'] as const).flatMap((verdict) => {
    const names = named(verdict);
    if (names.length === 0) return [];
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return [
      `${verdict} at ${names
        .slice(0, MOST_NAMES)
        .map((name) => `\`${name}\``)
        .join(', ')}${more}`,
    ];
  });
  return { kind: 'placement', text: `which node it is sent to: ${parts.join('; ')}` };
}

const MOST_NAMES = 3;

/** Ways that look the same but for the node that they enter at, each once. */
function distinct(ways: readonly WalkedWay[]): readonly WalkedWay[] {
  const seen = new Set<string>();
  return ways.filter(({ verdict, steps, course }) => {
    const key = JSON.stringify([verdict, course.placement, course.replacesClient, steps.map(outlineOf)]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What of a step tells ways apart: not the tuple, which names the node. */
function outlineOf(step: PathStep): readonly unknown[] {
  if (step.kind !== 'point') return [step.kind];
  const hits = step.trace.map(({ trigger, policy, rule, host }) => [trigger, policy?.name, policy?.namespace, rule, host?.hook]);
  return [step.place, step.verdict, hits];
}

/** Steps collected up to the one that denies. */
export function walkedWay(course: Course, text: string, steps: Iterable<PathStep>): WalkedWay {
  const taken: PathStep[] = [];
  const verdicts: Verdict[] = [];
  const open: Unknown[] = [];
  for (const step of steps) {
    taken.push(step);
    if (step.kind !== 'point' && step.kind !== 'door') continue;
    verdicts.push(step.verdict);
    if (step.verdict === 'indeterminate') open.push(...step.unknowns);
    if (step.verdict === 'denied') break;
  }
  const verdict = allMustAllow(verdicts);
  const node = course.entry?.name;
  return {
    text,
    ...(node !== undefined && { node }),
    verdict,
    steps: taken,
    dependsOn: verdict === 'indeterminate' ? distinctUnknowns(open) : [],
    course,
  };
}

/** The end of a door as a party, or undefined for a backend that is none. */
export function endpointOf({ world }: PathContext, backend: DoorBackend): Endpoint | undefined {
  return backend.endpoint === undefined ? undefined : world.endpoint(backend.endpoint);
}
