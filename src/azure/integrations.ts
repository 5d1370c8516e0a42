import { Construct } from 'constructs';
import { IConnection } from './connection-props';
import { IntegrationsProps } from './integrations-props';
import { requireLakeOf } from './private/base/lake-of';
import { requireProps } from './private/base/require-props';
import { SystemConnection } from './private/integrations/connection';
import { trainingSteps } from './private/integrations/training-steps';
import { TrainingPipeline } from './training-pipeline';
import { Workspace } from './workspace';
import { Integration } from '../core/integrations/integration';
import { FLOW_NAME, FLOW_NAME_IN_WORDS, flowFile } from '../core/private/integrations/flows';
import { connectionAmong, planOf, requireIntegrations } from '../core/private/integrations/plan';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { literal } from '../terraform/text';

/**
 * The systems that a team uses beside Azure, connected to whatever is given their `connections`.
 *
 * A secret is named, never held: whoever operates the stack writes its value into the vault, and what runs reads it when
 * it starts. Servers are not hosted on Azure: give the address of one that exists. Prometheus is a workspace of Azure
 * Monitor. Children: one for each system, with its id. A connection costs nothing, a workspace is billed by sample.
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
    this.connections = props.use.map((each) => this.connect(each, props));
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
    requireMatch(this.who, 'name', name, FLOW_NAME, FLOW_NAME_IN_WORDS);
    const { startQueueUrl, workflowId } = training;
    const steps = trainingSteps({ name, startQueueUrl, workflowId });
    const files = this.use.map(({ _system: system }) => [system.id, flowFile(system, steps)?.content] as const);
    return Object.fromEntries(
      files.flatMap(([id, content]) => (content === undefined ? [] : [[id, literal(content)]])),
    );
  }

  private connect(integration: Integration, { data, keyVaultId: given, workspace }: IntegrationsProps): IConnection {
    const plan = planOf(this.who, integration, 'azure');
    const keyVaultId = given ?? (workspace instanceof Workspace ? workspace.keyVaultId : undefined);
    if (keyVaultId === undefined && Object.keys(plan.secrets).length > 0) {
      refuseBecause(
        this.who,
        `${plan.system.title} has a secret, and the workspace is of another stack: give keyVaultId, the vault that holds it`,
      );
    }
    return new SystemConnection(this, integration.id, { plan, data, keyVaultId, workspace });
  }
}

const VAULT = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i;
