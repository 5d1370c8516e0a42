import { listed } from '../../core/private/listed';
import { partsOf } from '../../terraform/policy/parts';
import { one, ResourceView } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, isExpression, WORKFLOW } from '../private/policy/workflow-calls';

/** Tags that mean another image tomorrow. */
const MOVING = ['latest', 'main', 'master', 'stable', 'prod', 'dev'];

/** Where images are named, by type. */
const IMAGES: Readonly<Record<string, (resource: ResourceView) => unknown[] | undefined>> = {
  'azurerm_container_app': ({ attributes }) => listed(one(attributes.template)?.container).map(({ image }) => image),
  'azurerm_container_app_job': ({ attributes }) => listed(one(attributes.template)?.container).map(({ image }) => image),
  'Microsoft.MachineLearningServices/workspaces/environments/versions': ({ attributes }) => [attributes.properties?.image],
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    return definition && partsOf(definition, ({ image }) => typeof image === 'string').map(({ image }) => image);
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
  return isExpression(image) && !/(@sha256:[0-9a-f]{64}|:[\w.-]+)$/.test(image);
}

function moves(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return false;
  const tag = /:([\w.-]+)$/.exec(image)?.[1];
  if (tag === undefined) return !isExpression(image);
  return MOVING.includes(tag);
}
