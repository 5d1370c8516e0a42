import { ResourceView } from './resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless } from './rule';

/** Where images are named, by type; undefined where that is not known at synthesis. */
export type ImageNames = Readonly<Record<string, (resource: ResourceView) => unknown[] | undefined>>;

/** Tags that mean another image tomorrow. */
const MOVING = ['latest', 'main', 'master', 'stable', 'prod', 'dev'];

/**
 * The rule that an image's address has a digest, or a tag that stands for one build.
 *
 * @param names where images are named
 * @param isLate whether the address is an expression that the cloud computes
 */
export function pinned(names: ImageNames, isLate: (image: unknown) => boolean): Rule {
  return {
    policy: 'MLOPS-REP-01',
    types: Object.keys(names),
    fix: 'name the image by digest: ContainerImage.fromUri(\'…@sha256:…\')',
    check(resource) {
      const images = names[resource.type](resource)?.filter((each): each is string => typeof each === 'string');
      if (images === undefined) return undecided('the definition is not known at synthesis');
      if (images.length === 0) return NOT_APPLICABLE;
      const findings = images.filter((image) => moves(image, isLate)).map((image) => `image ${image} moves`);
      return findings.length === 0 && images.some((image) => isUnknown(image, isLate))
        ? undecided('the address is put together in the cloud')
        : unless([...new Set(findings)]);
    },
  };
}

/** A digest or a tag at the end says enough, whatever stands before it. */
function isUnknown(image: string, isLate: (image: unknown) => boolean): boolean {
  return isLate(image) && !/(@sha256:[0-9a-f]{64}|:[\w.-]+)$/.test(image);
}

function moves(image: string, isLate: (image: unknown) => boolean): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return false;
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  return tag === undefined ? !isLate(image) : MOVING.includes(tag);
}
