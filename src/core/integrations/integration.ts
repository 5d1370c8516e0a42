import { OtherIntegrationOptions, PrefectOptions, WeightsAndBiasesOptions } from './integration-options';
import { System } from './system';
import { PREFECT } from './systems/prefect';
import { WEIGHTS_AND_BIASES } from './systems/weights-and-biases';
import { checkGiven, Given, otherSecrets, systemOf } from '../private/integrations/given';

/**
 * A system that a team uses beside the cloud, connected to everything that runs its code and hosted where it has to be.
 *
 * The same value works on every cloud; docs/integrations.md says how each cloud offers it.
 */
export class Integration {
  /**
   * Weights & Biases: runs of trainings and notebooks are logged there.
   *
   * @example
   * import { Integration, SecretName } from 'mlops-constructs';
   *
   * const tracking = Integration.weightsAndBiases({ entity: 'shop', project: 'churn', apiKey: SecretName.of('wandb-api-key') });
   */
  public static weightsAndBiases(options: WeightsAndBiasesOptions): Integration {
    const { apiKey, endpoint, entity, project } = options;
    return new Integration(WEIGHTS_AND_BIASES, {
      endpoint,
      options: { entity, project },
      required: ['entity', 'apiKey'],
      secrets: { WANDB_API_KEY: ['apiKey', apiKey] },
    });
  }

  /**
   * Prefect: a server, and a flow that starts and follows the training.
   *
   * @example
   * import { Integration } from 'mlops-constructs';
   *
   * const hosted = Integration.prefect();
   * const existing = Integration.prefect({ endpoint: 'https://prefect.example.com/api' });
   */
  public static prefect(options: PrefectOptions = {}): Integration {
    const { apiKey, endpoint, hosting } = options;
    return new Integration(PREFECT, { endpoint, hosting, secrets: { PREFECT_API_KEY: ['apiKey', apiKey] } });
  }

  /**
   * A system that this library has no word for: its variables and secrets reach everything that runs the user's code.
   *
   * @param id id of the system; lower-case letters, digits and hyphens
   */
  public static of(id: string, options: OtherIntegrationOptions): Integration {
    return new Integration(systemOf(id, options), { endpoint: options.endpoint, secrets: otherSecrets(options) });
  }

  /** Id of the system, which its constructs carry. */
  public readonly id: string;
  /** Name of the system as its makers write it. */
  public readonly title: string;
  /**
   * Facts of the system.
   *
   * @internal
   */
  public readonly _system: System;
  /**
   * What the user said.
   *
   * @internal
   */
  public readonly _given: Given;

  private constructor(system: System, given: Given) {
    checkGiven(system, given);
    this.id = system.id;
    this.title = system.title;
    this._system = system;
    this._given = given;
  }
}
