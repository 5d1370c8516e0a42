import { IDataLake } from './data-lake-props';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** Integrations on Google Cloud, without the lake, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * Secrets of Secret Manager by their `SecretName`, where they are of another project, or have another id or a fixed
   * version: `projects/<id>/secrets/<name>`, or `projects/<id>/secrets/<name>/versions/<number>`.
   *
   * @default - the secret of that name in the project of the stack, its latest version
   */
  readonly secrets?: { [secretName: string]: string };
}

/** Integrations on Google Cloud. */
export interface IntegrationsProps extends IntegrationsOptions {
  /** The lake whose bucket of artifacts takes the files of clients, under `integrations/`. */
  readonly data: IDataLake;
}
