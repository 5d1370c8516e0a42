import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConnectionReach, IConnection } from './connection-props';
import { IntegrationsProps } from './integrations-props';
import { watchRegion } from './private/base/regions';
import { SystemConnection } from './private/integrations/connection';
import { secretsOf } from './private/integrations/secrets';
import { Integration } from '../core/integrations/integration';
import { clientSettings, isOnInternet, planOf } from '../core/private/integrations/plan';
import { refuse, refuseBecause, requireUnique, Speaker, speakerFor } from '../core/private/validation';

/**
 * The systems that a team uses beside the cloud, connected to whatever is given their `connections`.
 *
 * A secret is named, never held: its value is written into AWS Secrets Manager by whoever operates the stack, and read
 * by what runs when it starts.
 *
 * Children: one for each system, by its id. A connection costs nothing.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, ContainerImage, Integration, SecretName } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const registry = new aws.ModelRegistry(stack, 'Registry', { modelName: 'churn' });
 * const { connections } = new aws.Integrations(stack, 'Integrations', {
 *   data,
 *   use: [Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') })],
 * });
 * new aws.TrainingPipeline(stack, 'Training', {
 *   data,
 *   registry,
 *   connections,
 *   image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1'),
 * });
 */
export class Integrations extends Construct {
  /** One for each system, in the order of `use`. */
  public readonly connections: IConnection[];

  private readonly who: Speaker;

  public constructor(scope: Construct, id: string, props: IntegrationsProps) {
    super(scope, id);
    watchRegion(this);
    this.who = speakerFor('integrations', scope, id);
    if (!Array.isArray(props.use)) refuse(this.who, 'use', props.use, 'a list of integrations');
    for (const each of props.use) {
      if (!(each instanceof Integration)) refuse(this.who, 'use', each, 'integrations like Integration.prefect()');
    }
    requireUnique(this.who, 'use', props.use.map((each) => each.id));
    const named = props.use.flatMap((each) =>
      Object.values(planOf(this.who, each, 'aws').secrets).map(({ value }) => value),
    );
    const unused = Object.keys(props.secrets ?? {}).find((name) => !named.includes(name));
    if (unused !== undefined) refuseBecause(this.who, `secrets has '${unused}', which no integration names`);
    this.connections = props.use.map((each) => this.connect(each, props));
  }

  /**
   * The connection of one system.
   *
   * @param system id of the system, `weights-and-biases`
   */
  public connectionOf(system: string): IConnection {
    const found = this.connections.find(({ id }) => id === system);
    return found ?? refuse(this.who, 'system', system, `one of ${this.connections.map(({ id }) => id).join(', ')}`);
  }

  private connect(integration: Integration, { secrets }: IntegrationsProps): IConnection {
    const plan = planOf(this.who, integration, 'aws');
    if (plan.server !== undefined || plan.isManaged) {
      refuseBecause(
        this.who,
        `${plan.system.title}: servers are not hosted on AWS yet: give the endpoint of one that exists`,
      );
    }
    const system = new Construct(this, integration.id);
    const { endpoint } = plan;
    const host = endpoint?.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
    const { variables } = clientSettings(plan, { endpoint, host, region: Stack.of(this).region });
    return new SystemConnection(system, {
      id: integration.id,
      environment: variables,
      secretReferences: secretsOf(system, this.who, plan, secrets),
      reach: isOnInternet(plan) ? ConnectionReach.INTERNET : undefined,
    });
  }
}
