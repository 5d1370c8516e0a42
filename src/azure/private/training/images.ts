import { IConstruct } from 'constructs';
import { Speaker } from '../../../core/private/validation';
import { TrainingPipelineProps } from '../../training-pipeline-props';
import { imageUri } from '../base/image';
import { foreignRegistry, hostOf, ImageRegistry } from '../base/pulls';

/** Registries beside those of the workspace and of the model that the images are in: of the jobs, and of the versions. */
export function imageRegistries(
  pipeline: IConstruct,
  who: Speaker,
  trainingImage: string,
  { registry, servingImage, workspace }: TrainingPipelineProps,
): { readonly trains?: ImageRegistry; readonly serves?: ImageRegistry } {
  const homes = [workspace.containerRegistryLoginServer, hostOf(registry.imageRepositoryUri)];
  const trains = foreignRegistry(pipeline, who, 'image', trainingImage, homes);
  if (servingImage === undefined) return { trains, serves: trains };
  return { trains, serves: foreignRegistry(pipeline, who, 'servingImage', imageUri(who, servingImage), homes) };
}
