import { ContainerImage } from './container-image';
import { DataLakeIntent } from './data-lake';
import { DeliveryPipelineIntent } from './delivery-pipeline';
import { ExperimentTrackerIntent } from './experiment-tracker';
import { FeatureStoreIntent } from './feature-store';
import { GovernanceIntent } from './governance-guardrails';
import { IntegrationsIntent } from './integrations/integrations';
import { ModelRegistryIntent } from './model-registry';
import { MonitoringIntent } from './monitoring-stack';
import { ServingEndpointIntent } from './serving-endpoint';
import { TrainingSpec } from './training-pipeline';
import { WorkspaceIntent } from './workspace';

/** Name, image and alert addresses of a product, the same on every cloud. */
export interface ProductSpec {
  /** Name of the model; lower-case letters, digits and hyphens, starting with a letter, at most 32. */
  readonly modelName: string;
  /** The workload's image: it answers `train`, `evaluate`, `serve` and `monitor`. */
  readonly image: ContainerImage;
  /**
   * Addresses that are notified of alarms; those of a budget are its own.
   *
   * @default - no one is notified
   */
  readonly alertEmails?: string[];
}

/**
 * One machine-learning product, described once for every cloud and every maturity level.
 *
 * A level builds the sections it has, as each of them says here: moving up is changing the name of the blueprint, not
 * the intent. The practices of a level are listed in docs/maturity.md. A cloud's blueprint takes the same sections with
 * that cloud's own props in them, so an intent can be spread into its props and extended in place:
 * `{ ...intent, training: { ...intent.training, instanceType: 'ml.trn1.2xlarge' } }`.
 */
export interface MlopsIntent extends ProductSpec {
  /**
   * The data lake; every level.
   *
   * @default - the defaults of `DataLakeIntent`
   */
  readonly data?: DataLakeIntent;
  /**
   * The notebooks; every level.
   *
   * @default - the defaults of `WorkspaceIntent`
   */
  readonly workspace?: WorkspaceIntent;
  /**
   * The record of experiments; every level.
   *
   * @default - the defaults of `ExperimentTrackerIntent`
   */
  readonly tracking?: ExperimentTrackerIntent;
  /**
   * The systems that the team uses beside the cloud; every level.
   *
   * @default - none
   */
  readonly integrations?: IntegrationsIntent;
  /**
   * The feature store; from level 1.
   *
   * @default - no feature groups
   */
  readonly features?: FeatureStoreIntent;
  /**
   * The model registry; every level.
   *
   * @default - manual approval, named after `modelName`
   */
  readonly registry?: ModelRegistryIntent;
  /**
   * The training pipeline; from level 1.
   *
   * @default - the defaults of `TrainingSpec`
   */
  readonly training?: TrainingSpec;
  /**
   * The endpoint; from level 1 (level 0 serves a given artifact only).
   *
   * @default - real-time, with the rollout of the level
   */
  readonly serving?: ServingEndpointIntent;
  /**
   * Alarms, dashboard, drift; every level, more at each.
   *
   * @default - the defaults of `MonitoringIntent`
   */
  readonly monitoring?: MonitoringIntent;
  /**
   * CI/CD of code and models; level 2, where it is required.
   *
   * @default - none
   */
  readonly delivery?: DeliveryPipelineIntent;
  /**
   * Budget, audit, guardrails, model card; every level, more at each.
   *
   * @default - the defaults of `GovernanceIntent`
   */
  readonly governance?: GovernanceIntent;
}
