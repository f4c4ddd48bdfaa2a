import type { Direction, Policy } from '../../model/policy';
import { formatRef, type ResourceRef } from '../../model/source';
import type { Lowering, Origin, PolicyDraft } from '../draft';
import { conjunction } from '../kubernetes/conjunction';
import { checkFields, checkObjectFields } from '../kubernetes/known-fields';
import { isAbsent, type Mapping, type Reading, readingOf } from '../reading';
import { type Complaints, complaintsOf, listField, mappingField, numberField, textField } from './complaints';
import { lowerRules } from './lower-rules';
import { WORKLOADS } from './peer-bounds';
import { PLAIN_PLACEMENT, readPlacement, reportPlacement } from './placement';
import { isDnsLabel, readTierOf, tieBreakOf } from './policy-names';
import { readRules } from './rules';
import { describeProblem } from './selector-parser';
import { policySelectorText } from './selector-scope';
import { checkSelector } from './selectors';
import { readStagedAction, stagedDeletion } from './staged';
import type { CalicoWorld } from './world';

/*
 * NetworkPolicy and GlobalNetworkPolicy, and both as staged (api/pkg/apis/projectcalico/v3/networkpolicy.go, globalnetworkpolicy.go).
 *
 *   selector, namespaceSelector, serviceAccountSelector, namespace ─▶ appliesTo     tier, order, name ─▶ place
 *   types, or by the rules that there are ─▶ directions                             ingress, egress   ─▶ rules
 */

const SPEC_FIELDS = ['tier', 'order', 'selector', 'serviceAccountSelector', 'types', 'ingress', 'egress', 'performanceHints'];
const GLOBAL_FIELDS = [...SPEC_FIELDS, 'namespaceSelector', 'doNotTrack', 'preDNAT', 'applyOnForward'];

/** Keeps the document until facts and everything that selectors choose from are settled. */
export function readPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  return {
    kind: 'policy',
    origin,
    lower: (lowering) => lowerPolicy(readingOf(document, formatRef(lowering.ref), lowering.report), lowering),
  };
}

function lowerPolicy(reading: Reading, { ref, calico }: Lowering): Policy | undefined {
  const complaints = complaintsOf(reading, ref.apiVersion, ref.kind);
  const { object } = reading.document;
  checkObjectFields(reading, object);
  const isStaged = ref.kind.startsWith('Staged');
  const isGlobal = ref.namespace === undefined;
  if (isAbsent(object.spec)) reading.report('no-spec', 'the policy has no `spec`: it isolates everything that it can select for ingress');
  const spec = mappingField(complaints, object, 'spec', ref.kind) ?? {};
  checkFields(reading, spec, [...(isGlobal ? GLOBAL_FIELDS : SPEC_FIELDS), ...(isStaged ? ['stagedAction'] : [])], 'spec');
  const stagedAction = isStaged ? readStagedAction(complaints, spec) : undefined;
  if (!isGlobal && !isDnsLabel(ref.namespace)) complaints.refuse(`\`${ref.namespace}\` is no name of a namespace`);

  const name = { name: ref.name, namespace: ref.namespace, kind: ref.kind };
  const tier = readTierOf(complaints, spec, name, calico.version);
  const tieBreak = tieBreakOf(name, calico.version);
  if (stagedAction === 'Delete') return complaints.isLeftOut() ? undefined : stagedDeletion(ref, tier, tieBreak);
  const order = numberField(complaints, spec, 'order', 'spec') ?? Number.POSITIVE_INFINITY;
  const appliesTo = readAppliesTo(complaints, spec, ref, calico);
  const placement = isGlobal ? readPlacement(complaints, spec) : PLAIN_PLACEMENT;
  const directions = readDirections(complaints, spec);
  if (placement.hook === 'preDNAT' && directions.includes('egress')) complaints.mind('`spec.preDNAT` stands in a policy with egress', spec);
  const scope = { namespace: ref.namespace, selectors: calico.selectors };
  const drafts = { ingress: readRules(complaints, spec, 'ingress', scope), egress: readRules(complaints, spec, 'egress', scope) };
  if (complaints.isLeftOut() || appliesTo === undefined) return undefined;

  for (const direction of ['ingress', 'egress'] as const) {
    if (directions.includes(direction) || drafts[direction].length === 0) continue;
    reading.report('rules-without-effect', `the \`${direction}\` rules have no effect: \`types\` does not list their direction`, spec);
  }
  if (isGlobal && !isStaged) {
    const hosts = calico.hosts(calico.selectors.expression(appliesTo));
    // What pods send and are sent meets the rules for what arrives, and no others.
    const meetsPods = directions.includes('ingress') && drafts.ingress.length > 0;
    reportPlacement(reading, placement, { hosts, mayHavePods: meetsPods ? calico.mayHavePods : () => false }, spec);
  }
  const rules = (direction: Direction) => lowerRules(drafts[direction], direction, calico.sides, ref.namespace);
  return {
    ref,
    tier,
    order,
    tieBreak,
    appliesTo: conjunction([WORKLOADS, calico.selectors.lower(appliesTo)]),
    ...(isGlobal && { appliesToHosts: calico.selectors.lowerForHosts(appliesTo) }),
    hook: placement.hook,
    ...(placement.hook === 'normal' && placement.applyOnForward && { forward: true }),
    staged: isStaged,
    ...(stagedAction && { stagedAction }),
    ...(directions.includes('ingress') && { ingress: rules('ingress') }),
    ...(directions.includes('egress') && { egress: rules('egress') }),
  };
}

