import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { PROMETHEUS } from '../../core/integrations/systems/prometheus';
import { given } from '../../core/private/level-defaults';
import { refuseBecause, Speaker } from '../../core/private/validation';
import { IDataLake } from '../data-lake-props';
import { Integrations } from '../integrations';
import { Workspace } from '../workspace';
import { IWorkspace } from '../workspace-props';

/** Parts of a product that its integrations stand on. */
interface ConnectedParts {
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
}

/**
 * The integrations of a product, connected to its notebooks; undefined where it has none.
 *
 * Notebooks that another stack or product has made have connections of their own: nothing can be added to their
 * variables from here.
 */
export function integrationsOf(
  blueprint: Construct,
  who: Speaker,
  { integrations: section, platform, removalPolicy, vpc }: BlueprintProps,
  { data, workspace }: ConnectedParts,
): Integrations | undefined {
  if (section === undefined) return undefined;
  const integrations = new Integrations(blueprint, 'Integrations', {
    use: [], vpc: vpc ?? workspace.vpc, removalPolicy, ...given(section), data,
  });
  if (platform?.workspace !== undefined) return integrations;
  if (!(workspace instanceof Workspace)) refuseBecause(who, 'integrations need notebooks that are made here');
  for (const connection of integrations.connections) workspace.addConnection(connection);
  return integrations;
}

/** Endpoints of the network that is made: with integrations secrets are read in it, too. */
export function endpointsOf(
  { integrations, vpc, workspace }: BlueprintProps,
): { readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[] } {
  const isGiven = vpc !== undefined || workspace?.vpc !== undefined || workspace?.internetAccess === true;
  if (integrations === undefined || isGiven) return {};
  const { PROMETHEUS_WORKSPACES, SECRETS_MANAGER } = ec2.InterfaceVpcEndpointAwsService;
  const writesMetrics = integrations.use?.some((each) => each._system === PROMETHEUS && each._given.endpoint === undefined);
  return {
    interfaceEndpoints: [
      ...Workspace.neededEndpoints(),
      SECRETS_MANAGER,
      ...(writesMetrics ? [PROMETHEUS_WORKSPACES] : []),
    ],
  };
}
