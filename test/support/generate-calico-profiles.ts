import { APPS, generateRule, type Manifest, NAMESPACES, present } from './generate-calico-rules';
import type { Random } from './random';

/*
 * Profiles of Calico with rules, and workload endpoints that name them: of pods of the input, and of pods that nothing else tells of.
 */

const V3 = 'projectcalico.org/v3';
const WRITTEN = ['mine', 'p0', 'p1', 'p2'] as const;

/** A list as an endpoint may have it: of profiles that say nothing, allow everything, have rules or are not there; also empty. */
export function profileList(random: Random): readonly string[] {
  const names = [...random.some([...WRITTEN, 'gone'], 3)];
  return random.chance(0.3) ? [...names, random.pick(['projectcalico-default-allow', 'kns.ns1'])] : names;
}

function profile(name: string, spec: Manifest): Manifest {
  return { apiVersion: V3, kind: 'Profile', metadata: { name }, spec };
}

/** One direction of a profile. */
function rules(random: Random, direction: 'ingress' | 'egress'): readonly Manifest[] | undefined {
  if (random.chance(0.3)) return [{ action: 'Allow' }];
  return random.chance(0.2) ? undefined : random.times(random.between(0, 3), () => generateRule(random, { direction, isGlobal: true }));
}

function generateProfile(random: Random, name: string): Manifest {
  const labelsToApply = random.chance(0.4) ? { app: random.pick(APPS) } : undefined;
  return profile(name, present({ labelsToApply, ingress: rules(random, 'ingress'), egress: rules(random, 'egress') }));
}

function generateEndpoint(random: Random, index: number, pod: Manifest | undefined): Manifest {
  const { name, namespace } = (pod?.metadata ?? { name: `w${index}`, namespace: random.pick(NAMESPACES) }) as Readonly<
    Record<string, string>
  >;
  return {
    apiVersion: V3,
    kind: 'WorkloadEndpoint',
    metadata: { name: `n1-k8s-${name}-eth0`, namespace, labels: random.chance(0.7) ? { app: random.pick(APPS) } : {} },
    spec: present({
      orchestrator: 'k8s',
      node: random.chance(0.9) ? `n${random.between(1, 3)}` : undefined,
      pod: name,
      ipNetworks: random.chance(0.9) ? [`10.244.3.${index + 1}/32`] : undefined,
      profiles: random.chance(0.2) ? [`kns.${namespace}`, `ksa.${namespace}.default`] : profileList(random),
      ports: random.chance(0.4) ? [{ name: 'http', protocol: 'TCP', port: 8080 }] : undefined,
    }),
  };
}

/** Some clusters have none of this, as nearly all have. */
export function generateProfiles(random: Random, pods: readonly Manifest[]): readonly Manifest[] {
  if (random.chance(0.3)) return [];
  const known = random.some(pods, 3).map((pod, index) => generateEndpoint(random, index, pod));
  const homeless = random.times(random.between(0, 3), (index) => generateEndpoint(random, 10 + index, undefined));
  return [
    ...WRITTEN.slice(1).map((name) => generateProfile(random, name)),
    ...(random.chance(0.25) ? [generateProfile(random, `kns.${random.pick(NAMESPACES)}`)] : []),
    ...known,
    ...homeless,
  ];
}
