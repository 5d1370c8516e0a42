import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { endpointsOf, integrationsOf } from './connections';
import { shareFeatures } from './feature-grants';
import { notebookRole, shareTraining } from './notebook-role';
import { endpointName, nameOutputs } from './outputs';
import { WAITING } from './waiting-props';
import { MaturityLevel } from '../../core';
import { flowOutputs } from '../../core/private/integrations/flows';
import { connectionsOf } from '../../core/private/integrations/plan';
import { given, governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { requireModelName } from '../../core/private/model-name';
import { checkPlatformParts } from '../../core/private/platform-parts';
import { measures } from '../../core/private/resolve/monitoring';
import { speakerFor } from '../../core/private/validation';
import { DataLake } from '../data-lake';
import { IDataLake } from '../data-lake-props';
import { ExperimentTracker } from '../experiment-tracker';
import { IExperimentTracker } from '../experiment-tracker-props';
import { FeatureStore } from '../feature-store';
import { IFeatureStore } from '../feature-store-props';
import { GovernanceGuardrails } from '../governance-guardrails';
import { Integrations } from '../integrations';
import { ModelRegistry } from '../model-registry';
import { IModelRegistry } from '../model-registry-props';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { recordedBy } from '../private/governance/recorded-lakes';
import { standsInNetwork } from '../private/serving/network';
import { ServingEndpoint } from '../serving-endpoint';
import { TrainingPipeline } from '../training-pipeline';
import { Workspace } from '../workspace';
import { IWorkspace } from '../workspace-props';

/** Level 1: the intent and what it runs on. */
export interface Level1BlueprintProps extends BlueprintProps {}

/**
 * Maturity level 1, pipeline automation: training runs automatically and registers versions that pass the gate, a
 * person approves, and what is approved goes live.
 *
 * The first deployment needs no model: training makes it, approval rolls it out.
 */
export class Level1Blueprint extends Construct {
  /** Raw data, features and artifacts. */
  public readonly data: IDataLake;
  /** The record of experiments. */
  public readonly tracking: IExperimentTracker;
  /** The notebooks. */
  public readonly workspace: IWorkspace;
  /** The systems that the team uses beside the cloud, when there are some. */
  public readonly integrations?: Integrations;
  /** Features, the same at training and at serving. */
  public readonly features: IFeatureStore;
  /** Model versions, registered by the pipeline and approved by a person. */
  public readonly registry: IModelRegistry;
  /** Train, evaluate, gate, register: on a schedule and on new data. */
  public readonly training: TrainingPipeline;
  /** The endpoint of the latest approved version. */
  public readonly serving: ServingEndpoint;
  /** Alarms, dashboard, drift. */
  public readonly monitoring: MonitoringStack;
  /**
   * Budget, tags, audit log and model card; the policies are checked from level 2 on, or where
   * `governance.policyChecks` says so.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level1BlueprintProps) {
    super(scope, id);
    const { encryptionKey, image, modelName, platform = {}, removalPolicy, vpc } = props;
    const level = MaturityLevel.PIPELINE_AUTOMATION;
    const who = speakerFor('level 1 blueprint', this);
    checkPlatformParts(who, props);
    requireModelName(who, props.modelName);

    const data = (this.data =
      platform.data ?? new DataLake(this, 'Data', { encryptionKey, removalPolicy, ...given(props.data) }));
    const tracking = (this.tracking =
      platform.tracking ?? new ExperimentTracker(this, 'Tracking', { removalPolicy, ...given(props.tracking), data }));
    this.workspace =
      platform.workspace ??
      new Workspace(this, 'Workspace', {
        vpc,
        removalPolicy,
        ...endpointsOf(props),
        ...given(props.workspace),
        data,
        tracking,
      });
    const integrations = (this.integrations = integrationsOf(this, who, props, this));
    const network = integrations && { vpc: vpc ?? this.workspace.vpc };
    const features = (this.features =
      platform.features ??
      new FeatureStore(this, 'Features', { featureGroups: [], removalPolicy, ...given(props.features), data }));
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data }));
    const training = (this.training = new TrainingPipeline(this, 'Training', {
      tracking,
      ...network,
      ...given(props.training),
      ...connectionsOf(integrations, props.training),
      image,
      data,
      registry,
    }));
    const notebooks = notebookRole(this, this.workspace);
    shareTraining(training, notebooks);
    const served = { image: props.training?.servingImage ?? image, model: ModelSource.latestApproved(registry) };
    const endpoint = (this.serving = new ServingEndpoint(this, 'Serving', {
      ...(standsInNetwork(props.serving?.serving) ? network : undefined),
      ...servingOf(level, props, 'machines'),
      ...connectionsOf(integrations, props.serving),
      ...served,
      data,
    }));
    shareFeatures(features, { notebooks, jobs: training.jobRole, endpoint: endpoint.executionRole });
    const watched = monitoringOf(level, props, WAITING);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...(measures(watched) ? network : undefined),
      ...watched,
      ...(measures(watched) ? connectionsOf(integrations, props.monitoring) : undefined),
      data,
      endpoint,
      image,
      registry,
      training,
    });
    for (const alarm of integrations?.alarms ?? []) this.monitoring.addAlarm(alarm);
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      removalPolicy, ...governanceOf(level, props, WAITING, recordedBy(data) !== undefined), data, registry,
    });
    nameOutputs(this, {
      ...flowOutputs(integrations?.followTraining(training, modelName)),
      RawBucket: data.rawBucket.bucketName,
      TrainingPipeline: training.pipelineName,
      ModelGroup: registry.modelPackageGroupName,
      Endpoint: endpointName(endpoint),
      Rollout: endpoint.rolloutStateMachine?.stateMachineArn,
    });
  }
}
