import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { MaturityLevel } from '../../core';
import { governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { refuse, speakerFor } from '../../core/private/validation';
import { DataLake } from '../data-lake';
import { DeliveryPipeline } from '../delivery-pipeline';
import { ExperimentTracker } from '../experiment-tracker';
import { FeatureStore } from '../feature-store';
import { GovernanceGuardrails } from '../governance-guardrails';
import { ModelRegistry } from '../model-registry';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { standsInNetwork } from '../private/serving/network';
import { ServingEndpoint } from '../serving-endpoint';
import { TrainingPipeline } from '../training-pipeline';
import { Workspace } from '../workspace';

/** Level 2: the intent, with `delivery`, and what it runs on. */
export interface Level2BlueprintProps extends BlueprintProps {}

/**
 * Maturity level 2, CI/CD automation: code and models travel by themselves, a new version takes over step by step and goes
 * back on alarms, drift starts training, and guardrails hold at synthesis and in the cloud.
 *
 * `delivery` is required here: without it there is no CI/CD.
 */
export class Level2Blueprint extends Construct {
  /** Raw data, features and artifacts. */
  public readonly data: DataLake;
  /** The record of experiments. */
  public readonly tracking: ExperimentTracker;
  /** The notebooks. */
  public readonly workspace: Workspace;
  /** Features, the same at training and at serving. */
  public readonly features: FeatureStore;
  /** Model versions, registered by the pipeline and approved by a person. */
  public readonly registry: ModelRegistry;
  /** Train, evaluate, gate, register: on a schedule, on new data and on drift. */
  public readonly training: TrainingPipeline;
  /** The endpoint of the latest approved version. */
  public readonly serving: ServingEndpoint;
  /** Alarms, dashboard, drift that starts training, quality with late labels, the service level. */
  public readonly monitoring: MonitoringStack;
  /** CI/CD of the stack itself. */
  public readonly delivery: DeliveryPipeline;
  /** Budget, tags, audit log, permission boundary, model card, the policies that are checked at synthesis and their compliance report. */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level2BlueprintProps) {
    super(scope, id);
    const { availabilityZones, delivery, encryptionKey, image, modelName, removalPolicy } = props;
    const level = MaturityLevel.CICD_AUTOMATION;

    if (delivery === undefined) refuse(speakerFor('level 2 blueprint', scope, id), 'delivery', delivery, 'a repository and its stages');

    const data = this.data = new DataLake(this, 'Data', { ...props.data, encryptionKey, removalPolicy });
    const tracking = this.tracking = new ExperimentTracker(this, 'Tracking', { ...props.tracking, data, removalPolicy });
    const { executionRole, vpc } = this.workspace = new Workspace(this, 'Workspace', {
      ...props.workspace, availabilityZones, data, tracking, vpc: props.vpc, removalPolicy,
    });
    this.features = new FeatureStore(this, 'Features', { featureGroups: [], ...props.features, data, removalPolicy });
    const registry = this.registry = new ModelRegistry(this, 'Registry', { modelName, ...props.registry, removalPolicy });
    const training = this.training = new TrainingPipeline(this, 'Training', { ...props.training, image, data, registry, vpc });
    training.grantStart(executionRole);
    const model = ModelSource.latestApproved(registry);
    const endpoint = this.serving = new ServingEndpoint(this, 'Serving', {
      ...servingOf(level, props), data, image, model, vpc: standsInNetwork(props.serving?.serving) ? vpc : undefined,
    });
    const watched = monitoringOf(level, props);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...watched, data, endpoint, image, registry, training, vpc: watched.drift || watched.modelQuality ? vpc : undefined,
    });
    this.delivery = new DeliveryPipeline(this, 'Delivery', { ...delivery, engine: props.deliveryEngine });
    this.governance = new GovernanceGuardrails(this, 'Governance', { ...governanceOf(level, props), data, registry, vpc, removalPolicy });
  }
}
