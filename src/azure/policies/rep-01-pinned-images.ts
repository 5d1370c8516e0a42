import { listed } from '../../core/private/listed';
import { partsOf } from '../../terraform/policy/parts';
import { ImageNames, pinned } from '../../terraform/policy/pinned-images';
import { one } from '../../terraform/policy/resource-view';
import { definitionOf, isExpression, WORKFLOW } from '../private/policy/workflow-calls';

/** Where images are named, by type. */
const IMAGES: ImageNames = {
  'azurerm_container_app': ({ attributes }) => listed(one(attributes.template)?.container).map(({ image }) => image),
  'azurerm_container_app_job': ({ attributes }) => listed(one(attributes.template)?.container).map(({ image }) => image),
  'Microsoft.MachineLearningServices/workspaces/environments/versions': ({ attributes }) => [attributes.properties?.image],
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    return definition && partsOf(definition, ({ image }) => typeof image === 'string').map(({ image }) => image);
  },
};

/** An image's address has a digest, or a tag that stands for one build. */
export const pinnedImages = pinned(IMAGES, isExpression);
