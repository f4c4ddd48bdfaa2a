import { analyze, doorsOf, doorsTo, explainDoor, exposureOf } from '../../../src/engine/index';
import { cluster } from '../../support/cluster';
import { ingress, service, withDoors } from '../../support/door-cluster';

const SNAPSHOT = withDoors(
  cluster({ nodesReachableFrom: 'internet' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1' })
    .snapshot(),
  { services: [service('shop/front', { type: 'NodePort' })], entries: [ingress('shop/web', ['shop/front:80'])] },
);

it('answers doors, who is behind them, who gets through, and why', () => {
  const analysis = analyze(SNAPSHOT);
  const front = SNAPSHOT.endpoints.findIndex(({ name }) => name === 'front');
  const doors = doorsTo(analysis, front);

  expect(doorsOf(analysis).filter((door) => doors.includes(door))).toEqual(doors);
  expect(exposureOf(analysis)[0]!.doors.map(({ door }) => door.kind)).toEqual(['nodePort', 'ingress']);
  for (const door of doors.slice(1)) {
    const explanation = explainDoor(analysis, { door: door.id, backend: door.backends[0]!, client: '203.0.113.9' });
    expect(explanation).toMatchObject({ door: door.id, client: '203.0.113.9', verdict: 'allowed' });
    expect(Object.keys(explanation.shown).sort()).toEqual(
      ['dependsOn', 'steps', 'text', 'verdict', ...(explanation.shown.node === undefined ? [] : ['node'])].sort(),
    );
  }
});

it('a question about a door that is not there is a bug of whoever asks', () => {
  const [door] = doorsOf(analyze(SNAPSHOT));

  expect(() => explainDoor(analyze(SNAPSHOT), { door: 'none', backend: door!.backends[0]!, client: '203.0.113.9' })).toThrow(/^bug: /);
});
