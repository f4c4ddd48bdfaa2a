import type { FactBase } from '../../model/facts';
import { formatRef } from '../../model/source';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { HostEndpointDraft, Origin, PodDraft, PolicyDraft, WorkloadEndpointDraft } from '../draft';
import { CALICO_GROUP } from './complaints';

/*
 * What can only be told of Calico's objects together.
 */

/** Whether an object is of Calico's API, served or stored. */
export function isCalico({ group }: Origin): boolean {
  return group === CALICO_GROUP;
}

/** The one plugin that enforces Calico's policies. */
const CALICO = 'calico';

/** Where the input has Calico's policies or host endpoints and nobody named a plugin, it is Calico, and what follows from that follows. */
export function withPlugin(
  base: FactBase,
  { policy, hostEndpoint }: { readonly policy: readonly PolicyDraft[]; readonly hostEndpoint: readonly HostEndpointDraft[] },
  report: Report,
): FactBase {
  const first = policy.find(({ origin }) => isCalico(origin)) ?? hostEndpoint[0];
  if (!first || base.facts.cni !== 'unknown') return base;
  const what = first.kind === 'policy' ? 'policies' : 'host endpoints';
  const message = `the input has ${what} of Calico, so the network plugin is taken to be Calico (fact \`cni\`)`;
  report(diagnose('plugin-derived', message, first.origin.source, printable(formatRef(first.origin))));
  const seesPods = base.origins.ipBlockMatchesPods === 'assumed';
  return {
    facts: { ...base.facts, cni: CALICO, ...(seesPods && { ipBlockMatchesPods: 'yes' }) },
    origins: { ...base.origins, cni: 'derived', ...(seesPods && { ipBlockMatchesPods: 'derived' }) },
  };
}

/** The policies and host endpoints that the plugin enforces: all of them, unless it is another one than Calico, which is told. */
export function enforced<Enforced extends PolicyDraft | HostEndpointDraft>(
  drafts: readonly Enforced[],
  { facts }: FactBase,
  report: Report,
): readonly Enforced[] {
  if (facts.cni === CALICO) return drafts;
  const calico = drafts.filter(({ origin }) => isCalico(origin));
  const [first] = calico;
  if (!first) return drafts;
  const [one, several] = first.kind === 'policy' ? ['policy', 'policies'] : ['host endpoint', 'host endpoints'];
  const many = calico.length === 1 ? `this ${one} of Calico` : `this and ${calico.length - 1} more ${several} of Calico`;
  const message = `${many} have no effect with network plugin \`${facts.cni}\` and are left out; if Calico enforces them beside it, give \`cni=${CALICO}\``;
  report(diagnose('not-enforced', printable(message), first.origin.source, printable(formatRef(first.origin))));
  return drafts.filter(({ origin }) => !isCalico(origin));
}

/**
 * Tells of WorkloadEndpoints that say something else than the pods and namespaces of the input. In a Kubernetes cluster Calico derives them from pods, so
 * nothing is read from them.
 */
export function reportWorkloadEndpoints(
  { workloadEndpoint, pod: pods }: { readonly workloadEndpoint: readonly WorkloadEndpointDraft[]; readonly pod: readonly PodDraft[] },
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
