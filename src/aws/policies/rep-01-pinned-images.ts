import { listed } from '../private/policy/iam-statements';
import { ResourceView } from '../private/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy/rule';
import { addressText, isRuntime, readable, REQUESTING_TYPES, requestsOf } from '../private/policy/sagemaker-requests';

/** Tags that mean another image tomorrow. */
const MOVING = ['latest', 'main', 'master', 'stable', 'prod', 'dev'];

/** An image's address has a digest, or a tag that stands for one build. */
export const pinnedImages: Rule = {
  policy: 'MLOPS-REP-01',
  types: ['AWS::ECS::TaskDefinition', 'AWS::SageMaker::InferenceComponent', ...REQUESTING_TYPES],
  fix: 'name the image by digest: ContainerImage.fromUri(\'…@sha256:…\'), or let fromDirectory build it',
  check(resource) {
    const images = imagesOf(resource)?.map(addressText);
    if (images === undefined) return undecided('the definition is not known at synthesis');
    if (images.length === 0) return NOT_APPLICABLE;
    const findings = images.filter(moves).map((image) => `image ${readable(image)} moves`);
    return findings.length === 0 && images.some(isUnknown)
      ? undecided('the address is put together in the cloud')
      : unless([...new Set(findings)]);
  },
};

function imagesOf(resource: ResourceView): unknown[] | undefined {
  const { type, properties } = resource;
  const images =
    type === 'AWS::ECS::TaskDefinition'
      ? listed(properties.ContainerDefinitions).map((each: any) => each.Image)
      : type === 'AWS::SageMaker::InferenceComponent'
        ? [properties.Specification?.Container?.Image]
        : requestsOf(resource)?.flatMap(({ request }) => [
          request.AlgorithmSpecification?.TrainingImage,
          request.AppSpecification?.ImageUri,
          request.PrimaryContainer?.Image,
          request.Specification?.Container?.Image,
          ...listed(request.Containers).map((each: any) => each.Image),
          ...listed(request.InferenceSpecification?.Containers).map((each: any) => each.Image),
        ]);
  return images?.filter((each) => each !== undefined);
}

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
