import { aboutAnswers } from '../../../src/engine/compile/answers';
import type { PacketTerm } from '../../../src/model/policy';

/** Every part that a term can have. */
const WHOLE: Required<PacketTerm> = {
  protocol: 'TCP',
  ports: [[1, 2]],
  portNames: ['a'],
  notPorts: [[3, 4]],
  notPortNames: ['b'],
  sourcePorts: [[5, 6]],
  sourcePortNames: ['c'],
  notSourcePorts: [[7, 8]],
  notSourcePortNames: ['d'],
  icmp: [{ types: [8, 8], codes: [0, 0] }],
  numbers: [[47, 47]],
};

describe('packets that are answered', () => {
  it('are every packet where every answer is meant', () => {
    expect(aboutAnswers('any')).toBe('any');
    expect(aboutAnswers([])).toEqual([]);
  });

  it('have the ports of their answers in the opposite places, by number and by name', () => {
    expect(aboutAnswers([WHOLE])).toEqual([
      {
        ...WHOLE,
        ports: [[5, 6]],
        portNames: ['c'],
        notPorts: [[7, 8]],
        notPortNames: ['d'],
        sourcePorts: [[1, 2]],
        sourcePortNames: ['a'],
        notSourcePorts: [[3, 4]],
        notSourcePortNames: ['b'],
      },
    ]);
  });

  it('are as they were when answered twice', () => {
    expect(aboutAnswers(aboutAnswers([WHOLE]))).toEqual([WHOLE]);
  });

  it('keep what they do not say unsaid', () => {
    expect(aboutAnswers([{ protocol: 'UDP' }, { protocol: 'TCP', sourcePorts: [] }])).toEqual([
      { protocol: 'UDP' },
      { protocol: 'TCP', ports: [] },
    ]);
  });
});
