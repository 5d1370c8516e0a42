import { PlatformParts } from './platform-parts';
import { ProductSpec } from '../../core';
import { DataLakeProps } from '../data-lake-props';
import { DeliveryPipelineOptions } from '../delivery-pipeline-props';
import { IEncryptionKey } from '../encryption-key-props';
import { ExperimentTrackerOptions } from '../experiment-tracker-props';
import { FeatureStoreOptions } from '../feature-store-props';
import { GovernanceGuardrailsOptions } from '../governance-guardrails-props';
import { IntegrationsOptions } from '../integrations-props';
import { ModelRegistryOptions } from '../model-registry-props';
import { MonitoringStackOptions } from '../monitoring-stack-props';
import { RemovalPolicy } from '../removal-policy';
import { ServingEndpointOptions } from '../serving-endpoint-props';
import { TrainingPipelineOptions } from '../training-pipeline-props';
import { WorkspaceOptions } from '../workspace-props';

/**
 * The intent with Google's own props in each section, and what it runs on. Project, region and network are those of the
 * stack's `GoogleProject`.
 *
 * A neutral `MlopsIntent` is one without them. What a section says holds for its part, and takes the place of what is
 * said here for all parts. A level builds the sections it has; props that are about drift runs, the audit log or
 * guardrails in the cloud wait for the level that has these.
 */
export interface BlueprintProps extends ProductSpec {
  /**
   * The data lake; every level.
   *
   * @default - the defaults of `DataLakeProps`, with this blueprint's key
   */
  readonly data?: DataLakeProps;
  /**
   * The notebooks; every level.
   *
   * @default - the defaults of `WorkspaceOptions`
   */
  readonly workspace?: WorkspaceOptions;
  /**
   * The record of experiments; every level.
   *
   * @default - the defaults of `ExperimentTrackerOptions`
   */
  readonly tracking?: ExperimentTrackerOptions;
  /**
   * The systems that the team uses beside the cloud; every level. What runs on Vertex AI is not connected to a system
   * that the stack hosts in the project's network.
   *
   * @default - none
   */
  readonly integrations?: IntegrationsOptions;
  /**
   * The feature store; from level 1.
   *
   * @default - no feature groups
   */
  readonly features?: FeatureStoreOptions;
  /**
   * The model registry; every level.
   *
   * @default - manual approval, named after `modelName`
   */
  readonly registry?: ModelRegistryOptions;
  /**
   * The training pipeline; from level 1.
   *
   * @default - the defaults of `TrainingPipelineOptions`; at level 2 in the network of the project
   */
  readonly training?: TrainingPipelineOptions;
  /**
   * The endpoint; from level 1 (level 0 serves a given artifact only).
   *
   * @default - real-time, with the rollout of the level
   */
  readonly serving?: ServingEndpointOptions;
  /**
   * Alarms, dashboard, drift; every level, more at each.
   *
   * @default - the defaults of `MonitoringStackOptions`; drift runs at level 2 in the network of the project
   */
  readonly monitoring?: MonitoringStackOptions;
  /**
   * CI/CD of code and models; level 2, where it is required.
   *
   * @default - none
   */
  readonly delivery?: DeliveryPipelineOptions;
  /**
   * Budget, audit, guardrails, model card; every level, more at each.
   *
   * @default - the defaults of `GovernanceGuardrailsOptions`
   */
  readonly governance?: GovernanceGuardrailsOptions;
  /**
   * Parts that exist and that this product uses instead of having its own: a lake, notebooks, a tracker, features, a
   * registry.
   *
   * @default - every part is the product's own
   */
  readonly platform?: PlatformParts;
  /**
   * Key of the data lake, and so for everything that is stored; in the region of the stack.
   *
   * @default - a key of the data lake's own, rotated every 90 days
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * Removal policy of stateful resources.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
