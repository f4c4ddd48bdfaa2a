import { type Answer, ask, type Question } from '../../src/api/ask';
import { analyze } from '../../src/engine/index';
import { allow, block, cluster, labels, pods, to } from './cluster';

/** shop/web → shop/api → shop/db, where api and db are isolated; everything else is open. */
export const shop = analyze(
  cluster()
    .namespace('shop', { team: 'a' })
    .namespace('other')
    .pod('shop/web-1', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.1'] })
    .pod('shop/web-2', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.2'] })
    .pod('shop/api', { app: 'api' }, { addresses: ['10.0.0.3'] })
    .pod('shop/db-old', { app: 'db', version: 'old' }, { workload: 'db', addresses: ['10.0.0.8'] })
    .pod('shop/db-new', { app: 'db' }, { workload: 'db', addresses: ['10.0.0.9'] })
    .pod('shop/agent', {}, { network: 'host', addresses: ['192.168.0.1'] })
    .pod('other/lone', {}, { addresses: ['10.0.1.1', 'fd00::1'] })
    .newPod('other')
    .policy('shop/api', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ app: 'api' })] },
      ingress: [allow([pods({ app: 'web' })], to('TCP', 8080))],
      egress: [allow([pods({ app: 'db' })], to('TCP', 5432)), allow([block('20.0.0.0/8')], to('TCP', 443))],
    })
    .policy('shop/db', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ version: 'old' })] },
      ingress: [],
    })
    .snapshot(),
);

/** Asks about a flow in it, or in another cluster. */
export function answer(from: string, destination: string, more: Partial<Question> = { port: 8080 }, analysis = shop): Answer {
  return ask(analysis, { from, to: destination, ...more });
}
