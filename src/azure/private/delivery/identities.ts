import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { DELIVERY_STAGE } from '../../../terraform/delivery/plan';
import { ManagedIdentity } from '../../managed-identity';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** Whose tokens may take an identity. */
export interface Trust {
  readonly issuer: string;
  readonly subject: string;
  /** The stage, where only the apply knows which of several this is. */
  readonly onlyIn?: string;
}

/**
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity
 */
const AUDIENCE = 'api://AzureADTokenExchange';

/** An identity that tokens of an outside issuer may take; its client id is an output of the stack. */
export function federatedIdentity(scope: Construct, id: string, { issuer, subject, onlyIn }: Trust): ManagedIdentity {
  const identity = new ManagedIdentity(scope, id);
  const credential = new FederatedIdentityCredential(identity, 'Federation', {
    name: azureName(identity, 'identity', 'Federation'),
    resourceGroupName: resourceGroupOf(scope).resourceGroupName,
    parentId: identity.identityId,
    audience: [AUDIENCE],
    issuer,
    subject,
  });
  if (onlyIn !== undefined) credential.addOverride('count', `\${var.${DELIVERY_STAGE} == "${onlyIn}" ? 1 : 0}`);
  new TerraformOutput(identity, 'ClientId', { value: identity.clientId, description: `Client id of ${id}` });
  return identity;
}
