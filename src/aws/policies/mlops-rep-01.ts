import { isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/definitions';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy-rule';
import { listed } from '../private/statements';

/** Tags that mean another image tomorrow. */
const MOVING = ['latest', 'main', 'master', 'stable', 'prod', 'dev'];

/** An image's address has a digest, or a tag that stands for one build. */
export const pinnedImages: Rule = {
  policy: 'MLOPS-REP-01',
  types: REQUESTING_TYPES,
  fix: 'name the image by digest: ContainerImage.fromUri(\'…@sha256:…\'), or let fromDirectory build it',
  check(resource) {
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    const images = requests.flatMap(imagesOf).filter((each): each is string => typeof each === 'string');
    if (images.length === 0) return NOT_APPLICABLE;
    const findings = images.filter(moves).map((image) => `image ${image} moves`);
    return findings.length === 0 && images.every(isRuntime) ? undecided('the address is put together in the cloud') : unless([...new Set(findings)]);
  },
};

function imagesOf({ request }: SageMakerRequest): unknown[] {
  return [
    request.AlgorithmSpecification?.TrainingImage, request.AppSpecification?.ImageUri, request.PrimaryContainer?.Image,
    ...listed(request.Containers).map((each: any) => each.Image),
    ...listed(request.InferenceSpecification?.Containers).map((each: any) => each.Image),
  ];
}

function moves(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return false;
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (tag === undefined) return !isRuntime(image);
  return MOVING.includes(tag);
}
