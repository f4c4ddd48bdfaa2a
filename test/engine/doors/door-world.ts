import { type DoorWorld, doorWorld } from '../../../src/engine/doors/world';
import { analyze } from '../../../src/engine/index';
import type { Snapshot } from '../../../src/model/snapshot';

/** What doors of a snapshot are judged in. */
export function doorWorldOf(snapshot: Snapshot): DoorWorld {
  return doorWorld(analyze(snapshot).directory);
}
