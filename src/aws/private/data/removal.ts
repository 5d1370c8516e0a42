import { Aspects, CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { requireDestroyAllowed } from '../../../core/private/removal';
import { Speaker } from '../../../core/private/validation';

/**
 * What happens to a stateful resource with its stack: retained, unless the prop and the context flag both say
 * otherwise.
 *
 * Retained means from its creation on: what a failed first deployment has made goes with it, or its fixed name would be
 * in the way of the next attempt.
 */
export function statefulRemoval(scope: Construct, who: Speaker, wanted: RemovalPolicy | undefined): RemovalPolicy {
  if (wanted === undefined || wanted === RemovalPolicy.RETAIN) return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  if (wanted === RemovalPolicy.DESTROY) requireDestroyAllowed(scope, who);
  return wanted;
}

/**
 * Gives something that a stateful resource cannot work without, with all that is below it, the same future: a role with
 * its policies, a security group with its rules. What comes later comes under it too.
 *
 * Before the aspects of the user: `RemovalPolicies.of(app)` has the last word, on the companion as on the resource.
 */
export function sharesRemoval(companion: IConstruct, removalPolicy: RemovalPolicy): void {
  Aspects.of(companion).add({
    visit: (node) => {
      if (CfnResource.isCfnResource(node)) node.applyRemovalPolicy(removalPolicy);
    },
  }, { priority: BEFORE_OTHERS });
}

/** Aspects that change something have 200, those of users often 500. */
const BEFORE_OTHERS = 100;
