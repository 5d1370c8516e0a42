import { MachineLearningComputeCluster } from '@cdktf/provider-azurerm/lib/machine-learning-compute-cluster';
import { Construct } from 'constructs';
import { azureName } from './names';
import { after } from './ordering';
import { resourceGroupOf } from './resource-group-of';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { IWorkspace } from '../../workspace-props';

/** Machines of one size that come with the jobs and go after them. */
export interface ClusterInput {
  readonly workspace: IWorkspace;
  readonly vmSize: string;
  /** Whether Azure may take machines away for a lower price. */
  readonly isLowPriority?: boolean;
  readonly maxNodeCount: number;
  /** Seconds after which a machine without work is taken away. @default 120 */
  readonly idleSeconds?: number;
  /** The identity that jobs run as; it is allowed to before the cluster is made. */
  readonly identity: IManagedIdentity;
  /** A subnet of the user's, in a workspace without a managed network. */
  readonly subnetId?: string;
  readonly needs?: readonly (Grant | undefined)[];
}

/**
 * A cluster that scales to zero, without a door: no secure shell, no keys of its own, no public addresses where it has
 * a network. A change of anything but the number of machines and the identity replaces it, with what runs on it.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster
 */
export function newCluster(scope: Construct, id: string, input: ClusterInput): MachineLearningComputeCluster {
  const { workspace, idleSeconds = 120, identity } = input;
  resourceGroupOf(scope)._register('Microsoft.MachineLearningServices');
  return new MachineLearningComputeCluster(scope, id, {
    name: azureName(scope, 'computeCluster', id),
    location: workspace.location,
    machineLearningWorkspaceId: workspace.workspaceId,
    vmSize: input.vmSize,
    vmPriority: input.isLowPriority ? 'LowPriority' : 'Dedicated',
    scaleSettings: { minNodeCount: 0, maxNodeCount: input.maxNodeCount, scaleDownNodesAfterIdleDuration: `PT${idleSeconds}S` },
    identity: { type: 'UserAssigned', identityIds: [identity.identityId] },
    localAuthEnabled: false,
    sshPublicAccessEnabled: false,
    // Without a network the machines reach Azure ML by their own addresses.
    nodePublicIpEnabled: !workspace.hasManagedNetwork && input.subnetId === undefined,
    subnetResourceId: input.subnetId,
    dependsOn: after(workspace.ready, ...(input.needs ?? [])),
  });
}
