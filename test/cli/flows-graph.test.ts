import { flowsDot, flowsMermaid } from '../../src/cli/flows-graph';
import { flowsOf, row } from '../support/flow-rows';

const flows = () =>
  flowsOf([
    row('shop/web', 'shop/db', 5432),
    { from: 'ip:0.0.0.0-255.255.255.255', to: 'shop/web', ports: {}, conditional: { TCP: [[80, 80]] } },
  ]);

describe('flowsDot', () => {
  it('frames namespaces, labels arrows and dashes what is only possible', () => {
    expect(flowsDot(flows())).toBe(
      [
        'digraph flows {',
        '  rankdir=LR;',
        '  node [shape=box];',
        '  subgraph cluster_0 {',
        '    label="shop";',
        '    n0 [label="shop/db"];',
        '    n1 [label="shop/web"];',
        '  }',
        '  n2 [label="any IPv4 address outside"];',
        '  n1 -> n0 [label="TCP 5432"];',
        '  n2 -> n1 [label="maybe TCP 80", style=dashed];',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('lets no name out of its quotes', () => {
    expect(flowsDot(flowsOf([row('a/x"];evil', 'a/y\\', 80)]))).toContain('[label="a/x\\"];evil"]');
  });
});

describe('flowsMermaid', () => {
  it('draws the same', () => {
    expect(flowsMermaid(flows())).toBe(
      [
        'flowchart LR',
        '  subgraph s0["shop"]',
        '    n0["shop/db"]',
        '    n1["shop/web"]',
        '  end',
        '  n2["any IPv4 address outside"]',
        '  n1 -->|"TCP 5432"| n0',
        '  n2 -.->|"maybe TCP 80"| n1',
        '',
      ].join('\n'),
    );
  });

  it('lets no name become markup', () => {
    expect(flowsMermaid(flowsOf([row('a/<b>"', 'a/y', 80)]))).toContain('["a/&lt;b>&quot;"]');
  });
});
