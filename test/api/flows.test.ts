import { ApiError } from '../../src/api/errors';
import { type FlowRow, type FlowsQuestion, flows, flowsFrom, flowsJson } from '../../src/api/flows';
import { analyze } from '../../src/engine/index';
import { formatPorts } from '../../src/model/port-sets';
import { AT_RUN_TIME, allow, block, cluster, labels, pods, to } from '../support/cluster';

const analysis = analyze(
  cluster()
    .namespace('shop')
    .namespace('tools')
    .pod('shop/web-1', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.1'] })
    .pod('shop/web-2', { app: 'web', canary: 'yes' }, { workload: 'web', addresses: ['10.0.0.2'] })
    .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.3'] })
    .pod('tools/probe', {}, { addresses: ['10.0.1.1'] })
    .node('worker-1', { addresses: ['192.168.0.1'] })
    .newPod('tools')
    .policy('shop/all', { ingress: [], egress: [] })
    .policy('shop/db', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ app: 'db' })] },
      ingress: [allow([pods({ app: 'web' })], to('TCP', 5432))],
    })
    .policy('shop/web', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ app: 'web' })] },
      egress: [allow([pods({ app: 'db' })], to('TCP', 5432))],
    })
    .policy('shop/canary', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ canary: 'yes' })] },
      egress: [allow([block('20.0.0.0/8')], to('TCP', 443)), allow([block('20.0.0.0/8')], to('UDP', 53), AT_RUN_TIME)],
    })
    .snapshot(),
);

function listed(question: Partial<FlowsQuestion> & Pick<FlowsQuestion, 'by'>) {
  return flows(analysis, question);
}

function texts(rows: Iterable<FlowRow>): readonly string[] {
  return [...rows]
    .map(
      ({ from, to, ports, conditional }) =>
        `${from} → ${to}: ${formatPorts(ports)}${conditional ? ` maybe ${formatPorts(conditional)}` : ''}`,
    )
    .sort();
}

function inside(question: Partial<FlowsQuestion> & Pick<FlowsQuestion, 'by'>): readonly string[] {
  return texts(listed({ external: false, ...question }).rows);
}

describe('flows by pod', () => {
  it('have an id for each pod, and leave out itself, nodes and new pods', () => {
    expect(listed({ by: 'pod' }).endpoints).toEqual(
      ['shop/db', 'shop/web-1', 'shop/web-2', 'tools/probe'].map((id) => ({ id, kind: 'Pod', pods: [id] })),
    );
    expect(inside({ by: 'pod' })).toEqual(['shop/web-1 → shop/db: TCP 5432', 'shop/web-2 → shop/db: TCP 5432']);
  });

  it('of a template are under its name, with its kind where that is shared', () => {
    const bundle = analyze(cluster().template('a/x').template('a/y').snapshot());
    const { endpoints, rows } = flows(bundle, { by: 'pod', external: false });
    expect(endpoints).toEqual(['a/x', 'a/y'].map((id) => ({ id, kind: 'Deployment', pods: [] })));
    expect(texts(rows)).toEqual(['a/x → a/y: everything', 'a/y → a/x: everything']);
    const mixed = analyze(cluster().template('a/x').pod('a/x').snapshot());
    expect(flows(mixed, { by: 'pod' }).endpoints.map(({ id }) => id)).toEqual(['a/x', 'a/x[Deployment]']);
  });

  it('with addresses outside are under their bounds', () => {
    const rows = texts(listed({ by: 'pod', from: 'shop/web-2' }).rows);
    expect(rows).toContain('shop/web-2 → ip:20.0.0.0-20.255.255.255: TCP 443 maybe UDP 53');
    expect(rows).toHaveLength(2);
  });
});

describe('flows by workload', () => {
  it('are certain where all pods agree, conditional where they differ', () => {
    expect(listed({ by: 'workload' }).endpoints).toContainEqual({
      id: 'shop/web[Deployment]',
      kind: 'Deployment',
      pods: ['shop/web-1', 'shop/web-2'],
    });
    expect(inside({ by: 'workload' })).toEqual(['shop/web[Deployment] → shop/db[Pod]: TCP 5432']);
    expect(texts(listed({ by: 'workload', from: 'shop/web' }).rows)).toContain(
      'shop/web[Deployment] → ip:20.0.0.0-20.255.255.255:  maybe TCP 443; UDP 53',
    );
  });
});

describe('flows by namespace', () => {
  it('keep what flows within one', () => {
    expect(listed({ by: 'namespace' }).endpoints).toEqual([
      { id: 'shop', kind: 'Namespace', pods: ['shop/db', 'shop/web-1', 'shop/web-2'] },
      { id: 'tools', kind: 'Namespace', pods: ['tools/probe'] },
    ]);
    expect(inside({ by: 'namespace' })).toEqual(['shop → shop:  maybe TCP 5432']);
  });
});

