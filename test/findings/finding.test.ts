import { endsOf } from '../../src/findings/finding';
import { findingOf } from '../support/findings';

const NO_EVIDENCE = { trace: [], nearestCandidates: [], assumptions: [], details: [] };

test('the steps of a finding are about the ends of its flow', () => {
  const flow = { from: 'shop/cart[Deployment]', to: '203.0.113.7', protocol: 'TCP', port: 443 };
  expect(endsOf(findingOf({ evidence: { ...NO_EVIDENCE, flow } }))).toMatchObject({ from: 'shop/cart[Deployment]', to: '203.0.113.7' });
});

test('without a flow, what it is about is both ends', () => {
  expect(endsOf(findingOf({ subject: 'shop[Namespace]', evidence: NO_EVIDENCE }))).toEqual({
    from: 'shop[Namespace]',
    to: 'shop[Namespace]',
  });
});
