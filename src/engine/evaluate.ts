import { maybe, type Unknown, YES } from '../model/match';
import type { Explanation, Flow, PolicyHit } from '../model/verdict';
import { judgeCheckpoint } from './evaluate-checkpoint';
import { judgeEndpoint } from './evaluate-endpoint';
import { allMustAllow, amongAlternatives, isSame, type Judgement, unknownsOf } from './evaluate-judgement';
import { type Family, familiesOf } from './evaluate-match';
import { type Cluster, pathOf, type Station } from './evaluate-path';
import { stepOf } from './evaluate-tiers';

export type { Cluster, Policing } from './evaluate-path';
export type { PolicyOrder } from './evaluate-tiers';

/*
 * The definition: one flow in, verdict and trace out. Short, slow and obvious; compile and solve share nothing with it and must agree with it.
 *
 *   evaluate ── path         what the flow meets on its way
 *            ├─ endpoint     an end's own policies          ┐
 *            ├─ checkpoint   a host endpoint, hook by hook  ┴─ tiers ── match: what a rule matches
 *            └─ judgement    what several of them say together
 */

/** What the cluster's policies say of a flow, and why. */
export function evaluate(cluster: Cluster, flow: Flow): Explanation {
  const explanations = familiesOf(flow).map((family) => evaluateFamily(cluster, flow, family));
  // A client with addresses of both families uses whichever gets through.
  return explanations.find((e) => e.verdict === 'allowed') ?? explanations.find((e) => e.verdict === 'indeterminate') ?? explanations[0]!;
}

function evaluateFamily(cluster: Cluster, flow: Flow, family: Family): Explanation {
  const path = pathOf(cluster, flow, family);
  const egress = judgeSide(cluster, path, 'egress', flow, family);
  const ingress = judgeSide(cluster, path, 'ingress', flow, family);
  const verdict = allMustAllow([egress.verdict, ingress.verdict]);
  return {
    verdict,
    egress: egress.verdict,
    ingress: ingress.verdict,
    trace: [...egress.trace, ...ingress.trace],
    dependsOn: verdict === 'indeterminate' ? unknownsOf([...egress.open, ...ingress.open]) : [],
  };
}

interface Side extends Judgement {
  /** Steps of what is not decided on this side. */
  readonly open: readonly PolicyHit[];
}

/** One side of the path, up to what certainly denies. */
function judgeSide(cluster: Cluster, path: readonly Station[], direction: PolicyHit['direction'], flow: Flow, family: Family): Side {
  const trace: PolicyHit[] = [];
  const open: PolicyHit[] = [];
  let verdict: Judgement['verdict'] = 'allowed';
  for (const station of path) {
    if (sideOf(station) !== direction) continue;
    const judgement = judgeStation(cluster, station, flow, family);
    trace.push(...judgement.trace);
    if (judgement.verdict === 'indeterminate') open.push(...judgement.trace);
    verdict = allMustAllow([verdict, judgement.verdict]);
    if (verdict === 'denied') break;
  }
  return { verdict, trace, open };
}

/** On which side of the flow a station lies. */
export function sideOf(station: Station): PolicyHit['direction'] {
  if (station.kind === 'checkpoint') return station.checkpoint.direction;
  return station.kind === 'drop' ? 'ingress' : station.direction;
}

/** What one place on the way says; where the source is seen as somebody else and that matters, with a step that tells it. */
export function judgeStation(cluster: Cluster, station: Station, flow: Flow, family: Family): Judgement {
  switch (station.kind) {
    case 'own': {
      const { direction, seen } = station;
      const asItIs = () => judgeEndpoint(cluster, direction, flow, family);
      if (!seen) return asItIs();
      const judged = seen.sources.map((source) => judgeEndpoint(cluster, direction, { ...flow, source }, family));
      return toldApart(judged.length === 1 ? judged[0]! : amongAlternatives(judged, seen.unknowns), asItIs(), direction, seen.unknowns);
    }
    case 'checkpoint': {
      const { checkpoint, asItIs } = station;
      const judged = judgeCheckpoint(cluster, checkpoint, family);
      return asItIs ? toldApart(judged, judgeCheckpoint(cluster, asItIs, family), checkpoint.direction, checkpoint.unknowns) : judged;
    }
    case 'drop':
      return droppedBy(stepOf({ direction: 'ingress' }, 'host-action', 'Deny', station.placement));
    case 'tunnel-packet':
      return droppedBy(stepOf({ direction: station.direction }, 'tunnel-packet', 'Deny', station.match));
    default:
      return { verdict: 'indeterminate', trace: [unknownHost(station.direction, station.unknowns)] };
  }
}

/** Nothing is told of the source where it makes no difference. */
function toldApart(judged: Judgement, asItIs: Judgement, direction: PolicyHit['direction'], unknowns: readonly Unknown[]): Judgement {
  if (isSame(judged, asItIs)) return judged;
  const step = stepOf({ direction }, 'tunnel-source', 'Log', unknowns.length > 0 ? maybe(...unknowns) : YES);
  return { ...judged, trace: [step, ...judged.trace] };
}

function droppedBy(step: PolicyHit): Judgement {
  return { verdict: step.certainty === 'yes' ? 'denied' : 'indeterminate', trace: [step] };
}

function unknownHost(direction: PolicyHit['direction'], unknowns: readonly Unknown[]): PolicyHit {
  return { direction, trigger: 'host-unknown', action: 'Deny', certainty: 'maybe', unknowns };
}
