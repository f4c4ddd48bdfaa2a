/** Where something was written. Counted from 1, as editors do; `document` counts the YAML documents or JSON values of one file. */
export interface Source {
  readonly file: string;
  readonly document: number;
  readonly line: number;
}

/** A Kubernetes or Calico object and where it was written. Cluster-scoped objects have no namespace. */
export interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly source: Source;
}

/** As editors and terminals turn it into a link. */
export function formatSource({ file, line }: Source): string {
  return `${file}:${line}`;
}

/** `namespace/name[Kind]`, or `name[Kind]` for cluster-scoped objects. */
export function formatRef({
  namespace,
  name,
  kind,
}: {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly kind: string;
}): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name}[${kind}]`;
}
