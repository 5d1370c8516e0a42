import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { endpointsOf, integrationsOf } from './connections';
import { notebookRole } from './notebook-role';
import { endpointName, nameOutputs } from './outputs';
import { WAITING } from './waiting-props';
import { MaturityLevel } from '../../core';
import { connectionsOf } from '../../core/private/integrations/plan';
import { given, governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { requireModelName } from '../../core/private/model-name';
import { checkPlatformParts } from '../../core/private/platform-parts';
import { speakerFor } from '../../core/private/validation';
import { DataLake } from '../data-lake';
import { IDataLake } from '../data-lake-props';
import { ExperimentTracker } from '../experiment-tracker';
import { IExperimentTracker } from '../experiment-tracker-props';
import { GovernanceGuardrails } from '../governance-guardrails';
import { Integrations } from '../integrations';
import { ModelRegistry } from '../model-registry';
import { IModelRegistry } from '../model-registry-props';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { standsInNetwork } from '../private/serving/network';
import { ServingEndpoint } from '../serving-endpoint';
import { Workspace } from '../workspace';
import { IWorkspace } from '../workspace-props';

/** Level 0, and the one thing that only level 0 has: a model made by hand. */
export interface Level0BlueprintProps extends BlueprintProps {
  /**
   * A trained model artifact that the template serves.
   *
   * From level 1 on the registry says what is served, so this is a prop of level 0 only.
   *
   * @default - nothing is served
   */
  readonly model?: ModelSource;
}

/**
 * Maturity level 0, the manual process, done properly: people work in notebooks, and what they do is nevertheless
 * versioned, encrypted, recorded, budgeted and watched.
 *
 * `Level1Blueprint` under the same id adds to what is here and replaces nothing of it.
 */
export class Level0Blueprint extends Construct {
  /** Raw data, features and artifacts. */
  public readonly data: IDataLake;
  /** The record of experiments. */
  public readonly tracking: IExperimentTracker;
  /** The notebooks. */
  public readonly workspace: IWorkspace;
  /** The systems that the team uses beside the cloud, when there are some. */
  public readonly integrations?: Integrations;
  /** Model versions, registered by hand. */
  public readonly registry: IModelRegistry;
  /** The endpoint of the given model, when there is one. */
  public readonly serving?: ServingEndpoint;
  /** Basic health alarms. */
  public readonly monitoring: MonitoringStack;
  /**
   * Budget, tags and model card; the policies are checked from level 2 on, or where `governance.policyChecks` says so.
   */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level0BlueprintProps) {
    super(scope, id);
    const { encryptionKey, image, model, modelName, platform = {}, removalPolicy, vpc } = props;
    const level = MaturityLevel.MANUAL;
    const who = speakerFor('level 0 blueprint', this);
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
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data }));
    registry.grantRegister(notebookRole(this, this.workspace));
    const endpoint = (this.serving =
      model &&
      new ServingEndpoint(this, 'Serving', {
        ...(standsInNetwork(props.serving?.serving) ? network : undefined),
        ...servingOf(level, props, 'machines'),
        ...connectionsOf(integrations, props.serving),
        data,
        model,
      }));
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...monitoringOf(level, props, WAITING),
      data,
      endpoint,
      image,
      registry,
    });
    for (const alarm of integrations?.alarms ?? []) this.monitoring.addAlarm(alarm);
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      removalPolicy,
      ...governanceOf(level, props, WAITING),
      data,
      registry,
    });
    nameOutputs(this, {
      RawBucket: data.rawBucket.bucketName,
      ModelGroup: registry.modelPackageGroupName,
      Endpoint: endpoint && endpointName(endpoint),
    });
  }
}
