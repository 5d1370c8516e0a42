import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { Construct } from 'constructs';
import { IManagedIdentity, ManagedIdentityAttributes, ManagedIdentityProps } from './managed-identity-props';
import { placeInStack } from '../terraform/stack';
import { GUID } from './private/base/guid';
import { azureName } from './private/base/names';
import { requireProps } from './private/base/require-props';
import { resourceGroupOf } from './private/base/resource-group-of';
import { requireKnown } from '../core/private/known-values';
import { Token } from '../core/private/tokens';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * A user-assigned identity of one job, endpoint or workflow. It exists before what runs as it, so that its permissions
 * can, too. Costs nothing.
 *
 * Children: `Identity`.
 */
export class ManagedIdentity extends Construct implements IManagedIdentity {
  /** An identity that exists. */
  public static fromAttributes(scope: Construct, id: string, attributes: ManagedIdentityAttributes): IManagedIdentity {
    return new ImportedIdentity(scope, id, attributes);
  }

  public readonly identityId: string;
  public readonly clientId: string;
  public readonly objectId: string;
  public readonly principalId: string;
  public readonly principalType = 'ServicePrincipal';
  /** Name of the identity, known while synthesizing. */
  public readonly identityName: string;

  public constructor(scope: Construct, id: string, props: ManagedIdentityProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('managed identity', scope, id);
    requireProps(who, 'ManagedIdentityProps', props);
    requireKnown(who, props);
    requireMatch(
      who,
      'identityName',
      props.identityName,
      /^[A-Za-z0-9][\w-]{2,127}$/,
      '3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit',
    );
    const group = resourceGroupOf(this);
    group._register('Microsoft.ManagedIdentity');
    this.identityName = props.identityName ?? azureName(this, 'identity');
    const identity = new UserAssignedIdentity(this, 'Identity', {
      name: this.identityName, location: group.location, resourceGroupName: group.resourceGroupName,
    });
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.objectId = identity.principalId;
    this.principalId = placeInStack(this);
  }
}

class ImportedIdentity extends Construct implements IManagedIdentity {
  public readonly identityId: string;
  public readonly clientId: string;
  public readonly objectId: string;
  public readonly principalId: string;
  public readonly principalType = 'ServicePrincipal';

  public constructor(scope: Construct, id: string, attributes: ManagedIdentityAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('managed identity', scope, id);
    requireProps(who, 'ManagedIdentityAttributes', attributes);
    const { identityId, clientId, objectId } = attributes;
    requireMatch(
      who,
      'identityId',
      identityId,
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i,
      'the ARM id of a user-assigned identity',
    );
    requireMatch(who, 'clientId', clientId, GUID, 'a client id, 00000000-0000-0000-0000-000000000000');
    requireMatch(who, 'objectId', objectId, GUID, 'an object id, 00000000-0000-0000-0000-000000000000');
    this.identityId = identityId;
    this.clientId = clientId;
    this.objectId = objectId;
    this.principalId = Token.isUnresolved(objectId) ? placeInStack(this) : `ServicePrincipal:${objectId}`;
  }
}
