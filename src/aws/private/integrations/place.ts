import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { requireSubnets } from '../base/network-interfaces';

/** The cluster of all servers, which costs nothing by itself; the child `Cluster`. */
export function newCluster(scope: Construct, vpc: ec2.IVpc): ecs.Cluster {
  return new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
}

/** Subnets of servers: two zones at least, which load balancers and databases ask for. */
export function serverSubnets(
  who: Speaker,
  vpc: ec2.IVpc,
  given: ec2.SubnetSelection | undefined,
): ec2.SubnetSelection {
  const usual = vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets;
  const selection = given ?? { subnets: usual };
  const { subnets } = vpc.selectSubnets(selection);
  requireSubnets(who, 'vpcSubnets', subnets, vpc);
  if (subnets.length < 2) {refuseBecause(who, 'vpcSubnets must be in two zones: load balancers and databases ask for two');}
  return { subnets };
}

/** Image of a server, and how it may be pulled. */
export interface ServerImageInput {
  /** Repository with its registry, `docker.io/prefecthq/prefect`. */
  readonly repository: string;
  readonly tag: string;
  readonly registries: { readonly [registry: string]: string };
  /** Whether no route leads out of the subnets. */
  readonly isIsolated: boolean;
}

/** Address of a server's image: of its own registry, or of the one that mirrors it. */
export function serverImage(
  scope: Construct, who: Speaker, title: string, { isIsolated, registries, repository, tag }: ServerImageInput,
): { readonly imageUri: string; readonly repositoryArn?: string } {
  const [registry, ...path] = repository.split('/');
  const mirror = registries[registry];
  if (mirror === undefined) {
    if (isIsolated) {
      refuseBecause(
        who,
        `${title}: its image is in ${registry}, which the network has no way to: give imageRegistries['${registry}'], ` +
          'a pull-through cache of Amazon ECR, or a vpc whose private subnets have one',
      );
    }
    return { imageUri: `${repository}:${tag}` };
  }
  const [, account, region, folder] = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/?(.*)$/.exec(mirror) ?? [];
  const resourceName = [...(folder ? [folder] : []), ...path].join('/');
  return {
    imageUri: `${mirror}/${path.join('/')}:${tag}`,
    repositoryArn:
      account === undefined
        ? undefined
        : Stack.of(scope).formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName }),
  };
}
