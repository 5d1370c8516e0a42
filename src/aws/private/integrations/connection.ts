import { aws_ec2 as ec2, aws_iam as iam, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { grantSecret } from './secrets';
import { ConnectionReach, IConnection, IMetricsWorkspace } from '../../connection-props';
import { grantObjects, ObjectAccess } from '../data/bucket-access';

/** Settings of a client of a system. */
export interface ConnectionInput {
  readonly id: string;
  readonly environment: { [name: string]: string };
  readonly secretReferences: { [variable: string]: secretsmanager.ISecret };
  readonly reach?: ConnectionReach;
  readonly networkRules?: ec2.Connections;
  readonly metricsWorkspace?: IMetricsWorkspace;
  /** Folders of the lake that a client reads, or works in. */
  readonly folders: readonly ObjectAccess[];
}

/** Connection of a system: the child `Connection` of what carries the system's id. */
export class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: secretsmanager.ISecret };
  public readonly reach?: ConnectionReach;
  public readonly networkRules?: ec2.Connections;
  public readonly metricsWorkspace?: IMetricsWorkspace;

  private readonly folders: readonly ObjectAccess[];

  public constructor(scope: Construct, input: ConnectionInput) {
    super(scope, 'Connection');
    this.id = input.id;
    this.environment = input.environment;
    this.secretReferences = input.secretReferences;
    this.reach = input.reach;
    this.networkRules = input.networkRules;
    this.metricsWorkspace = input.metricsWorkspace;
    this.folders = input.folders;
  }

  public grantUse(grantee: iam.IGrantable): iam.Grant {
    const grants = [
      ...Object.values(this.secretReferences).map((secret) => grantSecret(secret, grantee)),
      ...this.folders.map((folder) => grantObjects(grantee, folder)),
      ...(this.metricsWorkspace === undefined
        ? []
        : [iam.Grant.addToPrincipal({ grantee, actions: ['aps:RemoteWrite'], resourceArns: [this.metricsWorkspace.workspaceArn] })]),
    ];
    return grants.reduce((all, each) => all.combine(each), iam.Grant.drop(grantee, 'a connection without secrets'));
  }
}