/** The text of the selector of all endpoints that the policy applies to; undefined when that is no selector, which is told. */
function readAppliesTo(complaints: Complaints, spec: Mapping, ref: ResourceRef, { selectors }: CalicoWorld): string | undefined {
  const read = (field: string, ifBroken: 'missing' | 'dropped') => {
    const text = textField(complaints, spec, field, 'spec') ?? '';
    checkSelector(complaints, selectors, text, ifBroken, `spec.${field}`, spec);
    if (text.includes('global()')) complaints.mind(`\`spec.${field}\` uses \`global()\`, which only rules may`, spec);
    return text;
  };
  const parts = {
    selector: read('selector', 'missing'),
    namespaceSelector: ref.namespace === undefined ? read('namespaceSelector', 'dropped') : '',
    accountSelector: read('serviceAccountSelector', 'dropped'),
  };
  const text = policySelectorText(parts, ref.namespace, selectors.parse);
  const parsed = selectors.parse(text);
  if (parsed.kind === 'selector') return text;
  if (complaints.isLeftOut()) return undefined;
  return complaints.ignore(`the selectors of \`spec\` together, \`${text}\`, are no selector: ${describeProblem(parsed.problem)}`, spec);
}

/**
 * The directions of `types`. The API fills in absent ones: Egress if there are egress rules, Ingress unless there are only those
 * (api/pkg/defaults/networkpolicy.go); stored without any, a policy has both (felix/calc/policy_sorter.go).
 */
function readDirections(complaints: Complaints, spec: Mapping): readonly Direction[] {
  const types = listField(complaints, spec, 'types', 'spec') ?? [];
  const directions: Direction[] = [];
  for (const type of types) {
    const direction = type === 'Ingress' ? 'ingress' : type === 'Egress' ? 'egress' : undefined;
    if (!direction) complaints.refuse('`spec.types` holds something that is neither `Ingress` nor `Egress`', types);
    else if (directions.includes(direction)) complaints.mind(`\`spec.types\` holds \`${String(type)}\` twice`, types);
    else directions.push(direction);
  }
  if (types.length > 0) return directions;
  if (complaints.stored) {
    complaints.reading.report('types-missing', '`spec.types` is absent: a policy that is stored so applies to both directions', spec);
    return ['ingress', 'egress'];
  }
  const [ingress, egress] = (['ingress', 'egress'] as const).map((direction) => spec[direction]);
  const hasRules = (rules: unknown) => Array.isArray(rules) && rules.length > 0;
  if ([ingress, egress].some((rules) => Array.isArray(rules) && rules.length === 0)) {
    const message = '`spec.types` is absent beside an empty list of rules: releases of Calico differ in what that means, so name the types';
    complaints.reading.report('types-missing', message, spec);
  }
  if (!hasRules(egress)) return ['ingress'];
  return hasRules(ingress) ? ['ingress', 'egress'] : ['egress'];
}
