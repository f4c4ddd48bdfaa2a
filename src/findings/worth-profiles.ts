import type { WorthClass } from './severity';

/** What an image is known to be, hence what a way to it is worth. */
export interface WorthProfile {
  readonly name: string;
  /** Last path segments of the image's repository. */
  readonly images: readonly string[];
  /** With it, the segment before the last must be this one, for images whose own name says too little. */
  readonly organisation?: string;
  readonly worth: WorthClass;
  readonly source: string;
}

/**
 * Deliberately small: stores of data (V3), and consoles and stores that are as good as the cluster itself (V4).
 * Whatever matches nothing is an ordinary workload (V2).
 */
export const WORTH_PROFILES: readonly WorthProfile[] = Object.freeze([
  { name: 'etcd', images: ['etcd'], worth: 'V4', source: 'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/' },
  {
    name: 'Kubernetes Dashboard',
    images: ['kubernetes-dashboard', 'kubernetes-dashboard-amd64', 'dashboard', 'dashboard-api'],
    organisation: 'kubernetesui',
    worth: 'V4',
    source: 'https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/',
  },
  {
    name: 'Kubernetes Dashboard',
    images: ['kubernetes-dashboard', 'kubernetes-dashboard-amd64'],
    worth: 'V4',
    source: 'https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/',
  },
  { name: 'Argo CD', images: ['argocd'], worth: 'V4', source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/security/' },
  { name: 'Argo Workflows', images: ['argocli'], worth: 'V4', source: 'https://argo-workflows.readthedocs.io/en/latest/security/' },
  {
    name: 'Portainer',
    images: ['portainer', 'portainer-ce', 'portainer-ee'],
    worth: 'V4',
    source: 'https://docs.portainer.io/start/install-ce/server/kubernetes',
  },
  { name: 'Rancher', images: ['rancher'], organisation: 'rancher', worth: 'V4', source: 'https://ranchermanager.docs.rancher.com/' },
  { name: 'Weave Scope', images: ['scope'], organisation: 'weaveworks', worth: 'V4', source: 'https://github.com/weaveworks/scope' },
  { name: 'Jenkins', images: ['jenkins'], worth: 'V4', source: 'https://www.jenkins.io/doc/book/security/' },
  { name: 'Tiller', images: ['tiller'], worth: 'V4', source: 'https://v2.helm.sh/docs/securing_installation/' },
  {
    name: 'Ray',
    images: ['ray'],
    organisation: 'rayproject',
    worth: 'V4',
    source: 'https://docs.ray.io/en/latest/ray-security/index.html',
  },
  { name: 'Vault', images: ['vault'], worth: 'V3', source: 'https://developer.hashicorp.com/vault/docs/internals/security' },
  { name: 'Consul', images: ['consul'], worth: 'V3', source: 'https://developer.hashicorp.com/consul/docs/secure' },
  { name: 'Headlamp', images: ['headlamp'], worth: 'V3', source: 'https://headlamp.dev/docs/latest/' },
  { name: 'Kiali', images: ['kiali'], worth: 'V3', source: 'https://kiali.io/docs/configuration/authentication/' },
  {
    name: 'Redis',
    images: ['redis', 'redis-stack-server', 'valkey', 'redis-cluster', 'redis-sentinel'],
    worth: 'V3',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
  },
  {
    name: 'PostgreSQL',
    images: ['postgres', 'postgresql', 'postgis', 'timescaledb', 'cloudnative-pg', 'spilo-15', 'spilo-16'],
    worth: 'V3',
    source: 'https://www.postgresql.org/docs/current/auth-pg-hba-conf.html',
  },
  {
    name: 'MySQL',
    images: ['mysql', 'mysql-server', 'mariadb', 'percona', 'percona-server'],
    worth: 'V3',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/security.html',
  },
  {
    name: 'MongoDB',
    images: ['mongo', 'mongodb', 'mongodb-community-server'],
    worth: 'V3',
    source: 'https://www.mongodb.com/docs/manual/administration/security-checklist/',
  },
  {
    name: 'Elasticsearch',
    images: ['elasticsearch', 'opensearch'],
    worth: 'V3',
    source: 'https://www.elastic.co/docs/deploy-manage/security',
  },
  {
    name: 'Cassandra',
    images: ['cassandra', 'scylla'],
    worth: 'V3',
    source: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html',
  },
  { name: 'Memcached', images: ['memcached'], worth: 'V3', source: 'https://docs.memcached.org/' },
  { name: 'CouchDB', images: ['couchdb'], worth: 'V3', source: 'https://docs.couchdb.org/en/stable/intro/security.html' },
  { name: 'InfluxDB', images: ['influxdb'], worth: 'V3', source: 'https://docs.influxdata.com/influxdb/v2/admin/security/' },
  {
    name: 'ClickHouse',
    images: ['clickhouse', 'clickhouse-server'],
    worth: 'V3',
    source: 'https://clickhouse.com/docs/operations/access-rights',
  },
  {
    name: 'CockroachDB',
    images: ['cockroach'],
    worth: 'V3',
    source: 'https://www.cockroachlabs.com/docs/stable/security-reference/security-overview',
  },
  { name: 'Neo4j', images: ['neo4j'], worth: 'V3', source: 'https://neo4j.com/docs/operations-manual/current/security/' },
  { name: 'MinIO', images: ['minio'], worth: 'V3', source: 'https://min.io/docs/minio/linux/operations/checklists/security.html' },
  { name: 'RabbitMQ', images: ['rabbitmq'], worth: 'V3', source: 'https://www.rabbitmq.com/docs/access-control' },
  { name: 'Kafka', images: ['kafka', 'cp-kafka'], worth: 'V3', source: 'https://kafka.apache.org/documentation/#security' },
]);
