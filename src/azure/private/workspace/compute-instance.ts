import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { armResource } from '../base/arm';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** A person's machine in a workspace. */
export interface NotebookInput {
  readonly workspaceId: string;
  readonly user: string;
  readonly vmSize: string;
  readonly idleShutdownMinutes: number;
  readonly identity: IManagedIdentity;
  /** Object id of the person that it belongs to. */
  readonly owner: string | undefined;
  readonly startupScript: string | undefined;
  /** Whether the network that Azure manages gives it its way out. */
  readonly hasManagedNetwork: boolean;
  readonly needs: readonly Grant[];
}

/**
 * A compute instance, which stops when it stands idle: Terraform's own resource cannot say that. Most of it is read at
 * its creation alone, so that a change creates it again; files of people lie on the workspace's share.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance
 */
export function newComputeInstance(scope: Construct, id: string, input: NotebookInput): string {
  const { location, tenantId, armRenderer } = resourceGroupOf(scope);
  const { vmSize, owner, startupScript, idleShutdownMinutes } = input;
  const name = azureName(scope, 'computeInstance', input.user);
  const made = armResource(scope, id, {
    type: 'Microsoft.MachineLearningServices/workspaces/computes',
    name,
    parentId: input.workspaceId,
    location,
    identity: { userAssigned: [input.identity.identityId] },
    body: {
      properties: {
        computeType: 'ComputeInstance',
        description: `Notebook of ${input.user}`,
        disableLocalAuth: true,
        properties: {
          vmSize,
          applicationSharingPolicy: 'Personal',
          computeInstanceAuthorizationType: 'personal',
          personalComputeInstanceSettings:
            owner === undefined ? undefined : { assignedUser: { objectId: owner, tenantId } },
          enableNodePublicIp: !input.hasManagedNetwork,
          idleTimeBeforeShutdown: `PT${idleShutdownMinutes}M`,
          sshSettings: { sshPublicAccess: 'Disabled' },
          setupScripts:
            startupScript === undefined
              ? undefined
              : {
                scripts: {
                  startupScript: {
                    scriptSource: 'inline',
                    scriptData: Buffer.from(startupScript).toString('base64'),
                    timeout: '15m',
                  },
                },
              },
        },
      },
    },
    replaceOn:
      armRenderer === 'template'
        ? undefined
        : { vmSize, owner: owner ?? '', startupScript: startupScript ?? '', idleShutdownMinutes },
    timeouts: { create: '60m', delete: '60m' },
    dependsOn: after(...input.needs),
  });
  acknowledge(
    made.resource,
    'MLOPS-NET-03[enableRootAccess]',
    'previews of the API alone can switch it off; root reaches what the notebook reaches',
  );
  if (!input.hasManagedNetwork) {
    acknowledge(
      made.resource,
      'MLOPS-NET-03[enableNodePublicIp]',
      'the user wants no managed network, without which it has no other way out',
    );
  }
  return name;
}
