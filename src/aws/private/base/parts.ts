import { Speaker } from '../../../core/private/validation';
import { requirePart } from '../../../core/private/words';

/** What a construct is given of the others: a member by which it is known, and how it is made. */
const PARTS = {
  data: ['artifactBucket', 'a data lake, as new DataLake(…) makes it'],
  registry: ['modelPackageGroupName', 'a model registry, as new ModelRegistry(…) makes it'],
  model: ['kind', 'a model source, as ModelSource.latestApproved(…) makes it'],
} as const;

/** Refuses a construct that misses one of the parts that it cannot be without. */
export function requireParts<T extends object>(who: Speaker, props: T, ...parts: (keyof T & keyof typeof PARTS)[]): void {
  for (const part of parts) {
    const [member, want] = PARTS[part];
    requirePart(who, part, props[part], member, want);
  }
}
