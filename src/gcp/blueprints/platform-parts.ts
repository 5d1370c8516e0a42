import { IDataLake } from '../data-lake-props';
import { IExperimentTracker } from '../experiment-tracker-props';
import { IFeatureStore } from '../feature-store-props';
import { IModelRegistry } from '../model-registry-props';
import { IWorkspace } from '../workspace-props';

/**
 * Parts that exist already, by the names that a blueprint's fields have: of this stack, of another one of the app,
 * imported, or a class of yours.
 *
 * Several products share one platform when each is given the same parts. The section of a part that is brought says
 * nothing then, and is refused. On a lake that is shared the products separate their data by `training.datasetPrefix`,
 * `monitoring.modelQuality.labelsPrefix` and the prefixes of batch serving; what pipelines and endpoints write has
 * folders by their names.
 */
export interface PlatformParts {
  /**
   * The lake, in the project of the stack.
   *
   * @default - a new lake
   */
  readonly data?: IDataLake;
  /**
   * The record of experiments.
   *
   * @default - a new tracker
   */
  readonly tracking?: IExperimentTracker;
  /**
   * The notebooks; they get the right to start the product's training, or at level 0 to register its versions.
   *
   * @default - a new workspace
   */
  readonly workspace?: IWorkspace;
  /**
   * The feature store.
   *
   * @default - a new feature store, from level 1 on
   */
  readonly features?: IFeatureStore;
  /**
   * The registry of this product's model.
   *
   * @default - a new registry
   */
  readonly registry?: IModelRegistry;
}
