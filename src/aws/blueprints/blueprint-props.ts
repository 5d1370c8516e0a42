import { aws_ec2 as ec2, aws_kms as kms, RemovalPolicy } from 'aws-cdk-lib';
import { PlatformParts } from './platform-parts';
import { ProductSpec } from '../../core';
import { DataLakeProps } from '../data-lake-props';
import { DeliveryPipelineProps } from '../delivery-pipeline-props';
import { ExperimentTrackerOptions } from '../experiment-tracker-props';
import { FeatureStoreOptions } from '../feature-store-props';
import { GovernanceGuardrailsOptions } from '../governance-guardrails-props';
import { IntegrationsOptions } from '../integrations-props';
import { ModelRegistryOptions } from '../model-registry-props';
import { MonitoringStackOptions } from '../monitoring-stack-props';
import { ServingEndpointOptions } from '../serving-endpoint-props';
import { TrainingPipelineOptions } from '../training-pipeline-props';
import { WorkspaceOptions } from '../workspace-props';

/**
 * The intent with AWS's own props in each section, and what it runs on in this account.
 *
 * A neutral `MlopsIntent` is one without them. What a section says holds for its part, and takes the place of what is
 * said here for all parts. A level builds the sections it has; props that are about drift runs, the audit trail or
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
   * The systems that the team uses beside the cloud; every level. With them training, serving and drift runs are in the
   * network of the notebooks from level 1 on. Notebooks of `platform.workspace` get connections where they are made.
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
   * @default - the defaults of `TrainingPipelineOptions`; at level 2 in the network of the notebooks
   */
  readonly training?: TrainingPipelineOptions;
  /**
   * The endpoint; from level 1 (level 0 serves a given artifact only).
   *
   * @default - real-time, with the rollout of the level; at level 2 in the network of the notebooks
   */
  readonly serving?: ServingEndpointOptions;
  /**
   * Alarms, dashboard, drift; every level, more at each.
   *
   * @default - the defaults of `MonitoringStackOptions`; drift runs at level 2 in the network of the notebooks
   */
  readonly monitoring?: MonitoringStackOptions;
  /**
   * CI/CD of code and models; level 2, where it is required.
   *
   * @default - none
   */
  readonly delivery?: DeliveryPipelineProps;
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
   * Key of the data lake, and so for everything that is stored. Decide at level 0: another key later is refused by
   * CloudFormation, see docs/aws-changes.md.
   *
   * @default - a key of the data lake's own, rotated every year
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Network of the notebooks and, at level 2, of training, serving and drift runs; it needs private subnets.
   *
   * A workspace cannot change its network later: decide at level 0.
   *
   * @default - that of `platform.workspace`, or a network of the workspace's own, without a path to the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Removal policy of stateful resources.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
