import { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AppProfile, CONSUMPTION } from './container-app-plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { IWorkspace } from '../../workspace-props';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';
import { hasZones } from '../data/replication';

/** The environment of a stack, and what it is made of so far. */
interface SharedEnvironment {
  readonly resource: ContainerAppEnvironment;
  readonly isPublic: boolean;
  readonly profiles: Map<string, AppProfile>;
}

const ENVIRONMENTS = new WeakMap<TerraformStack, SharedEnvironment>();

/**
 * The environment of the stack's container apps, in its network: a subnet takes one. It costs nothing by itself.
 *
 * @see https://learn.microsoft.com/azure/container-apps/networking
 */
export function environmentFor(
  scope: Construct, who: Speaker, profile: AppProfile, isPublic: boolean, workspace: IWorkspace,
): ContainerAppEnvironment {
  const stack = TerraformStack.of(scope);
  const shared = ENVIRONMENTS.get(stack) ?? newEnvironment(scope, isPublic, workspace);
  ENVIRONMENTS.set(stack, shared);
  if (shared.isPublic !== isPublic) {
    refuseBecause(
      who,
      'publicNetworkAccess differs from that of another serverless endpoint of the stack, and their network takes one environment of Container Apps: ' +
        'say the same, or put them into two stacks',
    );
  }
  shared.profiles.set(profile.name, profile);
  shared.resource.putWorkloadProfile(
    [...shared.profiles.values()].map(({ name, profileType }) => ({ name, workloadProfileType: profileType })),
  );
  return shared.resource;
}

function newEnvironment(scope: Construct, isPublic: boolean, workspace: IWorkspace): SharedEnvironment {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.App', 'Microsoft.Insights');
  const home = group as unknown as Construct;
  const { network } = group;
  const resource = new ContainerAppEnvironment(home, 'ContainerApps', {
    name: azureName(home, 'containerAppEnvironment'),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    infrastructureSubnetId: network.containerAppsSubnetId,
    internalLoadBalancerEnabled: !isPublic,
    zoneRedundancyEnabled: hasZones(group.location),
    // With Log Analytics itself the key of it would be in the state.
    logsDestination: 'azure-monitor',
    workloadProfile: [],
    // The service names it when the environment is made.
    lifecycle: { ignoreChanges: ['infrastructure_resource_group_name'] },
    dependsOn: after(network.ready),
  });
  new MonitorDiagnosticSetting(home, 'ContainerAppsLogs', {
    name: 'logs',
    targetResourceId: resource.id,
    logAnalyticsWorkspaceId: workspace.logAnalyticsWorkspaceId,
    enabledLog: [{ category: 'ContainerAppConsoleLogs' }, { category: 'ContainerAppSystemLogs' }],
  });
  return { resource, isPublic, profiles: new Map([[CONSUMPTION.name, CONSUMPTION]]) };
}
