import { listed } from '../../core/private/listed';
import { isRuntime, one, ResourceView } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { containersOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

/** Tags that mean another image tomorrow. */
const MOVING = ['latest', 'main', 'master', 'stable', 'prod', 'dev'];

/** Where images are named, by type. */
const IMAGES: Readonly<Record<string, (resource: ResourceView) => unknown[] | undefined>> = {
  google_cloud_run_v2_job: ({ attributes }) =>
    listed(one(one(attributes.template)?.template)?.containers).map(({ image }) => image),
  google_cloud_run_v2_service: ({ attributes }) =>
    listed(one(attributes.template)?.containers).map(({ image }) => image),
  google_workbench_instance: ({ attributes }) =>
    listed(one(attributes.gce_setup)?.container_image).map(({ repository, tag }) =>
      tag === undefined ? repository : `${repository}:${tag}`,
    ),
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    return definition && containersOf(definition).map(({ imageUri }) => imageUri);
  },
};

/** An image's address has a digest, or a tag that stands for one build. */
export const pinnedImages: Rule = {
  policy: 'MLOPS-REP-01',
  types: Object.keys(IMAGES),
  fix: 'name the image by digest: ContainerImage.fromUri(\'…@sha256:…\')',
  check(resource) {
    const images = IMAGES[resource.type](resource)?.filter((each): each is string => typeof each === 'string');
    if (images === undefined) return undecided('the definition is not known at synthesis');
    if (images.length === 0) return NOT_APPLICABLE;
    const findings = images.filter(moves).map((image) => `image ${image} moves`);
    return findings.length === 0 && images.some(isUnknown)
      ? undecided('the address is put together in the cloud')
      : unless([...new Set(findings)]);
  },
};

/** A digest or a tag at the end says enough, whatever stands before it. */
function isUnknown(image: string): boolean {
  return isRuntime(image) && !/(@sha256:[0-9a-f]{64}|:[\w.-]+)$/.test(image);
}

function moves(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return false;
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (tag === undefined) return !isRuntime(image);
  return MOVING.includes(tag);
}
