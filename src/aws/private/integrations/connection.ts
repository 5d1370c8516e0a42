import { aws_ec2 as ec2, aws_iam as iam, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IConnection } from '../../connection-props';

/** Settings of a client of a system. */
export interface ConnectionInput {
  readonly environment: { [name: string]: string };
  readonly needsInternet: boolean;
  readonly networkRules?: ec2.Connections;
}

/** A system of `Integrations`, by its id. */
export class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: secretsmanager.ISecret } = {};
  public readonly needsInternet: boolean;
  public readonly networkRules?: ec2.Connections;

  public constructor(scope: Construct, id: string, input: ConnectionInput) {
    super(scope, id);
    this.id = id;
    this.environment = input.environment;
    this.needsInternet = input.needsInternet;
    this.networkRules = input.networkRules;
  }

  public addSecrets(secrets: { readonly [variable: string]: secretsmanager.ISecret }): void {
    Object.assign(this.secretReferences, secrets);
  }

  public grantUse(grantee: iam.IGrantable): iam.Grant {
    return Object.values(this.secretReferences)
      .map((secret) => secret.grantRead(grantee))
      .reduce((all, each) => all.combine(each), iam.Grant.drop(grantee, 'a connection without secrets'));
  }
}
