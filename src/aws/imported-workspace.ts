import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IWorkspace, WorkspaceAttributes } from './workspace-props';

/**
 * A workspace of another stack or tool, by its network and its role.
 *
 * @internal
 */
export class ImportedWorkspace extends Construct implements IWorkspace {
  public readonly executionRole: iam.IRole;
  public readonly vpc: ec2.IVpc;

  public constructor(scope: Construct, id: string, attributes: WorkspaceAttributes) {
    super(scope, id);
    this.executionRole = attributes.executionRole;
    this.vpc = attributes.vpc;
  }
}
