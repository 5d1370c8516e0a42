import { IntegrationHosting } from './integration-hosting';
import { SecretName } from './secret-name';

/** Options of the connection to Weights & Biases. */
export interface WeightsAndBiasesOptions {
  /** Team or user that owns the runs. */
  readonly entity: string;
  /**
   * Project that the runs go to.
   *
   * @default - the project that the client chooses, `uncategorized`
   */
  readonly project?: string;
  /** Name of the secret that holds the API key. */
  readonly apiKey: SecretName;
  /**
   * Address of a server of one's own.
   *
   * @default 'https://api.wandb.ai'
   */
  readonly endpoint?: string;
}

/** Options of Prefect. */
export interface PrefectOptions {
  /**
   * Address of a server that exists, with `/api` and, in Prefect Cloud, with account and workspace.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the key of Prefect Cloud.
   *
   * @default - no key: a server that the stack hosts makes its own
   */
  readonly apiKey?: SecretName;
  /**
   * The place of the server.
   *
   * @default IntegrationHosting.SERVICE
   */
  readonly hosting?: IntegrationHosting;
}

/** Options of a system that this library has no word for. */
export interface OtherIntegrationOptions {
  /** Name as people write it. */
  readonly title: string;
  /**
   * Plain environment variables.
   *
   * @default - none
   */
  readonly variables?: { [name: string]: string };
  /**
   * Environment variables that hold a secret.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretName };
  /**
   * Address of the system.
   *
   * @default - none: `variables` say what a client needs
   */
  readonly endpoint?: string;
}
