import type { Catalogue } from '../engine/index';
import type { DecidingStep, Door, DoorExposure, DoorKind, DoorPort, ExposedRange } from '../model/door';
import type { TransportProtocol } from '../model/endpoint';
import type { Unknown } from '../model/match';
import { formatRef, type ResourceRef } from '../model/source';
import type { FlowNames } from '../model/trace-text';
import type { Verdict } from '../model/verdict';
import { intersectionOfRanges } from '../util/address-set';
import { type AddressRange, formatAddress, parseAddress } from '../util/ip';
import { nameRanges } from './range-names';
import { type TraceStep, traceStep } from './trace-step';

/** An object that a door belongs to. */
export interface DoorObject {
  /** `namespace/name[Kind]`. */
  readonly object: string;
  readonly file: string;
  readonly line: number;
}

/** What a door is, whoever gets through: with names in place of indices. */
export interface DoorFacts extends DoorObject {
  readonly id: string;
  readonly kind: DoorKind;
  readonly protocol: TransportProtocol;
  /** What clients dial: a number, `any` for every port as itself, `unknown` where the input does not tell. */
  readonly port: DoorPort;
  /** Port of the Service in front of its node port, load balancer or external address. */
  readonly servicePort?: number;
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** Host names of an Ingress or route; empty: every name. */
  readonly hosts?: readonly string[];
  /** The Gateway that a route hangs on. */
  readonly gateway?: string;
  /** Who listens for an Ingress, Route or Gateway; without `pods` the input does not have its pods. */
  readonly controller?: { readonly name: string; readonly isInInput: boolean };
  /** CIDRs of the clients that the door itself admits; absent: every client. */
  readonly sourceRanges?: readonly string[];
  readonly scope: Door['scope'];
  readonly scopeEvidence?: string;
}

/** One thing that decides who gets through: a step of policy, or the door itself. */
export interface Decider {
  readonly kind: 'policy' | 'door';
  /** In words. */
  readonly sentence: string;
  /** Of policy. */
  readonly step?: TraceStep;
}

/** Clients outside the cluster that a door treats alike. */
export interface ClientGroup {
  readonly verdict: Verdict;
  /** `LOW-HIGH`, both ends included. */
  readonly ranges: readonly string[];
  /** The same in words and CIDRs: `any address but 10.0.0.0/8`. */
  readonly clients: readonly string[];
  readonly decidedBy: readonly Decider[];
  readonly dependsOn: readonly Unknown[];
}

/** One door of a workload, and who gets through from outside the cluster. */
export interface ExposedDoor extends DoorFacts {
  /** Layer 7: the door that clients dial, on the way to this one. */
  readonly front?: DoorFacts;
  readonly portOutside: DoorPort;
  readonly portInside: DoorPort;
  /** Ids of the endpoints behind it; empty when it is all of the workload. */
  readonly endpoints: readonly string[];
  readonly internet: DoorExposure['internet'];
  /** Allowed ones first. */
  readonly clients: readonly ClientGroup[];
  readonly assumptions: readonly string[];
}

/** A door as its types tell it, for everything behind the engine. */
export function doorFacts(door: Door): DoorFacts {
  const { id, kind, object, protocol, port, servicePort, addresses, hostnames, hosts, gateway, controller, sourceRanges } = door;
  return {
    id,
    kind,
    ...objectOf(object),
    protocol,
    port,
    ...(servicePort !== undefined && { servicePort }),
    addresses,
    hostnames,
    ...(hosts && { hosts }),
    ...(gateway && { gateway: formatRef(gateway) }),
    ...(controller && { controller: controllerOf(controller) }),
    ...(sourceRanges && { sourceRanges }),
    scope: door.scope,
    ...(door.scopeEvidence !== undefined && { scopeEvidence: door.scopeEvidence }),
  };
}

function objectOf(ref: ResourceRef): DoorObject {
  return { object: formatRef(ref), file: ref.source.file, line: ref.source.line };
}

function controllerOf(controller: NonNullable<Door['controller']>): NonNullable<DoorFacts['controller']> {
  const isInInput = controller.kind === 'pods';
  return { name: controller.name ?? 'a controller', isInInput };
}

/**
 * What a door lets through to the endpoints of a workload that are alike.
 * @param asked only clients of these ranges; absent: all addresses outside the cluster
 */
