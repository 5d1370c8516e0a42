import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { connectedParts, integrationsOf } from './connections';
import { grantDataset } from './notebook-data';
import { WAITING } from './waiting-props';
import { Cloud, MaturityLevel, Parity } from '../../core';
import { flowOutputs } from '../../core/private/integrations/flows';
import { given, governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { requireModelName } from '../../core/private/model-name';
import { checkPlatformParts } from '../../core/private/platform-parts';
import { measures } from '../../core/private/resolve/monitoring';
import { speakerFor } from '../../core/private/validation';
import { nameOutputs } from '../../terraform/outputs';
import { DataLake } from '../data-lake';
import { IDataLake } from '../data-lake-props';
import { ExperimentTracker } from '../experiment-tracker';
import { IExperimentTracker } from '../experiment-tracker-props';
import { FeatureStore } from '../feature-store';
import { IFeatureStore } from '../feature-store-props';
import { GoogleProject } from '../google-project';
import { GovernanceGuardrails } from '../governance-guardrails';
import { Integrations } from '../integrations';
import { ModelRegistry } from '../model-registry';
import { IModelRegistry } from '../model-registry-props';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { OF_PEOPLE } from '../private/data/bucket-access';
import { recordedBy } from '../private/governance/recorded-projects';
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
  /** The systems that the team uses beside the cloud, where it uses some. */
  public readonly integrations?: Integrations;
  /** The notebooks. */
  public readonly workspace: IWorkspace;
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
   * Budget, tags, audit log and model card. The policies are checked from level 2 on, or where
   * `governance.policyChecks` says so: jobs are then in the private network, which the policies ask for.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level1BlueprintProps) {
    super(scope, id);
    const { encryptionKey, image, modelName, platform = {}, removalPolicy } = props;
    const level = MaturityLevel.PIPELINE_AUTOMATION;
    const who = speakerFor('level 1 blueprint', this);
    checkPlatformParts(who, props);
    Parity._refuse(who, 'MlopsIntent', Cloud.GCP, props);
    requireModelName(who, modelName);

    const data = (this.data =
      platform.data ?? new DataLake(this, 'Data', { encryptionKey, removalPolicy, ...given(props.data) }));
    const tracking = (this.tracking =
      platform.tracking ?? new ExperimentTracker(this, 'Tracking', { removalPolicy, ...given(props.tracking), data }));
    this.features =
      platform.features ??
      new FeatureStore(this, 'Features', { featureGroups: [], removalPolicy, ...given(props.features), data });
    const integrations = (this.integrations = integrationsOf(this, props, data, this.features));
    const connected = connectedParts(this, who, props, integrations);
    this.workspace = platform.workspace ?? new Workspace(this, 'Workspace', {
      writablePrefixes: [...OF_PEOPLE],
      removalPolicy,
      ...given(props.workspace),
      data,
      tracking,
      connections: connected.notebooks,
    });
    grantDataset(this, this.workspace, data, props);
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data }));
    const governance = governanceOf(level, props, WAITING, recordedBy(this) !== undefined);
    const network = governance.policyChecks ? GoogleProject.of(this).network : undefined;
    const training = (this.training = new TrainingPipeline(this, 'Training', {
      network: props.training?.networkAttachment === undefined ? network : undefined,
      tracking,
      ...given(props.training),
      image,
      data,
      registry,
      connections: connected.training,
      servingConnections: connected.versions,
    }));
    for (const notebook of this.workspace.serviceAccounts) {
      registry.grantPullImages(notebook);
      training.grantStart(notebook);
    }
    const served = { image: props.training?.servingImage ?? image, model: ModelSource.latestApproved(registry) };
    const endpoint = (this.serving = new ServingEndpoint(this, 'Serving', {
      removalPolicy,
      ...servingOf(level, props),
      ...served,
      data,
      connections: connected.serving,
    }));
    const watched = monitoringOf(level, props, WAITING);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      network: measures(watched) ? network : undefined,
      connections: measures(watched) ? connected.monitoring : undefined,
      ...watched,
      data,
      endpoint,
      image,
      registry,
      training,
    });
    this.governance = new GovernanceGuardrails(this, 'Governance', { removalPolicy, ...governance, data, registry });
    nameOutputs(this, {
      ...flowOutputs(integrations?.followTraining(training, modelName)),
      RawBucket: data.rawBucketName,
      ImageRepository: registry.imageRepositoryUri,
      TrainingWorkflow: training.workflowName,
      TrainingTopic: training.startTopicId,
      ApprovalTopic: registry.approvalTopicId,
      RolloutWorkflow: endpoint.workflowName,
      TeardownWorkflow: endpoint.teardownWorkflowId,
      Endpoint: endpoint.endpointId,
    });
  }
}
