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
import { refuse, speakerFor } from '../../core/private/validation';
import { DataLake } from '../data-lake';
import { IDataLake } from '../data-lake-props';
import { DeliveryPipeline } from '../delivery-pipeline';
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
  /** The notebooks. */
  public readonly workspace: IWorkspace;
  /** The systems that the team uses beside the cloud, when there are some. */
  public readonly integrations?: Integrations;
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
   * Budget, tags, audit log, permission boundary, model card, the policies that are checked at synthesis and their
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
    requireModelName(who, props.modelName);

    const data = (this.data =
      platform.data ?? new DataLake(this, 'Data', { encryptionKey, removalPolicy, ...given(props.data) }));
    const tracking = (this.tracking =
      platform.tracking ?? new ExperimentTracker(this, 'Tracking', { removalPolicy, ...given(props.tracking), data }));
    const workspace = this.workspace = platform.workspace ?? new Workspace(this, 'Workspace', {
      vpc: props.vpc, removalPolicy, ...endpointsOf(props), ...given(props.workspace), data, tracking,
    });
    const vpc = props.vpc ?? workspace.vpc;
    const integrations = (this.integrations = integrationsOf(this, who, props, this));
    const features = (this.features =
      platform.features ??
      new FeatureStore(this, 'Features', { featureGroups: [], removalPolicy, ...given(props.features), data }));
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data }));
    const training = (this.training = new TrainingPipeline(this, 'Training', {
      vpc,
      tracking,
      ...given(props.training),
      ...connectionsOf(integrations, props.training),
      image,
      data,
      registry,
    }));
    const notebooks = notebookRole(this, workspace);
    shareTraining(training, notebooks);
    const served = { image: props.training?.servingImage ?? image, model: ModelSource.latestApproved(registry) };
    const endpoint = (this.serving = new ServingEndpoint(this, 'Serving', {
      vpc: standsInNetwork(props.serving?.serving) ? vpc : undefined,
      ...servingOf(level, props, 'machines'),
      ...connectionsOf(integrations, props.serving),
      ...served,
      data,
    }));
    shareFeatures(features, { notebooks, jobs: training.jobRole, endpoint: endpoint.executionRole });
    const watched = monitoringOf(level, props, WAITING);
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      vpc: measures(watched) ? vpc : undefined,
      ...watched,
      ...(measures(watched) ? connectionsOf(integrations, props.monitoring) : undefined),
      data,
      endpoint,
      image,
      registry,
      training,
    });
    for (const alarm of integrations?.alarms ?? []) this.monitoring.addAlarm(alarm);
    this.delivery = new DeliveryPipeline(this, 'Delivery', delivery);
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      vpc, removalPolicy, ...governanceOf(level, props, WAITING, recordedBy(data) !== undefined), data, registry,
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