export function exposedDoor(
  catalogue: Catalogue,
  workload: number,
  exposure: DoorExposure,
  asked: readonly AddressRange[] | undefined,
): ExposedDoor {
  const { door, front, endpoints, portOutside, portInside, ranges, internet, assumptions } = exposure;
  const whole = catalogue.workload(workload);
  return {
    ...doorFacts(door),
    ...(front && { front: doorFacts(front) }),
    portOutside,
    portInside,
    endpoints: endpoints.length === whole.endpoints.length ? [] : endpoints.map((index) => catalogue.endpoint(index).id),
    internet,
    clients: clientGroups(catalogue, namesFor(exposure, whole.id), ranges, asked),
    assumptions,
  };
}

/** Who opens and who takes the connection that a step is about. */
type NamesOf = (step: DecidingStep) => FlowNames;

/** Where a controller is on the way there are two connections: from the client to it, and its own to the workload. */
function namesFor({ door, front }: DoorExposure, workload: string): NamesOf {
  const controller = door.controller?.name ?? 'the controller';
  return (step) => {
    if (step.kind === 'policy' && step.isRelayed) return { from: controller, to: workload };
    return { from: 'the client', to: front ? controller : workload };
  };
}

const VERDICTS: readonly Verdict[] = ['allowed', 'indeterminate', 'denied'];

/** Ranges that say the same, wherever they lie, as one. */
function clientGroups(
  { facts }: Catalogue,
  namesOf: NamesOf,
  ranges: readonly ExposedRange[],
  asked: readonly AddressRange[] | undefined,
): readonly ClientGroup[] {
  const groups = new Map<string, { readonly first: ExposedRange; readonly own: AddressRange[] }>();
  for (const range of ranges) {
    const whole = readRange(range);
    const own = asked ? asked.flatMap((part) => intersectionOfRanges(whole, part) ?? []) : [whole];
    if (own.length === 0) continue;
    const key = JSON.stringify([range.verdict, range.decidedBy, range.dependsOn]);
    const group = groups.get(key);
    if (group) group.own.push(...own);
    else groups.set(key, { first: range, own });
  }
  return [...groups.values()]
    .sort((a, b) => VERDICTS.indexOf(a.first.verdict) - VERDICTS.indexOf(b.first.verdict))
    .map(({ first: { verdict, decidedBy, dependsOn }, own }) => ({
      verdict,
      ranges: own.map(rangeText),
      clients: nameRanges(own, facts),
      decidedBy: distinct(decidedBy.map((step) => deciderOf(step, namesOf(step)))),
      dependsOn,
    }));
}

function readRange({ low, high }: ExposedRange): AddressRange {
  const { family, value } = parseAddress(low)!;
  return { family, low: value, high: parseAddress(high)!.value };
}

/** Both ends also where they are one, so that readers need no case of their own. */
function rangeText({ family, low, high }: AddressRange): string {
  return `${formatAddress({ family, value: low })}-${formatAddress({ family, value: high })}`;
}

/** Tells a deciding step in words. */
export function deciderOf(step: DecidingStep, names: FlowNames): Decider {
  if (step.kind === 'door') return { kind: 'door', sentence: step.reason };
  const told = traceStep(step.hit, names);
  return { kind: 'policy', sentence: `${entryText(step)}${told.sentence}`, step: told };
}

/** Which node a denial is about, and which not. */
function entryText({ entries }: Extract<DecidingStep, { kind: 'policy' }>): string {
  if (!entries) return '';
  const other = entries.other === undefined ? 'other nodes' : `node \`${entries.other}\``;
  return `at ${other}, not at \`${entries.shut}\`: `;
}

/** Ways that differ elsewhere may be decided by one rule. */
function distinct(deciders: readonly Decider[]): readonly Decider[] {
  return [...new Map(deciders.map((decider) => [`${decider.sentence} ${decider.step?.file}:${decider.step?.line}`, decider])).values()];
}

/** `TCP 443 → 8443`, or one number where both are the same; `?` is a number that the input does not tell. */
export function portsText(protocol: string, outside: DoorPort, inside: DoorPort): string {
  if (outside === inside) return `${protocol} ${portText(outside)}`;
  return `${protocol} ${portText(outside)} → ${portText(inside)}`;
}

function portText(port: DoorPort): string {
  return port === 'any' ? 'any port' : port === 'unknown' ? '?' : String(port);
}
