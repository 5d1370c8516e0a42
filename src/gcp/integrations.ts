import { Construct } from 'constructs';
import { IConnection } from './connection-props';
import { GoogleProject } from './google-project';
import { IntegrationsProps } from './integrations-props';
import { Cloud, Parity } from '../core/parity';
import { newConnection } from './private/integrations/connection';
import { secretReference } from './private/integrations/secrets';
import { planOf } from '../core/private/integrations/plan';
import { requireTexts } from '../core/private/texts';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * The systems that a team uses beside Google Cloud, connected to what runs its code.
 *
 * `connections` go to training, notebooks, endpoints and monitoring; each gets the variables, the references of the
 * secrets and the permission to read them. Secrets are those of Secret Manager and must exist before the first apply:
 * neither the template nor Terraform's state has their values. Children: one for each system, with its id. A system
 * that exists elsewhere costs nothing here.
 *
 * @see https://cloud.google.com/secret-manager/docs
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp, Integration, SecretName } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * const { connections } = new gcp.Integrations(stack, 'Integrations', {
 *   data,
 *   use: [Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') })],
 * });
 */
export class Integrations extends Construct {
  /** One for each system, in the order of `use`. */
  public readonly connections: IConnection[];

  public constructor(scope: Construct, id: string, props: IntegrationsProps) {
    super(scope, id);
    const who: Speaker = speakerFor('integrations', scope, id);
    check(who, props);
    const { projectId, region } = GoogleProject.of(this);
    const { secrets = {} } = props;
    const plans = props.use.map((each) => planOf(who, each, 'gcp'));
    requireUsed(who, Object.keys(secrets), plans.flatMap((plan) => Object.values(plan.secrets).map(({ value }) => value)));
    this.connections = plans.map((plan) => newConnection(this, {
      who,
      plan,
      region,
      data: props.data,
      references: Object.fromEntries(
        Object.entries(plan.secrets).map(([variable, { value }]) => [
          variable,
          secretReference(secrets[value] ?? `projects/${projectId}/secrets/${value}`),
        ]),
      ),
    }));
  }

  /**
   * The connection of one system.
   *
   * @param system id of the system, `weights-and-biases`
   */
  public connectionOf(system: string): IConnection {
    const found = this.connections.find(({ id }) => id === system);
    return found ?? refuse(
      speakerFor('integrations', this), 'system', system, `one of ${this.connections.map(({ id }) => id).join(', ')}`,
    );
  }
}

function check(who: Speaker, props: IntegrationsProps): void {
  Parity._refuse(who, 'IntegrationsIntent', Cloud.GCP, props);
  requireTexts(who, props, { secrets: 'named texts?' });
  const ids = props.use.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuseBecause(who, `use names ${twice} twice: leave one of them out`);
  for (const [name, secret] of Object.entries(props.secrets ?? {})) {
    requireMatch(
      who,
      `secrets.${name}`,
      secret,
      /^projects\/[^/]+\/secrets\/[A-Za-z0-9_-]{1,255}(\/versions\/(latest|[1-9]\d*))?$/,
      'projects/<id>/secrets/<name>, with /versions/<number> behind it or without',
    );
  }
}

function requireUsed(who: Speaker, given: readonly string[], used: readonly string[]): void {
  const idle = given.find((name) => !used.includes(name));
  if (idle === undefined) return;
  refuse(who, 'secrets', idle, used.length === 0 ? 'left out: no system has a secret' : `named by a system: ${[...new Set(used)].join(', ')}`);
}
