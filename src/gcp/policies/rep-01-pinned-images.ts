import { listed } from '../../core/private/listed';
import { ImageNames, pinned } from '../../terraform/policy/pinned-images';
import { isRuntime, one } from '../../terraform/policy/resource-view';
import { containersOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

/** Where images are named, by type. */
const IMAGES: ImageNames = {
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
export const pinnedImages = pinned(IMAGES, isRuntime);
