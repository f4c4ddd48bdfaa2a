import type { Door, DoorKind, DoorPort } from '../../model/door';
import type { TransportProtocol } from '../../model/endpoint';
import type { ResourceRef } from '../../model/source';

/** `kind namespace/name:port`, with the protocol where it is not TCP and the kind of the object where it is not plain from that of the door. */
export function doorId(kind: DoorKind, { namespace, name, kind: of }: ResourceRef, port: DoorPort, protocol: TransportProtocol): string {
  const owner = namespace === undefined ? name : `${namespace}/${name}`;
  const isPlain = of === 'Service' || of === 'Ingress' || of === 'Route' || of === 'Pod' || of === 'HTTPRoute';
  return `${kind} ${owner}${isPlain ? '' : `[${of}]`}:${port}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

/** Doors with ids that are all different, as those of several ports that only their names tell apart are not. */
export function withUniqueIds(doors: readonly Door[]): readonly Door[] {
  const seen = new Map<string, number>();
  return doors.map((door) => {
    const count = (seen.get(door.id) ?? 0) + 1;
    seen.set(door.id, count);
    return count === 1 ? door : { ...door, id: `${door.id}#${count}` };
  });
}
