import type { DoorExplanation, PathStep, Tuple } from '../model/door';
import type { Unknown } from '../model/match';
import type { Verdict } from '../model/verdict';
import { assertNever } from '../util/invariant';
import { type TraceStep, traceStep } from './trace-step';

type Point = Extract<PathStep, { readonly kind: 'point' }>;

/** One step on a way into the cluster as faces show it: flat, so that every kind has the same parts, and in words. */
export interface AnswerPathStep {
  /** `door`: the client gets to the door · `point`: policy acts · `translation`: a node replaces an address · `relay`: a controller takes over. */
  readonly kind: PathStep['kind'];
  /** Of a point: the interface by which it comes to a node or leaves it, or the pod that sends or takes it. */
  readonly place?: Point['place'];
  readonly node?: string;
  /** The connection as this step meets it. */
  readonly tuple: Tuple;
  /** What a translation or relay makes of it. */
  readonly after?: Tuple;
  /** Of a door or point. */
  readonly verdict?: Verdict;
  readonly sentence: string;
  /** Of a point. */
  readonly trace: readonly TraceStep[];
  readonly dependsOn: readonly Unknown[];
}

/** The way that shows a verdict: up to and with the step that denies. */
export interface AnswerPath {
  /** Ids of the door, and of the one that is dialled on the way to it where a controller stands between. */
  readonly door: string;
  readonly front?: string;
  /** The client that the way is told of. */
  readonly client: string;
  /** Such as "enters at `n1`, which runs the backend". */
  readonly way: string;
  readonly verdict: Verdict;
  readonly steps: readonly AnswerPathStep[];
}

/** Tells the way that shows the verdict of a door. */
export function answerPath({ door, front, client, shown }: DoorExplanation): AnswerPath {
  return {
    door,
    ...(front !== undefined && { front }),
    client,
    way: shown.text,
    verdict: shown.verdict,
    steps: shown.steps.map(pathStep),
  };
}

function pathStep(step: PathStep): AnswerPathStep {
  switch (step.kind) {
    case 'door': {
      const { kind, tuple, verdict, reason, unknowns } = step;
      return { kind, tuple, verdict, sentence: reason, trace: [], dependsOn: unknowns };
    }
    case 'translation': {
      const { kind, side, node, before, after } = step;
      const who = node === undefined ? 'a node' : `node \`${node}\``;
      const sentence = `${who} replaces the ${side}`;
      return { kind, ...(node !== undefined && { node }), tuple: before, after, sentence, trace: [], dependsOn: [] };
    }
    case 'relay': {
      const { kind, by, before, after } = step;
      // A controller that is not in the input has a description in place of a name.
      const who = by.includes(' ') ? by : `\`${by}\``;
      return { kind, tuple: before, after, sentence: `${who} opens a connection of its own`, trace: [], dependsOn: [] };
    }
    case 'point': {
      const { kind, place, node, tuple, verdict, unknowns } = step;
      // Each place sees a tuple of its own, so that a sentence about it names what is seen there.
      const trace = step.trace.map((hit) => traceStep(hit, { from: tuple.source, to: tuple.destination }));
      return {
        kind,
        place,
        ...(node !== undefined && { node }),
        tuple,
        verdict,
        sentence: placeText(place, node, tuple),
        trace,
        dependsOn: unknowns,
      };
    }
    default:
      return assertNever(step);
  }
}

function placeText(place: Point['place'], node: string | undefined, { source, destination }: Tuple): string {
  const at = node === undefined ? 'a node' : `node \`${node}\``;
  switch (place) {
    case 'hostIn':
      return `it comes to ${at}`;
    case 'hostOut':
      return `it leaves ${at}`;
    case 'egress':
      return `egress of \`${source}\``;
    case 'ingress':
      return `ingress of \`${destination}\``;
    default:
      return assertNever(place);
  }
}

/** `203.0.113.7 → n1[Node] TCP 30080`. */
export function formatTuple({ source, destination, protocol, port }: Tuple): string {
  return `${source} → ${destination} ${protocol}${port === undefined ? '' : ` ${port}`}`;
}
