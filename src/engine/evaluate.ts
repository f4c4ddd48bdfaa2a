import type { Unknown } from '../model/match';
import type { Explanation, Flow, PolicyHit } from '../model/verdict';
import { judgeCheckpoint } from './evaluate-checkpoint';
import { judgeEndpoint } from './evaluate-endpoint';
import { allMustAllow, type Judgement, unknownsOf } from './evaluate-judgement';
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

function sideOf(station: Station): PolicyHit['direction'] {
  if (station.kind === 'checkpoint') return station.checkpoint.direction;
  return station.kind === 'drop' ? 'ingress' : station.direction;
}

/** What one place on the way says. */
export function judgeStation(cluster: Cluster, station: Station, flow: Flow, family: Family): Judgement {
  switch (station.kind) {
    case 'own':
      return judgeEndpoint(cluster, station.direction, flow, family);
    case 'checkpoint':
      return judgeCheckpoint(cluster, station.checkpoint, family);
    case 'drop': {
      const step = stepOf({ direction: 'ingress' }, 'host-action', 'Deny', station.placement);
      return { verdict: step.certainty === 'yes' ? 'denied' : 'indeterminate', trace: [step] };
    }
    default:
      return { verdict: 'indeterminate', trace: [unknownHost(station.direction, station.unknowns)] };
  }
}

function unknownHost(direction: PolicyHit['direction'], unknowns: readonly Unknown[]): PolicyHit {
  return { direction, trigger: 'host-unknown', action: 'Deny', certainty: 'maybe', unknowns };
}