describe('filters', () => {
  it('name a peer or a namespace at either end', () => {
    expect(inside({ by: 'pod', from: 'shop/web-1' })).toEqual(['shop/web-1 → shop/db: TCP 5432']);
    expect(inside({ by: 'pod', from: 'shop/web' })).toHaveLength(2);
    expect(inside({ by: 'workload', to: 'shop' })).toEqual(['shop/web[Deployment] → shop/db[Pod]: TCP 5432']);
    expect(inside({ by: 'workload', from: 'tools' })).toEqual([]);
  });

  it('at both ends list only the endpoints that were asked for', () => {
    expect(listed({ by: 'workload', from: 'shop/web', to: 'shop/db' }).endpoints.map(({ id }) => id)).toEqual([
      'shop/web[Deployment]',
      'shop/db[Pod]',
    ]);
  });

  it('list nodes and new pods that are asked for', () => {
    expect(listed({ by: 'pod', from: 'worker-1[Node]' }).endpoints).toContainEqual({ id: 'worker-1[Node]', kind: 'Node', pods: [] });
    expect(inside({ by: 'pod', from: 'tools/*' })).toEqual(['tools/* → tools/probe: everything']);
    expect(inside({ by: 'workload', from: 'tools/*' })).toEqual(['tools/* → tools/probe[Pod]: everything']);
  });

  it('of addresses cut the blocks', () => {
    expect(texts(listed({ by: 'pod', from: 'shop/web-2', to: '20.5.0.0/16' }).rows)).toEqual([
      'shop/web-2 → ip:20.5.0.0-20.5.255.255: TCP 443 maybe UDP 53',
    ]);
    expect(texts(listed({ by: 'pod', from: '20.5.0.7', to: 'tools/probe' }).rows)).toEqual([
      'ip:20.5.0.7-20.5.0.7 → tools/probe: everything',
    ]);
  });

  it('of the internet leave private addresses out', () => {
    const rows = texts(listed({ by: 'pod', from: 'tools/probe', to: 'internet' }).rows);
    expect(rows.some((text) => text.includes('ip:11.0.0.0-'))).toBe(true);
    expect(rows.some((text) => /ip:(10|127|192\.168)\./.test(text))).toBe(false);
  });

  it('finer than the grouping are refused', () => {
    expect(() => listed({ by: 'workload', from: 'shop/web-1' })).toThrow('`shop/web-1` is less than a workload');
    expect(() => listed({ by: 'namespace', from: 'shop/web' })).toThrow(ApiError);
  });
});

describe('ICMP that is only possible', () => {
  const icmp = analyze(
    cluster()
      .pod('a/x')
      .pod('a/y')
      .policy('a/p', { ingress: [allow('any', to('ICMP'), AT_RUN_TIME)] })
      .snapshot(),
  );

  it('is left out, with rows that have nothing else, unless it is asked for', () => {
    expect(texts(flows(icmp, { by: 'pod', external: false }).rows)).toEqual([]);
    expect(texts(flows(icmp, { by: 'pod', external: false, possibleIcmp: true }).rows)).toEqual([
      'a/x → a/y:  maybe ICMP',
      'a/y → a/x:  maybe ICMP',
    ]);
  });
});

describe('flowsJson', () => {
  it('is the document of the format', () => {
    const diagnostics = [{ code: 'x', severity: 'warning', message: 'odd' }] as const;
    const text = [...flowsJson(listed({ by: 'workload', from: 'shop/web', external: false }), diagnostics)].join('');
    expect(JSON.parse(text)).toEqual({
      formatVersion: 1,
      endpoints: expect.arrayContaining([{ id: 'shop/web[Deployment]', kind: 'Deployment', pods: ['shop/web-1', 'shop/web-2'] }]),
      flows: [{ from: 'shop/web[Deployment]', to: 'shop/db[Pod]', ports: { TCP: [[5432, 5432]] } }],
      notes: [],
      diagnostics,
    });
  });

  it('is JSON with nothing in it as well', () => {
    expect(JSON.parse([...flowsJson({ endpoints: [], rows: [], notes: ['x'] }, [])].join(''))).toEqual({
      formatVersion: 1,
      endpoints: [],
      flows: [],
      notes: ['x'],
      diagnostics: [],
    });
  });

  it('comes in chunks, and asks for rows only as they are taken', () => {
    let asked = 0;
    const rows = (function* () {
      for (; asked < 100_000; asked++) yield { from: 'a/b', to: `a/c${asked}`, ports: {} };
    })();
    const chunks = flowsJson({ endpoints: [], rows, notes: [] }, []);
    chunks.next();
    expect(asked).toBeLessThan(5_000);
  });
});

