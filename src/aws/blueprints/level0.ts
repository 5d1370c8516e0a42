import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { MaturityLevel } from '../../core';
import { governanceOf, monitoringOf, servingOf } from '../../core/private/level-defaults';
import { DataLake } from '../data-lake';
import { ExperimentTracker } from '../experiment-tracker';
import { GovernanceGuardrails } from '../governance-guardrails';
import { ModelRegistry } from '../model-registry';
import { ModelSource } from '../model-source';
import { MonitoringStack } from '../monitoring-stack';
import { ServingEndpoint } from '../serving-endpoint';
import { Workspace } from '../workspace';

/** Level 0, and the one thing that only level 0 has: a model made by hand. */
export interface Level0BlueprintProps extends BlueprintProps {
  /**
   * A model that somebody trained and that the template serves.
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
  public readonly data: DataLake;
  /** The record of experiments. */
  public readonly tracking: ExperimentTracker;
  /** The notebooks. */
  public readonly workspace: Workspace;
  /** Model versions, registered by hand. */
  public readonly registry: ModelRegistry;
  /** The endpoint of the given model, when there is one. */
  public readonly serving?: ServingEndpoint;
  /** Basic health alarms. */
  public readonly monitoring: MonitoringStack;
  /** Budget, tags and model card; the policies are checked from level 2 on, or where `governance.policyChecks` says so. */
  public readonly governance: GovernanceGuardrails;

  public constructor(scope: Construct, id: string, props: Level0BlueprintProps) {
    super(scope, id);
    const { availabilityZones, encryptionKey, image, model, modelName, removalPolicy, vpc } = props;
    const level = MaturityLevel.MANUAL;

    const data = this.data = new DataLake(this, 'Data', { ...props.data, encryptionKey, removalPolicy });
    const tracking = this.tracking = new ExperimentTracker(this, 'Tracking', { ...props.tracking, data, removalPolicy });
    this.workspace = new Workspace(this, 'Workspace', { ...props.workspace, availabilityZones, data, tracking, vpc, removalPolicy });
    const registry = this.registry = new ModelRegistry(this, 'Registry', { modelName, ...props.registry, removalPolicy });
    registry.grantRegister(this.workspace.executionRole);
    const endpoint = this.serving = model && new ServingEndpoint(this, 'Serving', { ...servingOf(level, props), data, model });
    this.monitoring = new MonitoringStack(this, 'Monitoring', { ...monitoringOf(level, props), data, endpoint, image, registry });
    this.governance = new GovernanceGuardrails(this, 'Governance', { ...governanceOf(level, props), data, registry, removalPolicy });
  }
}
