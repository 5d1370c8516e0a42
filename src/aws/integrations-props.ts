import { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { IDataLake } from './data-lake-props';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** Systems that are used on AWS, without the lake, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * Secrets of AWS Secrets Manager by the names that the integrations use: for one that has a key of its own, is in
   * another account or is made in this app.
   *
   * @default - the secret of that name in the account and region of the stack, which must exist when something reads it
   */
  readonly secrets?: { [name: string]: secretsmanager.ISecret };
}

/** Systems that are used on AWS. */
export interface IntegrationsProps extends IntegrationsOptions {
  /** The lake, whose bucket of artifacts holds the files of clients and servers under `integrations/`. */
  readonly data: IDataLake;
}
