import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { integrationsOf } from './connections';
import { grantDataset } from './notebook-data';
import { WAITING } from './waiting-props';
import { MaturityLevel } from '../../core';
import { connectionsOf } from '../../core/private/integrations/plan';
import { requireKnownText } from '../../core/private/known-values';
import { given, governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { requireModelName } from '../../core/private/model-name';
import { checkPlatformParts } from '../../core/private/platform-parts';
import { speakerFor } from '../../core/private/validation';
import { nameOutputs } from '../../terraform/outputs';
import { AzureResourceGroup } from '../azure-resource-group';
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
import { requireProps } from '../private/base/require-props';
import { OF_PEOPLE } from '../private/data/blob-access';
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
  /** The workspace of Azure Machine Learning, with the notebooks. */
  public readonly workspace: IWorkspace;
  /** The systems that the team uses beside the cloud; undefined where there are none. */
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
    const { encryptionKey, image, model, modelName, platform = {}, removalPolicy } = props;
    const level = MaturityLevel.MANUAL;
    const who = speakerFor('level 0 blueprint', this);
    checkPlatformParts(who, props);
    requireProps(who, 'Level0BlueprintProps', props);
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
    const registry = (this.registry =
      platform.registry ??
      new ModelRegistry(this, 'Registry', { modelName, removalPolicy, ...given(props.registry), data, workspace }));
    for (const notebook of workspace.identities) {
      tracking.grantUse(notebook);
      registry.grantRegister(notebook);
      registry.grantPullImages(notebook);
    }
    const endpoint = (this.serving =
      model && new ServingEndpoint(this, 'Serving', {
        removalPolicy,
        ...servingOf(level, props),
        ...connectionsOf(integrations, props.serving),
        data,
        model,
        workspace,
      }));
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      ...monitoringOf(level, props, WAITING),
      data,
      endpoint,
      image,
      registry,
      workspace,
    });
    this.governance = new GovernanceGuardrails(this, 'Governance', {
      removalPolicy,
      ...governanceOf(level, props, WAITING),
      data,
      registry,
      workspace,
    });
    nameOutputs(this, {
      ResourceGroup: AzureResourceGroup.of(this).resourceGroupName,
      StoreAccount: data.storeAccountName,
      MlWorkspace: workspace.workspaceName,
      ImageRepository: registry.imageRepositoryUri,
      Endpoint: endpoint?.endpointName,
      ScoringUri: endpoint?.scoringUri,
    });
  }
}
