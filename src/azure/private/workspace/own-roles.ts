import { Construct } from 'constructs';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { grantRole, settled } from '../base/grants';
import { RoleName } from '../base/roles';

/** The parts that a workspace is made of, by their ARM ids. */
export interface WorkspaceParts {
  readonly storageAccountId: string;
  readonly keyVaultId: string;
  readonly containerRegistryId: string;
  readonly applicationInsightsId: string;
}

/**
 * What a workspace does with its own parts; it tries that when it is made.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#workspace
 */
export function grantOwnParts(
  scope: Construct,
  identity: IManagedIdentity,
  parts: WorkspaceParts,
  others: readonly Grant[],
): Grant {
  const give = (part: string, at: string, role: RoleName) =>
    grantRole(scope, identity, `own-${part}`, { scope: at, role });
  return settled(scope, 'OwnRolesSettled', [
    give('storage', parts.storageAccountId, 'contributor'),
    give('blobs', parts.storageAccountId, 'storageBlobDataContributor'),
    give('files', parts.storageAccountId, 'storageFileDataPrivilegedContributor'),
    give('vault', parts.keyVaultId, 'contributor'),
    give('secrets', parts.keyVaultId, 'keyVaultAdministrator'),
    give('images', parts.containerRegistryId, 'contributor'),
    give('insights', parts.applicationInsightsId, 'contributor'),
    ...others,
  ]);
}

/** A workspace makes private endpoints of the lake for its computes, and accepts them there itself. */
export function grantApproval(scope: Construct, identity: IManagedIdentity, data: IDataLake): Grant {
  const accounts: [string, string][] = [['store', data.storeAccountId], ['features', data.featuresAccountId]];
  return settled(scope, 'ApprovalSettled', accounts.map(([name, at]) => grantRole(
    scope, identity, `approve-${name}`, { scope: at, role: 'azureAiEnterpriseNetworkConnectionApprover' },
  )));
}
