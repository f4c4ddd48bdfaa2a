/** Planted in the bundle where secrets are; must never come out of anything. */
export const PLANTED_SECRETS = ['hunter2-planted', 'aHVudGVyMi1wbGFudGVk'];

/**
 * A small application. `shop/web` may call `shop/cart` on 8080; `shop/cart` may call `pay/ledger` on 5432, whose namespace lets nobody else in; nothing
 * isolates `lab/toy`.
 */
export const SHOP_BUNDLE = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Namespace
metadata: { name: pay }
---
apiVersion: v1
kind: Namespace
metadata: { name: lab }
---
apiVersion: v1
kind: Secret
metadata: { name: ledger, namespace: pay }
data: { password: aHVudGVyMi1wbGFudGVk }
stringData: { user: hunter2-planted }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web:1, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec: { containers: [{ name: cart, image: cart:1, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ledger, namespace: pay }
spec:
  selector: { matchLabels: { app: ledger } }
  template:
    metadata: { labels: { app: ledger } }
    spec:
      containers:
        - name: ledger
          image: ledger:1
          ports: [{ containerPort: 5432 }]
          env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: ledger, key: password } } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: toy, namespace: lab }
spec:
  selector: { matchLabels: { app: toy } }
  template:
    metadata: { labels: { app: toy } }
    spec: { containers: [{ name: toy, image: toy:1 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart-from-web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ protocol: TCP, port: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ledger-from-cart, namespace: pay }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }
          podSelector: { matchLabels: { app: cart } }
      ports: [{ protocol: TCP, port: 5432 }]
`;

/** Line of the rule that lets `shop/web` call `shop/cart`. */
export const CART_RULE_LINE = SHOP_BUNDLE.split('\n').findIndex((line) => line.includes('from: [{ podSelector')) + 1;
