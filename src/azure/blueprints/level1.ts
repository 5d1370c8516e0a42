import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { integrationsOf } from './connections';
import { grantDataset } from './notebook-data';
import { WAITING } from './waiting-props';
import { MaturityLevel } from '../../core';
import { flowOutputs } from '../../core/private/integrations/flows';
import { connectionsOf } from '../../core/private/integrations/plan';
import { requireKnownText } from '../../core/private/known-values';
import { given, governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { requireModelName } from '../../core/private/model-name';
import { checkPlatformParts } from '../../core/private/platform-parts';
import { measures } from '../../core/private/resolve/monitoring';
import { speakerFor } from '../../core/private/validation';
import { nameOutputs } from '../../terraform/outputs';
import { AzureResourceGroup } from '../azure-resource-group';
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
import { requireProps } from '../private/base/require-props';
import { OF_PEOPLE } from '../private/data/blob-access';
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
  /** The workspace of Azure Machine Learning, with the notebooks. */
  public readonly workspace: IWorkspace;
  /** Features, the same at training and at serving. */
  public readonly features: IFeatureStore;
  /** The systems that the team uses beside the cloud; undefined where there are none. */
  public readonly integrations?: Integrations;
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
   * `governance.policyChecks` says so: that takes `workspace: { managedNetwork: ManagedNetwork.approvedOutbound() }`,
   * which the policies ask for.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level1BlueprintProps) {
    super(scope, id);
    const { encryptionKey, image, modelName, platform = {}, removalPolicy } = props;
    const level = MaturityLevel.PIPELINE_AUTOMATION;
    const who = speakerFor('level 1 blueprint', this);
    checkPlatformParts(who, props);
    requireProps(who, 'Level1BlueprintProps', props);
    requireKnownText(who, 'modelName', modelName);
    requireModelName(who, modelName);

    const data = (this.data =
      platform.data ?? new DataLake(this, 'Data', { encryptionKey, removalPolicy, ...given(props.data) }));
    const workspace = this.workspace = platform.workspace ?? new Workspace(this, 'Workspace', {
      writablePrefixes: [...OF_PEOPLE], removalPolicy, ...given(props.workspace), data,
    });
    const tracking = (this.tracking =
      platform.tracking ?? new ExperimentTracker(this, 'Tracking', { ...given(props.tracking), workspace }));
    grantDataset(this, workspace, data, props);
    const integrations = integrationsOf(this, props, { data, workspace });
    this.integrations = integrations;
    this.features =
      platform.features ??
      new FeatureStore(this, 'Features', {
        featureGroups: [],
        removalPolicy,
        ...given(props.features),
        data,
        workspace,
      });
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data, workspace }));
    const governance = governanceOf(level, props, WAITING);
    const training = (this.training = new TrainingPipeline(this, 'Training', {
      tracking,
      ...given(props.training),
      ...connectionsOf(integrations, props.training),
      image,
      data,
      registry,
      workspace,
    }));
    for (const notebook of workspace.identities) {
      tracking.grantUse(notebook);
      registry.grantPullImages(notebook);
      training.grantStart(notebook);
    }
    const served = { image: props.training?.servingImage ?? image, model: ModelSource.latestApproved(registry) };
    const endpoint = (this.serving = new ServingEndpoint(this, 'Serving', {
      removalPolicy,
      ...servingOf(level, props),
      ...connectionsOf(integrations, props.serving),
      ...served,
      data,
      workspace,
    }));
    const watched = monitoringOf(level, props, WAITING);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...watched,
      ...(measures(watched) ? connectionsOf(integrations, watched) : {}),
      data,
      endpoint,
      image,
      registry,
      training,
      workspace,
    });
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      removalPolicy,
      ...governance,
      data,
      registry,
      workspace,
    });
    nameOutputs(this, {
      ...flowOutputs(integrations?.followTraining(training, modelName)),
      ResourceGroup: AzureResourceGroup.of(this).resourceGroupName,
      StoreAccount: data.storeAccountName,
      MlWorkspace: workspace.workspaceName,
      ImageRepository: registry.imageRepositoryUri,
      TrainingWorkflow: training.workflowName,
      TrainingQueue: training.startQueueUrl,
      ApprovalQueue: registry.approvalQueueUrl,
      RolloutWorkflow: endpoint.workflowName,
      Endpoint: endpoint.endpointName,
      ScoringUri: endpoint.scoringUri,
      DriftQueue: this.monitoring.driftQueueUrl,
    });
  }
}
