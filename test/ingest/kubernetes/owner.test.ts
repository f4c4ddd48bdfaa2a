import { formatRef } from '../../../src/model/source';
import { ingestText, problemsOf } from '../../support/ingest-text';

async function workloadsOf(ownerReferences: string) {
  const text = `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, ownerReferences: ${ownerReferences}}, spec: {containers: []}}`;
  const ingested = await ingestText(text);
  return { workloads: ingested.snapshot.workloads.map(({ ref }) => formatRef(ref)), problems: problemsOf(ingested) };
}

test.each<[string, string, string, readonly string[]]>([
  [
    'the controller',
    '[{apiVersion: v1, kind: ConfigMap, name: c}, {apiVersion: apps/v1, kind: DaemonSet, name: agent, controller: true}]',
    'shop/agent[DaemonSet]',
    [],
  ],
  [
    'a controller of a kind that is not read',
    '[{apiVersion: kubevirt.io/v1, kind: VirtualMachineInstance, name: vm, controller: true}]',
    'shop/vm[VirtualMachineInstance]',
    [],
  ],
  ['no controller', '[{apiVersion: apps/v1, kind: DaemonSet, name: agent}]', 'shop/p[Pod]', []],
  ['a Node: a static pod', '[{apiVersion: v1, kind: Node, name: n1, controller: true}]', 'shop/p[Pod]', []],
  ['no kind: a group of pods', '[{name: group, controller: true}]', 'shop/group[Pod]', ['bad-owner:1']],
  ['a kind alone', '[{kind: DaemonSet, name: agent, controller: true}]', 'shop/agent[DaemonSet]', ['bad-owner:1']],
  ['no name', '[{apiVersion: apps/v1, kind: DaemonSet, controller: true}]', 'shop/p[Pod]', ['bad-owner:1']],
  ['no list', '{name: agent}', 'shop/p[Pod]', ['wrong-type:1']],
  ['nothing in it', '[null]', 'shop/p[Pod]', ['wrong-type:1']],
])('owner references with %s', async (_case, references, workload, problems) => {
  expect(await workloadsOf(references)).toEqual({ workloads: [workload], problems });
});
