import { requireTextList } from '../core/private/texts';
import { refuse, requireMatch, Speaker } from '../core/private/validation';

/**
 * From where an endpoint of Vertex AI is reached, one way or another. Every call needs a permission, whatever the way.
 *
 * Endpoints in a peered network (private services access) are not offered: they hold one model and have no traffic
 * split, so that every rollout would be an outage.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/choose-endpoint-type
 */
export class EndpointAccess {
  /**
   * Under a name of its own, `<number>.<region>-<project number>.prediction.vertexai.goog`, apart from other customers'
   * traffic. Callers need a path to the internet: the name is none of those that `private.googleapis.com` answers.
   *
   * @see https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options
   */
  public static dedicated(): EndpointAccess {
    return new EndpointAccess('dedicated');
  }

  /**
   * Under the name that all endpoints of the region share, `<region>-aiplatform.googleapis.com`: the public way that
   * works inside a perimeter of VPC Service Controls, and from a `PrivateNetwork`.
   */
  public static shared(): EndpointAccess {
    return new EndpointAccess('shared');
  }

  /**
   * From networks alone, through a forwarding rule to the service attachment that the endpoint has once a model is
   * deployed.
   *
   * @param projectIds projects whose networks may connect, the stack's own among them if it calls
   * @see https://cloud.google.com/vertex-ai/docs/predictions/private-service-connect
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const access = gcp.EndpointAccess.privateServiceConnect(['web-shop-prod']);
   */
  public static privateServiceConnect(projectIds: string[]): EndpointAccess {
    const who: Speaker = { what: 'endpoint access', name: 'private service connect' };
    requireTextList(who, 'projectIds', projectIds);
    if (projectIds.length === 0) refuse(who, 'projectIds', projectIds, 'one project at least');
    for (const each of projectIds) {
      requireMatch(who, 'projectIds', each, /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'ids of projects');
    }
    return new EndpointAccess('private-service-connect', projectIds);
  }

  private constructor(
    /** `dedicated`, `shared` or `private-service-connect`. */
    public readonly kind: string,
    /** Projects whose networks may connect. */
    public readonly projectIds?: string[],
  ) {}
}
