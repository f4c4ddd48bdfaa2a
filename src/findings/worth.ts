import type { Workload } from '../model/endpoint';
import type { WorthClass } from './severity';
import { WORTH_PROFILES, type WorthProfile } from './worth-profiles';

/** A worth with its reason. */
export interface Worth {
  readonly worth: WorthClass;
  /** Why, where the workload is more than an ordinary one. */
  readonly reason?: string;
}

const ORDINARY: Worth = Object.freeze({ worth: 'V2' });

/** What a way to this workload is worth, as far as its images tell. */
export function worthOf(workload: Workload): Worth {
  let best = ORDINARY;
  for (const image of workload.images) {
    const profile = profileOf(image);
    if (profile && profile.worth > best.worth) best = { worth: profile.worth, reason: `image \`${image}\` is ${profile.name}` };
  }
  return best;
}

/** Does it hold data, credentials or the cluster itself? */
export function isPrecious(worth: WorthClass): boolean {
  return worth === 'V3' || worth === 'V4';
}

function profileOf(image: string): WorthProfile | undefined {
  const segments = repositoryOf(image);
  return WORTH_PROFILES.find(
    ({ images, organisation }) => images.includes(segments.at(-1)!) && (organisation === undefined || organisation === segments.at(-2)),
  );
}

/** Path of an image reference without tag and digest (grammar: github.com/distribution/reference). A colon before the last slash belongs to a port. */
function repositoryOf(image: string): readonly string[] {
  const segments = image.split('@')[0]!.toLowerCase().split('/');
  return [...segments.slice(0, -1), segments.at(-1)!.split(':')[0]!];
}
