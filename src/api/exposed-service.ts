import {
  type Analysis,
  type Catalogue,
  type ConnectionSet,
  type ConnectivityRow,
  catalogueOf,
  connectivity,
  type HypotheticalPod,
  HypotheticalReach,
  hypotheticalVerdict,
  type PeerKey,
  staysOnNode,
} from '../engine/index';
import type { Door, DoorPort } from '../model/door';
import type { TransportProtocol } from '../model/endpoint';
import type { Unknown } from '../model/match';
import { TRANSPORT_PROTOCOLS } from '../model/policy';
import type { Explanation } from '../model/verdict';
import { intervalsHave } from '../util/interval-set';
import { type Decider, type DoorFacts, deciderOf, doorFacts } from './exposed-door';
import { witnessText } from './witness-text';

/*
 * Who inside the cluster gets through to a workload: the workloads that there are, and pods that nobody has deployed yet. Of these a *stranger* is the one
 * with the least claim: no labels, in a new namespace without labels. What lets a stranger in lets in everybody but those that their own policies hold.
 */

/**
 * How far something is open to pods that nobody has deployed yet. `any`: to a stranger · `some`: to pods that somebody could create, with the right labels
 * or in the right namespace · `perhaps`: the input does not tell · `none`: to no pod at all.
 */
export type NewPods = 'any' | 'some' | 'perhaps' | 'none';

/** Who inside gets through to some port of a workload. */
export interface InsideReach {
  readonly newPods: NewPods;
  /** With `some`: a pod that would get through, in words. */
  readonly example?: string;
  readonly workloads: {
    /** From all of their pods to all pods of this one. */
    readonly allowed: number;
    /** Some pods only, or the input does not tell; with internalTrafficPolicy Local, all that policy allows. */
    readonly conditional: number;
    /** Workloads with pods, this one left out. */
    readonly total: number;
    /** Names of the first that are allowed, then of the first that are conditional. */
    readonly names: readonly string[];
  };
}

/** A Service that leads to a workload, as clients in the cluster meet it. */
export interface ServiceDoor extends DoorFacts, InsideReach {
  readonly portInside: DoorPort;
  /** Ids of the endpoints behind it; empty when it is all of the workload. */
  readonly endpoints: readonly string[];
  /** What lets the pod in, or keeps it out, that `newPods` is about. */
  readonly decidedBy: readonly Decider[];
  /** With `perhaps`: what would settle it. */
  readonly dependsOn?: readonly Unknown[];
}

/** Everything inside the cluster that concerns one workload. */
export interface InsideView {
  /** Services that lead to it. */
  readonly services: readonly ServiceDoor[];
  /** What a stranger may open to its pods, with or without a Service. */
  readonly strangers: ConnectionSet;
  /** Of some port of its pods. */
  readonly newPods: NewPods;
  /** Workloads that may open some port to it, for certain or perhaps. */
  readonly callers: number;
}

/** Names of workloads that one answer tells at most; `flows` tells all. */
const MOST_NAMES = 10;

