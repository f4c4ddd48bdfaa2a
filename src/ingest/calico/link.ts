import type { FactBase } from '../../model/facts';
import { formatRef } from '../../model/source';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { HostEndpointDraft, HostSettingDraft, Origin, PodDraft, PolicyDraft, WorkloadEndpointDraft } from '../draft';
import { CALICO_GROUP } from './complaints';
import { ALLOW_PROFILE } from './profiles';

/*
 * What can only be told of Calico's objects together.
 */

/** Whether an object is of Calico's API, served or stored. */
export function isCalico({ group }: Origin): boolean {
  return group === CALICO_GROUP;
}

/** The one plugin that enforces Calico's policies. */
const CALICO = 'calico';

/** Where the input has Calico's policies and nobody named a plugin, it is Calico, and what follows from that follows. */
export function withPlugin(base: FactBase, policies: readonly PolicyDraft[], report: Report): FactBase {
  const first = policies.find(({ origin }) => isCalico(origin));
  if (!first || base.facts.cni !== 'unknown') return base;
  const message = 'the input has policies of Calico, so the network plugin is taken to be Calico (fact `cni`)';
  report(diagnose('plugin-derived', message, first.origin.source, printable(formatRef(first.origin))));
  const seesPods = base.origins.ipBlockMatchesPods === 'assumed';
  return {
    facts: { ...base.facts, cni: CALICO, ...(seesPods && { ipBlockMatchesPods: 'yes' }) },
    origins: { ...base.origins, cni: 'derived', ...(seesPods && { ipBlockMatchesPods: 'derived' }) },
  };
}

/** The policies that the plugin enforces: all of them, unless it is another one than Calico, which is told. */
export function enforcedPolicies(policies: readonly PolicyDraft[], { facts }: FactBase, report: Report): readonly PolicyDraft[] {
  if (facts.cni === CALICO) return policies;
  const calico = policies.filter(({ origin }) => isCalico(origin));
  const [first] = calico;
  if (!first) return policies;
  const many = calico.length === 1 ? 'this policy of Calico' : `this and ${calico.length - 1} more policies of Calico`;
  const message = `${many} have no effect with network plugin \`${facts.cni}\` and are left out; if Calico enforces them beside it, give \`cni=${CALICO}\``;
  report(diagnose('not-enforced', printable(message), first.origin.source, printable(formatRef(first.origin))));
  return policies.filter(({ origin }) => !isCalico(origin));
}

/** Objects beside policies whose part in verdicts is not understood in full. */
export interface Bystanders {
  readonly hostEndpoint: readonly HostEndpointDraft[];
  readonly hostSetting: readonly HostSettingDraft[];
  readonly workloadEndpoint: readonly WorkloadEndpointDraft[];
  readonly pod: readonly PodDraft[];
}

/** Tells of them, as far as they can change a verdict of this input. */
export function reportBystanders(bystanders: Bystanders, namespaceOf: (origin: Origin) => string, report: Report): void {
  const hosts = bystanders.hostEndpoint.filter(({ isLeftOut }) => !isLeftOut);
  // One that allows everything changes nothing until a policy selects it, and that is told of the policy.
  const guards = hosts.filter(({ profiles }) => !profiles.includes(ALLOW_PROFILE));
  tell(guards, (many) => `what passes at ${many('host endpoint')} is left out: host endpoints are peers of rules only`, report);
  for (const setting of bystanders.hostSetting) {
    const fields = setting.fields.map((field) => `\`${field}\``).join(', ');
    if (setting.makesHostEndpoints && hosts.length === 0) {
      tell([setting], () => `${fields} makes host endpoints of nodes, and the input has none: what policies do there is left out`, report);
    } else if (hosts.length > 0 && !setting.makesHostEndpoints) {
      tell([setting], () => `${fields} changes what host endpoints see, and the verdicts leave that out`, report);
    }
  }
  reportWorkloadEndpoints(bystanders, namespaceOf, report);
}

function reportWorkloadEndpoints(
  { workloadEndpoint, pod: pods }: Bystanders,
  namespaceOf: (origin: Origin) => string,
  report: Report,
): void {
  const known = new Set(pods.map(({ origin }) => `${namespaceOf(origin)}/${origin.name}`));
  const isOfPod = ({ origin, pod }: WorkloadEndpointDraft) => pod !== undefined && known.has(`${namespaceOf(origin)}/${pod}`);
  const homeless = workloadEndpoint.filter((draft) => !isOfPod(draft));
  tell(homeless, (many) => `the input has no pod for ${many('workload endpoint')}, which the verdicts leave out`, report);
  const odd = workloadEndpoint.filter((draft) => isOfPod(draft) && draft.profiles.some((profile) => !/^k[ns][sa]\./.test(profile)));
  tell(odd, (many) => `profiles other than those of namespace and service account are left out, at ${many('workload endpoint')}`, report);
}

/** One diagnostic for all, at the first. */
function tell(drafts: readonly { readonly origin: Origin }[], message: (many: (noun: string) => string) => string, report: Report): void {
  const [first] = drafts;
  if (!first) return;
  const many = (noun: string) => (drafts.length === 1 ? `this ${noun}` : `this ${noun} and ${drafts.length - 1} more`);
  report(diagnose('partly-modelled', printable(message(many)), first.origin.source, printable(formatRef(first.origin))));
}
