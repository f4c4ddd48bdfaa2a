import { readStagedAction, stagedDeletion } from '../../../src/ingest/calico/staged';
import { complaintsIn } from '../../support/calico';

function read(spec: Readonly<Record<string, unknown>>, api: 'served' | 'stored' = 'served') {
  const { complaints, problems } = complaintsIn(api);
  return { action: readStagedAction(complaints, spec), codes: problems.map((problem) => problem.split(' ')[0]) };
}

test.each([
  [{}, 'Set'],
  [{ stagedAction: null }, 'Set'],
  [{ stagedAction: '' }, 'Set'],
  [{ stagedAction: 'Set', order: 1 }, 'Set'],
  [{ stagedAction: 'Delete' }, 'Delete'],
  [{ stagedAction: 'Delete', tier: 'sec', order: null }, 'Delete'],
  [{ stagedAction: 'Learn' }, 'Learn'],
  [{ stagedAction: 'Ignore' }, 'Ignore'],
])('%j proposes to %s', (spec, action) => {
  expect(read(spec)).toEqual({ action, codes: [] });
});

test.each([[{ stagedAction: 'delete' }], [{ stagedAction: 'Delete', selector: 'all()' }]])('%j breaks a rule of the API', (spec) => {
  expect(read(spec).codes).toEqual(['calico-refused']);
  expect(read(spec, 'stored').codes).toEqual(['calico-unchecked']);
});

test('an action that is none proposes nothing', () => {
  expect(read({ stagedAction: 'delete' }, 'stored').action).toBe('Ignore');
});

test('a deletion is a policy without effect', () => {
  const ref = { apiVersion: 'projectcalico.org/v3', kind: 'StagedNetworkPolicy', name: 'web', source: { file: 'a', document: 1, line: 1 } };
  expect(stagedDeletion(ref, 'sec', 'web')).toEqual({
    ref,
    tier: 'sec',
    order: Number.POSITIVE_INFINITY,
    tieBreak: 'web',
    appliesTo: { kind: 'none' },
    hook: 'normal',
    staged: true,
    stagedAction: 'Delete',
  });
});
