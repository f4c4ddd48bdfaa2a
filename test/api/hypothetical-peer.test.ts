import { readHypotheticalPod } from '../../src/api/hypothetical-peer';

const NAMESPACES = ['other', 'shop'];
const read = (text: string) => readHypotheticalPod(text, NAMESPACES);

describe('a pod that nobody has deployed', () => {
  it.each([
    ['any-pod', {}],
    ['shop/any-pod', { namespace: 1 }],
    ['shop/pod:', { namespace: 1, labels: {} }],
    ['shop/pod:app=web,tier=front', { namespace: 1, labels: { app: 'web', tier: 'front' } }],
    ['shop/pod:app.kubernetes.io/name=web', { namespace: 1, labels: { 'app.kubernetes.io/name': 'web' } }],
    ['shop/pod:app=@robot', { namespace: 1, labels: { app: '' }, serviceAccount: 'robot' }],
    ['pod:app=web', { labels: { app: 'web' } }],
    ['new:/pod:app=web', { labels: { app: 'web' }, newNamespace: { name: 'new', labels: {} } }],
    ['new:team.io/x=a,b=c/pod:', { labels: {}, newNamespace: { name: 'new', labels: { 'team.io/x': 'a', b: 'c' } } }],
    ['shop/pod:constructor=x', { namespace: 1, labels: { constructor: 'x' } }],
  ])('is written `%s`', (text, pod) => {
    expect(read(text)).toMatchObject({ pod: { name: text, ...pod } });
  });

  it.each(['shop/web', 'internet', '10.0.0.0/8', 'shop/any-pod[Pod]', 'fd00::1', 'any-pods'])('is not meant by `%s`', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ['shp/any-pod', 'there is no namespace `shp`; did you mean `shop/any-pod`?'],
    [
      'tomorrow/pod:app=web',
      'there is no namespace `tomorrow`; a namespace that does not exist yet is written with its labels: `tomorrow:/pod:app=web`',
    ],
    ['shop:team=a/pod:app=web', 'namespace `shop` exists, with labels of its own; write `shop/pod:app=web`'],
    ['New:/pod:', '`New` is no name of a namespace'],
    ['shop/pod:app', '`app` is no label such as `app=web`'],
    ['shop/pod:=web', '`=web` is no label such as `app=web`'],
    ['shop/pod:app=web,', '`` is no label such as `app=web`'],
    ['shop/pod:app=a b', '`app=a b` is no label such as `app=web`'],
    ['shop/pod:app=a,app=b', 'label `app` is given twice'],
    ['shop/pod:app=a@Robot', '`Robot` is no name of a service account'],
    ['new:team/pod:', '`team` is no label such as `app=web`'],
  ])('that is written `%s` is refused', (text, problem) => {
    expect(read(text)).toEqual({ problem });
  });
});
