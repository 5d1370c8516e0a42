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
import { refuse, speakerFor } from '../../core/private/validation';
import { nameOutputs } from '../../terraform/outputs';
import { DataLake } from '../data-lake';
import { IDataLake } from '../data-lake-props';
import { DeliveryPipeline } from '../delivery-pipeline';
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

/** Level 2: the intent, with `delivery`, and what it runs on. */
export interface Level2BlueprintProps extends BlueprintProps {}

/**
 * Maturity level 2, CI/CD automation: code and models travel by themselves, a new version takes over step by step and
 * rolls back on alarms, drift starts training, and guardrails hold at synthesis and in the cloud.
 *
 * `delivery` is required here: without it there is no CI/CD.
 */
export class Level2Blueprint extends Construct {
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
  /** Train, evaluate, gate, register: on a schedule, on new data and on drift. */
  public readonly training: TrainingPipeline;
  /** The endpoint of the latest approved version. */
  public readonly serving: ServingEndpoint;
  /** Alarms, dashboard, drift that starts training, quality with late labels, the service level. */
  public readonly monitoring: MonitoringStack;
  /** CI/CD of the stack itself. */
  public readonly delivery: DeliveryPipeline;
  /**
   * Budget, labels, audit log, alert on breaches, model card, the policies that are checked at synthesis and their
   * compliance report.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level2BlueprintProps) {
    super(scope, id);
    const { delivery, encryptionKey, image, modelName, platform = {}, removalPolicy } = props;
    const level = MaturityLevel.CICD_AUTOMATION;
    const who = speakerFor('level 2 blueprint', this);

    if (delivery === undefined) refuse(who, 'delivery', delivery, 'a repository and its stages');
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
    const { network } = GoogleProject.of(this);
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
    this.delivery = new DeliveryPipeline(this, 'Delivery', { ...delivery, registry });
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      removalPolicy, ...governanceOf(level, props, WAITING, recordedBy(this) !== undefined), data, registry,
    });
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
