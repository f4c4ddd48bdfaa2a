import { type Policy, STAGED_ACTIONS, type StagedAction } from '../../model/policy';
import type { ResourceRef } from '../../model/source';
import { isAbsent, type Mapping } from '../reading';
import { type Complaints, textField } from './complaints';

/*
 * Staged policies: what somebody proposes to do to the policies of the same kind and name. They decide nothing.
 */

/** Reads `stagedAction` of a staged policy. What the dataplane never sees it cannot check. */
export function readStagedAction(complaints: Complaints, spec: Mapping): StagedAction {
  const written = textField(complaints, spec, 'stagedAction', 'spec') || 'Set';
  const action = STAGED_ACTIONS.find((known) => known === written);
  if (!action) complaints.mind(`\`spec.stagedAction\` is none of ${STAGED_ACTIONS.join(', ')}`, spec);
  const others = Object.keys(spec).filter((field) => field !== 'stagedAction' && field !== 'tier' && !isAbsent(spec[field]));
  if (action === 'Delete' && others.length > 0)
    complaints.mind(`\`spec.stagedAction\` is \`Delete\`, and \`spec.${others[0]}\` stands beside it`, spec);
  return action ?? 'Ignore';
}

/** A policy of which nothing is to be left: kept, so that it can be told what goes without it. */
export function stagedDeletion(ref: ResourceRef, tier: string, tieBreak: string): Policy {
  const order = Number.POSITIVE_INFINITY;
  return { ref, tier, order, tieBreak, appliesTo: { kind: 'none' }, hook: 'normal', staged: true, stagedAction: 'Delete' };
}
