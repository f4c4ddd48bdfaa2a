import { EMPTY, rowHas } from '../../../src/engine/kernel/rows';
import { ONLY_DEFINED } from '../../../src/engine/packet-axis';
import { NodeMasks } from '../../../src/engine/solve/node-masks';
import { RESULT_WIDTH } from '../../../src/engine/solve/result-table';
import { allow, block, type ClusterBuilder, cluster } from '../../support/cluster';
import { hostsOf } from './hosts-solved';

const TWO_NODES = () =>
  cluster()
    .node('n1', { addresses: ['192.168.0.1'] })
    .node('n2', { addresses: ['192.168.0.2'] })
    .host('n1/a')
    .pod('shop/one', {}, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/two', {}, { node: 'n2', addresses: ['10.0.0.2'] })
    .pod('shop/lost', {}, { node: 'n9', addresses: ['10.0.0.3'] })
    .policy('p', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [allow([block('192.168.0.1/32')])] });

/** What is said of pods of nodes when a result allows the first node alone: whether it certainly, and whether it possibly allows each of three pods. */
function saidOf(builder: ClusterBuilder) {
  const { compiled, results, algebra } = hostsOf(builder.snapshot());
  const { pool, classes, specs } = compiled;
  const memberOf = (endpoint: number) => classes.firstFace[classes.classOf[endpoint]!]!;
  const pods = [2, 3, 4].map(memberOf).sort((a, b) => a - b);
  for (const pod of pods) pool.draw(pod);
  const row = pool.finish();
  pool.draw(memberOf(0));
  const first = pool.finish();
  const result = results.tuples.intern(Int32Array.of(0, first, first), RESULT_WIDTH);
  const masks = new NodeMasks(compiled, algebra);
  const said = masks.said(result, row, classes.classOf[0]!, undefined);
  const [, lower, upper] = results.tuples.tuple(said);
  // In the order of names: lost, one, two.
  const allowed = [2, 3, 4].map((endpoint) => [rowHas(pool, lower!, memberOf(endpoint)), rowHas(pool, upper!, memberOf(endpoint))]);
  return { allowed, masks, result, row, classes, looksAt: specs.looksAt };
}

describe('what is said of pods behind their nodes', () => {
  it('is what is said of the node, and nothing certain where the node is not in the input', () => {
    const { allowed, looksAt } = saidOf(TWO_NODES());
    expect(allowed).toEqual([
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(looksAt & ONLY_DEFINED).toBe(0);
  });

  it('is the same result for the same question, and the result itself where there are no pods', () => {
    const { masks, result, row, classes } = saidOf(TWO_NODES());
    expect(masks.said(result, row, classes.classOf[0]!, undefined)).toBe(masks.said(result, row, classes.classOf[0]!, undefined));
    expect(masks.said(result, EMPTY, 0, undefined)).toBe(result);
  });

  it('is left to the definition where a node has no address of the family of its pods', () => {
    const six = saidOf(
      cluster()
        .node('n1', { addresses: ['192.168.0.1'] })
        .node('n2', { addresses: ['fd00::2'] })
        .host('n1/a')
        .pod('shop/one', {}, { node: 'n1', addresses: ['10.0.0.1'] })
        .pod('shop/two', {}, { node: 'n2', addresses: ['10.0.0.2'] })
        .pod('shop/zwei', {}, { node: 'n2', addresses: ['10.0.0.3'] })
        .policy('p', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [allow([block('192.168.0.1/32')])] }),
    );
    expect(six.looksAt & ONLY_DEFINED).toBe(ONLY_DEFINED);
    expect(six.allowed.slice(1)).toEqual([
      [false, true],
      [false, true],
    ]);
  });
});
