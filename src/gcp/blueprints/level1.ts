import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { grantDataset } from './notebook-data';
import { MaturityLevel } from '../../core';
import { governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { DataLake } from '../data-lake';
import { ExperimentTracker } from '../experiment-tracker';
import { FeatureStore } from '../feature-store';
import { GoogleProject } from '../google-project';
import { GovernanceGuardrails } from '../governance-guardrails';
import { ModelRegistry } from '../model-registry';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { OF_PEOPLE } from '../private/data/bucket-access';
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
  /**
   * Budget, tags, audit log and model card. The policies are checked from level 2 on, or where `governance.policyChecks` says so: jobs are then in the
   * private network, which the policies ask for.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level1BlueprintProps) {
    super(scope, id);
    const { encryptionKey, image, modelName, removalPolicy } = props;
    const level = MaturityLevel.PIPELINE_AUTOMATION;

    const data = this.data = new DataLake(this, 'Data', { ...props.data, encryptionKey, removalPolicy });
    const tracking = this.tracking = new ExperimentTracker(this, 'Tracking', { ...props.tracking, data, removalPolicy });
    this.workspace = new Workspace(this, 'Workspace', {
      ...props.workspace, data, tracking, owners: props.notebookOwners, writablePrefixes: [...OF_PEOPLE], removalPolicy,
    });
    grantDataset(this.workspace, data, props);
    this.features = new FeatureStore(this, 'Features', { featureGroups: [], ...props.features, data, removalPolicy });
    const registry = this.registry = new ModelRegistry(this, 'Registry', { modelName, ...props.registry, data, removalPolicy });
    const governance = governanceOf(level, props);
    const network = governance.policyChecks ? GoogleProject.of(this).network : undefined;
    const training = this.training = new TrainingPipeline(this, 'Training', { ...props.training, image, data, registry, network });
    for (const notebook of this.workspace.serviceAccounts) {
      registry.grantPullImages(notebook);
      training.grantStart(notebook);
    }
    const model = ModelSource.latestApproved(registry);
    const endpoint = this.serving = new ServingEndpoint(this, 'Serving', { ...servingOf(level, props), data, image, model, removalPolicy });
    const watched = monitoringOf(level, props);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...watched, data, endpoint, image, registry, training, network: watched.drift && network,
    });
    this.governance = new GovernanceGuardrails(this, 'Governance', { ...governance, billingAccount: props.billingAccount, data, registry, removalPolicy });
  }
}
