import { demand, StoredModelError } from '../../../src/engine/encode/stored-model-error';

describe('demand', () => {
  it('throws a StoredModelError that says what is wrong', () => {
    for (const falsy of [false, 0, '', undefined, null, Number.NaN]) {
      expect(() => demand(falsy, 'the model is truncated')).toThrow(new StoredModelError('the model is truncated'));
      expect(() => demand(falsy, 'the model is truncated')).toThrow(StoredModelError);
    }
  });

  it('lets everything else pass', () => {
    for (const truthy of [true, 1, 'text', {}, []]) expect(() => demand(truthy, 'the model is truncated')).not.toThrow();
  });
});

describe('a StoredModelError', () => {
  it('is an error that is told apart by its name, and keeps its cause', () => {
    const cause = new SyntaxError('somewhere');
    const error = new StoredModelError('the directory is malformed', { cause });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.cause]).toEqual(['StoredModelError', 'the directory is malformed', cause]);
  });
});
