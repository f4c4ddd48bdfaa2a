import { actingAtNode, rulesAtHosts } from '../../src/findings/host-policies';
import { allow, cluster, deny, labels } from '../support/cluster';
import { surveyFor } from './support/scene';

const SNAPSHOT = cluster()
  .host('n1/eth0', { interfaceName: 'eth0', labels: { role: 'edge' } })
  .host('n1/lo', { interfaceName: 'lo' })
  .host('n2/all', { labels: { role: 'inner' } })
  .policy('edge', { appliesToHosts: labels({ role: 'edge' }), ingress: [allow()], egress: [deny()] })
  .policy('every', { appliesToHosts: { kind: 'all' }, hook: 'preDNAT', ingress: [deny()] })
  .policy('inner', { appliesToHosts: labels({ role: 'inner' }), ingress: [] })
  .policy('pods', { ingress: [allow()] })
  .policy('staged', { appliesToHosts: { kind: 'all' }, staged: true, ingress: [allow()] })
  .snapshot();

describe('what acts at a node', () => {
  const survey = surveyFor(SNAPSHOT);

  it('is the policies that choose one of its host endpoints, in the order of evaluation, staged ones left out', () => {
    const { hosts, policies } = actingAtNode(survey, 'n1');
    expect(hosts.map(({ ref }) => ref.name)).toEqual(['eth0', 'lo']);
    expect(policies.map(({ policy }) => policy.ref.name)).toEqual(['edge', 'every']);
    expect(policies.map(({ index }) => SNAPSHOT.policies[index])).toEqual(policies.map(({ policy }) => policy));
    expect(actingAtNode(survey, 'n2').policies.map(({ policy }) => policy.ref.name)).toEqual(['every', 'inner']);
  });

  it('is nothing at a node without host endpoints', () => {
    expect(actingAtNode(survey, 'n3')).toEqual({ hosts: [], nodes: [], policies: [] });
  });

  it('has the rules of both directions', () => {
    expect(rulesAtHosts(actingAtNode(survey, 'n1')).map(({ action }) => action)).toEqual(['Allow', 'Deny', 'Deny']);
  });
});