/** Answers who inside gets through to workloads. Pods that no policy tells apart are asked about once. */
export class InsideReaches {
  readonly #analysis: Analysis;
  readonly #catalogue: Catalogue;
  readonly #stranger: HypotheticalPod;
  readonly #strangers: HypotheticalReach;
  readonly #anyPods: HypotheticalReach;
  /** Workloads that have pods. */
  readonly #populated: number;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#catalogue = catalogueOf(analysis);
    this.#stranger = { name: 'a new pod', labels: {}, newNamespace: { name: unusedName(this.#catalogue.namespaces), labels: {} } };
    this.#strangers = new HypotheticalReach(analysis, this.#stranger, 'egress');
    this.#anyPods = new HypotheticalReach(analysis, ANY_POD, 'egress');
    const workloads = Array.from({ length: this.#catalogue.workloadCount() }, (_, index) => this.#catalogue.workload(index));
    this.#populated = workloads.filter(({ endpoints }) => endpoints.length > 0).length;
  }

  /**
   * What concerns some workloads, in their order.
   * @param servicesOf doors inside the cluster that lead to a workload
   */
  *views(workloads: readonly number[], servicesOf: (workload: number) => readonly Door[]): Generator<InsideView> {
    const asked = new Map(workloads.map((index) => [index, this.#asked(index, servicesOf(index))]));
    const keys = workloads.map((index): PeerKey => ({ kind: 'workload', index }));
    // Counted as they pass: there may be millions.
    for (const row of connectivity(this.#analysis, { by: 'workload', to: keys, external: false })) {
      if (row.from.kind === 'workload' && row.to.kind === 'workload') count(asked.get(row.to.index)!, row, row.from.index);
    }
    for (const [workload, { services, callers }] of asked) {
      yield { services: services.map((service) => this.#serviceDoor(workload, service)), ...this.#unasked(workload), callers };
    }
  }

  /** What is to be counted for a workload: one thing for each port of its pods that a Service leads to. */
  #asked(workload: number, doors: readonly Door[]): Asked {
    const services = doors.flatMap((door) => {
      const byPort = new Map<DoorPort, number[]>();
      for (const { endpoint, port } of door.backends) {
        if (endpoint === undefined || this.#catalogue.endpoint(endpoint).workload !== workload) continue;
        const own = byPort.get(port);
        if (own) own.push(endpoint);
        else byPort.set(port, [endpoint]);
      }
      return [...byPort].map(([portInside, endpoints]): AskedService => {
        // Whoever finds pods by a headless Service dials them on the port that it tells; a Service always has one.
        const packet = { protocol: door.protocol, port: typeof portInside === 'number' ? portInside : door.servicePort! };
        return { door, portInside, endpoints, packet, allowed: 0, conditional: 0, certain: [], possible: [] };
      });
    });
    return { services, callers: 0 };
  }

  /** On any port, by the addresses of the pods themselves. */
  #unasked(workload: number): Pick<InsideView, 'strangers' | 'newPods'> {
    const { endpoints } = this.#catalogue.workload(workload);
    const strangers = this.#strangers.with(endpoints).allowed;
    if (endpoints.length === 0) return { strangers: {}, newPods: 'none' };
    if (hasPorts(strangers)) return { strangers, newPods: 'any' };
    const { allowed, conditional } = this.#anyPods.with(endpoints);
    return { strangers, newPods: hasPorts(allowed) ? 'some' : hasPorts(conditional) ? 'perhaps' : 'none' };
  }

  #serviceDoor(workload: number, asked: AskedService): ServiceDoor {
    const { door, portInside, endpoints, packet, allowed, conditional, certain, possible } = asked;
    const { id, endpoints: all } = this.#catalogue.workload(workload);
    const newPods = this.#newPods(endpoints, packet);
    const { explanation, witness } = this.#explain(newPods, endpoints[0]!, packet);
    const names = [...certain, ...possible].slice(0, MOST_NAMES).map((index) => this.#catalogue.workload(index).id);
    return {
      ...doorFacts(door),
      portInside,
      endpoints: endpoints.length === all.length ? [] : endpoints.map((index) => this.#catalogue.endpoint(index).id),
      newPods,
      ...(witness && newPods === 'some' && { example: witnessText(witness) }),
      workloads: { allowed, conditional, total: Math.max(0, this.#populated - 1), names },
      decidedBy: [
        ...(staysOnNode(door) ? [deciderOf({ kind: 'door', reason: ON_ITS_NODE }, { from: '', to: id })] : []),
        ...decidersOf(explanation, { from: newPods === 'any' ? 'any pod' : 'a new pod', to: id }),
      ],
      ...(newPods === 'perhaps' && { dependsOn: explanation.dependsOn.length > 0 ? explanation.dependsOn : [ANY_UNKNOWN] }),
    };
  }

  #newPods(endpoints: readonly number[], packet: AskedPacket): NewPods {
    if (has(this.#strangers.with(endpoints).allowed, packet)) return 'any';
    const { allowed, conditional } = this.#anyPods.with(endpoints);
    if (has(allowed, packet)) return 'some';
    return has(conditional, packet) ? 'perhaps' : 'none';
  }

  #explain(newPods: NewPods, endpoint: number, packet: AskedPacket) {
    const pod = newPods === 'any' ? this.#stranger : ANY_POD;
    return hypotheticalVerdict(this.#analysis, { pod, direction: 'egress', other: endpoint, packet });
  }
}

/** A port of some pods of a workload, with the workloads that may open it, as far as they are counted. */
interface AskedService {
  readonly door: Door;
  readonly portInside: DoorPort;
  readonly endpoints: readonly number[];
  readonly packet: AskedPacket;
  allowed: number;
  conditional: number;
  /** The first of them. */
  readonly certain: number[];
  readonly possible: number[];
}

interface Asked {
  readonly services: readonly AskedService[];
  callers: number;
}

function count(asked: Asked, { allowed, conditional }: ConnectivityRow, from: number): void {
  if (hasPorts(allowed) || hasPorts(conditional)) asked.callers++;
  for (const service of asked.services) {
    // Pods on nodes without a backend get nowhere, and which node it is may change with every start.
    const isCertain = !staysOnNode(service.door);
    if (isCertain && has(allowed, service.packet)) {
      if (service.allowed++ < MOST_NAMES) service.certain.push(from);
    } else if (has(allowed, service.packet) || has(conditional, service.packet)) {
      if (service.conditional++ < MOST_NAMES) service.possible.push(from);
    }
  }
}

const ON_ITS_NODE = 'only from nodes that run a pod behind it: internalTrafficPolicy Local';

/** Any labels, any service account, any namespace. */
const ANY_POD: HypotheticalPod = { name: 'a new pod' };

/** Some such pod gets through and nothing is open about it, but not every one does that the search has to reckon with. */
const ANY_UNKNOWN: Unknown = { kind: 'condition', text: 'what such a pod is, and which node it runs on' };

interface AskedPacket {
  readonly protocol: TransportProtocol;
  readonly port: number;
}

/** ICMP is no service: whether a pod answers a ping exposes nothing. */
function hasPorts(set: ConnectionSet): boolean {
  return TRANSPORT_PROTOCOLS.some((protocol) => (set[protocol] ?? []).length > 0);
}

function has(set: ConnectionSet, { protocol, port }: AskedPacket): boolean {
  return intervalsHave(set[protocol] ?? [], port);
}

/** The step of the called side that decides: its last certain one, else all that it may depend on. */
function decidersOf({ trace, egress, ingress }: Explanation, names: { readonly from: string; readonly to: string }): readonly Decider[] {
  const side = ingress !== 'denied' && egress === 'denied' ? 'egress' : 'ingress';
  const steps = trace.filter(({ direction }) => direction === side);
  const certain = steps.filter(({ certainty, action }) => certainty === 'yes' && (action === 'Allow' || action === 'Deny')).slice(-1);
  return (certain.length > 0 ? certain : steps).map((hit) => deciderOf({ kind: 'policy', hit }, names));
}

/** A name for a namespace that there is not. */
function unusedName(names: readonly string[]): string {
  let name = 'new-namespace';
  for (let count = 2; names.includes(name); count++) name = `new-namespace-${count}`;
  return name;
}
