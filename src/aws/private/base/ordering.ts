import { CfnResource } from 'aws-cdk-lib';
import { Dependable, IConstruct, IDependable } from 'constructs';

/**
 * Makes a resource wait for the policies of the roles and buckets that it uses, whenever they are written.
 *
 * A reference to a role orders the role but not its policy, and a service that looks at its permissions when it is
 * created finds none. Depending on the whole role would name it a second time, which cfn-lint calls redundant (W3005).
 *
 * @param owners roles, buckets, or anything that has policies below it
 */
export function afterPolicies(resource: IConstruct, ...owners: IConstruct[]): void {
  const policies: IDependable = {};
  Dependable.implement(policies, {
    get dependencyRoots(): IConstruct[] {
      return owners.flatMap((owner) => owner.node.findAll()).filter(holdsPermissions);
    },
  });
  resource.node.addDependency(policies);
}

function holdsPermissions(node: IConstruct): boolean {
  return CfnResource.isCfnResource(node) && POLICY_TYPES.includes(node.cfnResourceType);
}

const POLICY_TYPES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::S3::BucketPolicy'];
