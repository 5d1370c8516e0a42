import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { MaturityLevel } from '../../core';
import { governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { DataLake } from '../data-lake';
import { ExperimentTracker } from '../experiment-tracker';
import { FeatureStore } from '../feature-store';
import { GovernanceGuardrails } from '../governance-guardrails';
import { ModelRegistry } from '../model-registry';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { ServingEndpoint } from '../serving-endpoint';
import { TrainingPipeline } from '../training-pipeline';
import { Workspace } from '../workspace';

/** Level 1: the intent and what it runs on. */
export interface Level1BlueprintProps extends BlueprintProps {}

/**
 * Maturity level 1, pipeline automation: training runs by itself and registers what passes the gate, a person approves,
 * and what is approved goes live.
 *
 * The first deployment needs no model: training makes it, approval rolls it out.
 */
export class Level1Blueprint extends Construct {
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
  /** Train, evaluate, gate, register: on a schedule and on new data. */
  public readonly training: TrainingPipeline;
  /** The endpoint of the latest approved version. */
  public readonly serving: ServingEndpoint;
  /** Alarms, dashboard, drift. */
  public readonly monitoring: MonitoringStack;
  /** Budget, tags, audit log and model card; the policies are checked from level 2 on, or where `governance.policyChecks` says so. */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level1BlueprintProps) {
    super(scope, id);
    const { availabilityZones, encryptionKey, image, modelName, removalPolicy, vpc } = props;
    const level = MaturityLevel.PIPELINE_AUTOMATION;

    const data = this.data = new DataLake(this, 'Data', { ...props.data, encryptionKey, removalPolicy });
    const tracking = this.tracking = new ExperimentTracker(this, 'Tracking', { ...props.tracking, data, removalPolicy });
    const { executionRole } = this.workspace = new Workspace(this, 'Workspace', { ...props.workspace, availabilityZones, data, tracking, vpc, removalPolicy });
    this.features = new FeatureStore(this, 'Features', { featureGroups: [], ...props.features, data, removalPolicy });
    const registry = this.registry = new ModelRegistry(this, 'Registry', { modelName, ...props.registry, removalPolicy });
    const training = this.training = new TrainingPipeline(this, 'Training', { ...props.training, image, data, registry });
    training.grantStart(executionRole);
    const model = ModelSource.latestApproved(registry);
    const endpoint = this.serving = new ServingEndpoint(this, 'Serving', { ...servingOf(level, props), data, image, model });
    this.monitoring = new MonitoringStack(this, 'Monitoring', { ...monitoringOf(level, props), data, endpoint, image, registry, training });
    this.governance = new GovernanceGuardrails(this, 'Governance', { ...governanceOf(level, props), data, registry, removalPolicy });
  }
}
