import { Construct } from 'constructs';
import { IConnection } from './connection-props';
import { IntegrationsProps } from './integrations-props';
import { requireLakeOf } from './private/base/lake-of';
import { requireProps } from './private/base/require-props';
import { checkIntegrations } from './private/integrations/checks';
import { SystemConnection } from './private/integrations/connection';
import { trainingSteps } from './private/integrations/training-steps';
import { newAlertRule } from './private/monitoring/alert-rule';
import { hostedAlarms } from './private/monitoring/hosted-alarms';
import { environmentFor } from './private/serving/container-app-environment';
import { CONSUMPTION } from './private/serving/container-app-plan';
import { TrainingPipeline } from './training-pipeline';
import { Workspace } from './workspace';
import { Integration } from '../core/integrations/integration';
import { flowFiles } from '../core/private/integrations/flows';
import { connectionAmong, IntegrationPlan, planOf, requireIntegrations } from '../core/private/integrations/plan';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { mayDestroy } from '../terraform/removal';
import { literal } from '../terraform/text';

/**
 * The systems that a team uses beside Azure, connected to whatever is given their `connections`.
 *
 * A secret is named, never held: whoever operates the stack writes its value into the vault, and what runs reads it when
 * it starts. Secrets of hosted servers are made while applying, which takes Terraform 1.11 and the role Key Vault
 * Secrets Officer on the vault; neither the template nor the state has their values.
 *
 * A hosted system is a container app that answers in the network of the stack alone, with a database of PostgreSQL
 * behind a private endpoint, and alerts on both. Prometheus is a workspace of Azure Monitor, billed by sample.
 * Children: one for each system, with its id. Costs: nothing for a
 * system that exists elsewhere; a hosted one about 25 USD a month for its database and its endpoint, and about 50 USD
 * where a replica of 1 vCPU and 2 GiB is there all the time.
 *
 * @see https://learn.microsoft.com/azure/key-vault/general/rbac-guide
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure, Integration, SecretName } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data });
 * const integrations = new azure.Integrations(stack, 'Integrations', {
 *   data,
 *   workspace,
 *   use: [Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') })],
 * });
 */
export class Integrations extends Construct {
  /** One for each system, in the order of `use`. */
  public readonly connections: IConnection[];
  /** ARM ids of the alert rules on hosted systems. */
  public readonly alertRules: string[] = [];
  private readonly who: Speaker;
  private readonly use: readonly Integration[];

  public constructor(scope: Construct, id: string, props: IntegrationsProps) {
    super(scope, id);
    this.who = speakerFor('integrations', scope, id);
    requireProps(this.who, 'IntegrationsProps', props);
    requireLakeOf(this.who, props.workspace, props.data);
    requireIntegrations(this.who, props.use);
    requireMatch(this.who, 'keyVaultId', props.keyVaultId, VAULT, 'the ARM id of a Key Vault');
    this.use = props.use;
    const plans = props.use.map((each) => planOf(this.who, each, 'azure'));
    checkIntegrations(this.who, props, plans);
    const isDestroyable = mayDestroy(this, this.who, props.removalPolicy);
    const systems = plans.map((plan) => this.connect(plan, props, isDestroyable));
    this.connections = systems;
    for (const system of systems) this.watch(system, props);
  }

  /**
   * The connection of one system.
   *
   * @param system id of the system, `weights-and-biases`
   */
  public connectionOf(system: string): IConnection {
    return connectionAmong(this.who, this.connections, system);
  }

  /**
   * A file for each orchestrator (Airflow, Prefect, Dagster, ZenML) that starts a training and follows it: a DAG, a flow,
   * a job, a pipeline. Whoever runs it needs `training.grantStart`, and the role Reader on the training's workflow.
   *
   * @param training the training
   * @param name name of the flow, the model's for instance
   * @returns contents of the files, by the system's id: outputs take them, because nobody who applies has a way into the
   * lake
   */
  public followTraining(training: TrainingPipeline, name: string): { [system: string]: string } {
    const { startQueueUrl, workflowId } = training;
    const steps = trainingSteps({ name, startQueueUrl, workflowId });
    const files = flowFiles(this.who, this.use.map(({ _system: system }) => system), steps);
    return Object.fromEntries(files.map(({ content, system }) => [system, literal(content)]));
  }

  private connect(plan: IntegrationPlan, props: IntegrationsProps, isDestroyable: boolean): SystemConnection {
    const { data, keyVaultId: given, workspace } = props;
    const keyVaultId = given ?? (workspace instanceof Workspace ? workspace.keyVaultId : undefined);
    const hasSecret = Object.keys(plan.secrets).length > 0 || plan.server !== undefined;
    if (keyVaultId === undefined && hasSecret) {
      refuseBecause(
        this.who,
        `${plan.system.title} has a secret, and the workspace is of another stack: give keyVaultId, the vault that holds it`,
      );
    }
    return new SystemConnection(this, plan.system.id, {
      plan,
      data,
      keyVaultId,
      workspace,
      options: props.hosted?.[plan.system.id] ?? {},
      environment: () => environmentFor(this, this.who, CONSUMPTION, false, workspace),
      isDestroyable,
    });
  }

  private watch(system: SystemConnection, { actionGroupIds = [], workspace }: IntegrationsProps): void {
    if (system.hosted === undefined) return;
    const audience = {
      actionGroups: actionGroupIds, logAnalyticsWorkspaceId: workspace.logAnalyticsWorkspaceId,
    };
    for (const spec of hostedAlarms(system.hosted)) this.alertRules.push(newAlertRule(system, spec, audience));
  }
}

const VAULT = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i;
