import { Construct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { IPrincipal } from './principal';
import { knowRegistry } from './private/base/pulls';
import { requireProps } from './private/base/require-props';
import { grantReadWorkspace, grantRunAs, grantRunJobs, grantUse } from './private/workspace/access';
import { nameIn, REGISTRY } from './private/workspace/checks';
import { DATASTORES } from './private/workspace/datastores';
import { IWorkspace, WorkspaceAttributes } from './workspace-props';
import { requireMatch, speakerFor } from '../core/private/validation';

/**
 * A workspace that another stack, or another tool, has made.
 *
 * @internal
 */
export class ImportedWorkspace extends Construct implements IWorkspace {
  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly location: string;
  public readonly identities: IManagedIdentity[];
  public readonly hasManagedNetwork: boolean;
  public readonly isPrivate: boolean;
  public readonly logAnalyticsWorkspaceId: string;
  public readonly applicationInsightsId: string;
  public readonly containerRegistryId: string;
  public readonly containerRegistryLoginServer: string;
  public readonly storageAccountId: string;
  public readonly rawDatastore: string;
  public readonly artifactDatastore: string;
  public readonly capturedDatastore: string;
  public readonly ready: Grant = new Grant([]);

  public constructor(scope: Construct, id: string, attributes: WorkspaceAttributes) {
    super(scope, id);
    const who = speakerFor('workspace', scope, id);
    requireProps(who, 'WorkspaceAttributes', attributes);
    const datastores = {
      rawDatastore: attributes.rawDatastore ?? DATASTORES.raw,
      artifactDatastore: attributes.artifactDatastore ?? DATASTORES.artifacts,
      capturedDatastore: attributes.capturedDatastore ?? DATASTORES.captured,
    };
    for (const [prop, name] of Object.entries(datastores)) {
      requireMatch(
        who,
        prop,
        name,
        /^[a-z0-9_]{1,255}$/,
        'the name of a datastore, lower-case letters, digits and underscores',
      );
    }
    this.workspaceName = nameIn(
      who,
      'workspaceId',
      attributes.workspaceId,
      'Microsoft.MachineLearningServices/workspaces',
    );
    nameIn(
      who,
      'logAnalyticsWorkspaceId',
      attributes.logAnalyticsWorkspaceId,
      'Microsoft.OperationalInsights/workspaces',
    );
    nameIn(who, 'applicationInsightsId', attributes.applicationInsightsId, 'Microsoft.Insights/components');
    nameIn(who, 'storageAccountId', attributes.storageAccountId, 'Microsoft.Storage/storageAccounts');
    this.containerRegistryLoginServer = `${nameIn(who, 'containerRegistryId', attributes.containerRegistryId, REGISTRY)}.azurecr.io`;
    this.workspaceId = attributes.workspaceId;
    this.location = attributes.location ?? AzureResourceGroup.of(this).location;
    this.identities = attributes.identities ?? [];
    this.isPrivate = attributes.isPrivate ?? false;
    this.hasManagedNetwork = attributes.hasManagedNetwork ?? true;
    this.logAnalyticsWorkspaceId = attributes.logAnalyticsWorkspaceId;
    this.applicationInsightsId = attributes.applicationInsightsId;
    this.containerRegistryId = attributes.containerRegistryId;
    knowRegistry(this, { registryId: this.containerRegistryId, loginServer: this.containerRegistryLoginServer.toLowerCase() });
    this.storageAccountId = attributes.storageAccountId;
    this.rawDatastore = datastores.rawDatastore;
    this.artifactDatastore = datastores.artifactDatastore;
    this.capturedDatastore = datastores.capturedDatastore;
  }

  public grantRunAs(principal: IPrincipal): Grant {
    return grantRunAs(this, principal);
  }

  public grantRunJobs(principal: IPrincipal): Grant {
    return grantRunJobs(this, principal);
  }

  public grantReadWorkspace(principal: IPrincipal): Grant {
    return grantReadWorkspace(this, principal);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantUse(this, principal);
  }
}