describe('pods that nobody has deployed', () => {
  it('are an end of their own, whatever the grouping', () => {
    expect(inside({ by: 'workload', from: 'any-pod' })).toEqual([
      'any-pod → shop/db[Pod]: TCP 5432',
      'any-pod → tools/probe[Pod]: everything',
    ]);
    expect(inside({ by: 'namespace', from: 'tools/any-pod' })).toEqual([
      'tools/any-pod → shop:  maybe TCP 5432',
      'tools/any-pod → tools: everything',
    ]);
    expect(inside({ by: 'pod', to: 'shop/pod:app=db' })).toEqual([
      'shop/web-1 → shop/pod:app=db: TCP 5432',
      'shop/web-2 → shop/pod:app=db: TCP 5432',
    ]);
    expect(listed({ by: 'pod', from: 'any-pod', to: 'shop/db' }).endpoints).toContainEqual({
      id: 'any-pod',
      kind: 'HypotheticalPod',
      pods: [],
    });
  });

  it('may open connections to addresses outside, cut to those that are asked for', () => {
    expect(texts(listed({ by: 'pod', from: 'shop/pod:app=web,canary=yes', to: '20.5.0.0/16' }).rows)).toEqual([
      'shop/pod:app=web,canary=yes → ip:20.5.0.0-20.5.255.255: TCP 443 maybe UDP 53',
    ]);
    expect(texts(listed({ by: 'pod', from: 'shop/pod:app=web', to: 'internet' }).rows)).toEqual([]);
    expect(texts(listed({ by: 'workload', from: 'any-pod' }).rows).filter((text) => text.includes('ip:'))).toEqual([
      'any-pod → ip:0.0.0.0-255.255.255.255: everything',
      'any-pod → ip::: -ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff: everything'.replace('::: -', ':::-'),
    ]);
  });

  it('cannot be both ends', () => {
    expect(() => listed({ by: 'pod', from: 'any-pod', to: 'shop/any-pod' })).toThrow('both ends are pods that nobody has deployed');
  });

  it('are told how they were taken', () => {
    expect(listed({ by: 'pod', from: 'any-pod' }).notes).toEqual([expect.stringContaining('any pod that somebody could create')]);
  });
});

describe('peers with names of their own', () => {
  it('are ends of their own where they are in no workload', () => {
    expect(inside({ by: 'workload', from: 'nodes', to: 'tools' })).toEqual(['worker-1[Node] → tools/probe[Pod]: everything']);
    expect(inside({ by: 'workload', from: 'cluster', to: 'shop' })).toEqual(['shop/web[Deployment] → shop/db[Pod]: TCP 5432']);
    expect(inside({ by: 'namespace', from: 'cluster', to: 'shop' })).toEqual(inside({ by: 'namespace', to: 'shop' }));
  });

  it('are addresses, and the endpoints that have them', () => {
    expect(texts(listed({ by: 'pod', from: 'tools/probe', to: 'metadata:alibaba' }).rows)).toEqual([
      'tools/probe → ip:100.100.100.200-100.100.100.200: everything',
    ]);
  });
});

describe('a place in the list', () => {
  const questions: readonly FlowsQuestion[] = [
    { by: 'pod' },
    { by: 'workload', external: false },
    { by: 'namespace' },
    { by: 'pod', from: 'tools/probe', to: '20.0.0.0/7' },
    { by: 'workload', from: 'internet' },
    { by: 'pod', to: 'internet', possibleIcmp: true },
    { by: 'workload', from: 'any-pod' },
    { by: 'pod', to: 'tools/any-pod', from: '20.0.0.0/7' },
  ];

  it.each(questions)('is where the list goes on, after each of its flows: %j', (question) => {
    const whole = [...flows(analysis, question).rows];
    const placed = [...flowsFrom(analysis, question)];

    expect(whole.length).toBeGreaterThan(0);
    expect(placed.map(({ row }) => row)).toEqual(whole);
    for (const [index, { next }] of placed.entries()) {
      expect([...flowsFrom(analysis, question, next)].map(({ row }) => row)).toEqual(whole.slice(index + 1));
    }
  });

  it('behind the end of the list has nothing after it', () => {
    expect([...flowsFrom(analysis, { by: 'pod' }, { row: 1_000_000, part: 3 })]).toEqual([]);
  });
});

it('a list for an address of several says that it is about all of them', () => {
  const dual = analyze(
    cluster()
      .pod('shop/a', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
      .pod('shop/b', {}, { addresses: ['10.0.0.2'] })
      .snapshot(),
  );
  const notes = (from: string) => flows(dual, { by: 'pod', from }).notes;

  expect(notes('fd00::1')).toEqual([
    '`fd00::1` is one of the addresses of `shop/a`',
    'what is listed is about all addresses of what has `fd00::1`; `ask` tells of one alone',
  ]);
  expect(notes('10.0.0.2')).toEqual(['`10.0.0.2` is the address of `shop/b`']);
});
