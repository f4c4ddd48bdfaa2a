/*
 *   Snapshot ─▶ compile ─▶ solve ─▶ Analysis ─▶ query: verdictOf · connectivity · summaryOf      (bits)
 *                                        │       query: explain ─▶ evaluate                      (words: the definition over the few policies that count)
 *                                        └─▶ encode ⇄ decode                                     (what the store keeps)
 *   evaluate = the definition, over plain snapshots; compile and solve share nothing with it
 */
export type {
  AskedEnd,
  AskedFlow,
  Catalogue,
  ConnectionSet,
  ConnectivityOptions,
  ConnectivityRow,
  ConnectivitySummary,
  EndpointAt,
  EndpointSummary,
  FlowEnd,
  IndexedFlow,
  PeerKey,
  PolicySummary,
  WorkloadSummary,
} from './analysis';
export { type Analysis, analyze } from './analyze';
export { type DoorQuestion, doorsOf, doorsTo, explainDoor, explainDoorFromInside, exposureOf, type InsideQuestion } from './doors/index';
export { staysOnNode } from './doors/inside';
export { doorsAtNode, type InsideReach, type NodeDoor, type OneDoorQuestion, reachFromInside } from './doors/one-door';
export {
  type DoorAnswer,
  type DoorDialled,
  type OutsidePart,
  type OutsideReach,
  reachByDoor,
  reachFromOutside,
} from './doors/outside-reach';
export { decodeAnalysis, encodeDirectory, encodeModel, MODEL_FORMAT_VERSION, StoredModelError } from './encode/index';
export { evaluate, type Policing, type PolicyOrder } from './evaluate';
export { policingOf } from './evaluate-path';
export { alikeGroups } from './query/alike';
export { catalogueOf } from './query/catalogue';
export { connectivity } from './query/connectivity';
export { type ControlPlane, controlPlaneOf } from './query/control-plane';
export { endpointIndexOf } from './query/definition-input';
export { explain } from './query/explain';
export { blockStarts } from './query/external-ranges';
export { type HypotheticalAnswer, type HypotheticalPod, hypotheticalVerdict, type Witness } from './query/hypothetical';
export { HypotheticalReach } from './query/hypothetical-reach';
export { isolationOf } from './query/isolation';
export { restsOnOrder } from './query/order-ties';
export { summaryOf } from './query/summary';
export { type UnownedHostAddress, unownedHostAddresses } from './query/unowned-host-addresses';
export { verdictOf } from './query/verdict';
