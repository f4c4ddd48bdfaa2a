import type { FactBase } from '../../model/facts';
import { formatRef } from '../../model/source';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { AddressPoolDraft, FelixDraft, HostEndpointDraft, Origin, PolicyDraft, ProfileDraft, WorkloadEndpointDraft } from '../draft';
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

/** What there is only where Calico runs. */
interface PluginTraces {
  readonly policy: readonly PolicyDraft[];
  readonly hostEndpoint: readonly HostEndpointDraft[];
  readonly workloadEndpoint: readonly WorkloadEndpointDraft[];
  readonly felix: readonly FelixDraft[];
  readonly addressPool: readonly AddressPoolDraft[];
  readonly profile: readonly ProfileDraft[];
}

/** Where the input has Calico's policies, endpoints or configuration and nobody named a plugin, it is Calico, and what follows from that follows. */
export function withPlugin(base: FactBase, traces: PluginTraces, report: Report): FactBase {
  const { policy, hostEndpoint, workloadEndpoint, felix, addressPool, profile } = traces;
  const first =
    policy.find(({ origin }) => isCalico(origin)) ?? hostEndpoint[0] ?? workloadEndpoint[0] ?? addressPool[0] ?? felix[0] ?? profile[0];
  if (!first || base.facts.cni !== 'unknown') return base;
  const what = PLUGIN_TRACES[first.kind];
  const message = `the input has ${what} of Calico, so the network plugin is taken to be Calico (fact \`cni\`)`;
  report(diagnose('plugin-derived', message, first.origin.source, printable(formatRef(first.origin))));
  const seesPods = base.origins.ipBlockMatchesPods === 'assumed';
  return {
    facts: { ...base.facts, cni: CALICO, ...(seesPods && { ipBlockMatchesPods: 'yes' }) },
    origins: { ...base.origins, cni: 'derived', ...(seesPods && { ipBlockMatchesPods: 'derived' }) },
  };
}

const PLUGIN_TRACES: Readonly<Record<keyof PluginTraces, string>> = {
  policy: 'policies',
  hostEndpoint: 'host endpoints',
  workloadEndpoint: 'workload endpoints',
  felix: 'configuration',
  addressPool: 'pools of addresses',
  profile: 'profiles',
};

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
