import { Construct } from 'constructs';
import { SUBSCRIPTION } from './azure';
import { IDataLake } from '../../src/azure/data-lake-props';
import { Grant } from '../../src/azure/grant';
import { IPrincipal } from '../../src/azure/principal';
import { grantRole } from '../../src/azure/private/base/grants';
import { RoleName } from '../../src/azure/private/base/roles';
import { IWorkspace } from '../../src/azure/workspace-props';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;

/** A lake with names that a test can read; what it gives is a role at a container, with the prefix as the condition. */
export class PlainLake extends Construct implements IDataLake {
  public readonly storeAccountName: string = 'store';
  public readonly storeAccountId: string = `${GROUP}/providers/Microsoft.Storage/storageAccounts/store`;
  public readonly blobEndpoint: string = 'https://store.blob.core.windows.net';
  public readonly queueEndpoint: string = 'https://store.queue.core.windows.net';
  public readonly rawContainer: string = 'raw';
  public readonly artifactContainer: string = 'artifacts';
  public readonly capturedContainer: string = 'captured';
  public readonly featuresAccountName: string = 'features';
  public readonly featuresAccountId: string = `${GROUP}/providers/Microsoft.Storage/storageAccounts/features`;
  public readonly featuresContainer: string = 'features';
  public readonly isPrivate: boolean = false;

  public grantRead(principal: IPrincipal, prefix?: string): Grant {
    return Grant.all([this.grantReadRaw(principal, prefix), this.grantReadArtifacts(principal, prefix)]);
  }

  public grantReadWrite(principal: IPrincipal, prefix?: string): Grant {
    return Grant.all([this.grantWriteRaw(principal, prefix), this.grantWriteArtifacts(principal, prefix)]);
  }

  public grantReadRaw(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'raw', 'storageBlobDataReader', prefix);
  }

  public grantWriteRaw(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'raw', 'storageBlobDataContributor', prefix);
  }

  public grantReadArtifacts(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'artifacts', 'storageBlobDataReader', prefix);
  }

  public grantWriteArtifacts(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'artifacts', 'storageBlobDataContributor', prefix);
  }

  public grantReadCaptured(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'captured', 'storageBlobDataReader', prefix);
  }

  public grantWriteCaptured(principal: IPrincipal, prefix?: string): Grant {
    return this.give(principal, 'captured', 'storageBlobDataContributor', prefix);
  }

  public grantReadFeatures(principal: IPrincipal): Grant {
    return this.give(principal, 'features', 'storageBlobDataReader');
  }

  public grantWriteFeatures(principal: IPrincipal): Grant {
    return this.give(principal, 'features', 'storageBlobDataContributor');
  }

  private give(principal: IPrincipal, container: string, role: RoleName, prefix?: string): Grant {
    const account = container === 'features' ? this.featuresAccountId : this.storeAccountId;
    const below = (prefixes: readonly string[]) => prefixes.map((each) => `path StringLike '${each}*'`).join(' OR ');
    return grantRole(this, principal, `${role} ${container}`, {
      scope: `${account}/blobServices/default/containers/${container}`, role, limit: prefix === undefined ? undefined : { part: prefix, condition: below },
    });
  }
}

/** Folders that the condition of a role assignment names; none where it has no condition. */
export function foldersIn(condition: string | undefined): string[] {
  return [...(condition ?? '').matchAll(/path(?:\])? (?:StringLike '([^']*)\*'|StringStartsWith '([^']*)')/g)].map(([, like, start]) => like ?? start);
}

/** A workspace with names that a test can read; what it gives is a built-in role, of which the tests see who has it. */
export class PlainWorkspace extends Construct implements IWorkspace {
  public readonly workspaceId: string = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/work`;
  public readonly workspaceName: string = 'work';
  public readonly location: string = 'westeurope';
  public readonly identities = [];
  public readonly hasManagedNetwork: boolean;
  public readonly isPrivate: boolean = false;
  public readonly logAnalyticsWorkspaceId: string = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
  public readonly applicationInsightsId: string = `${GROUP}/providers/Microsoft.Insights/components/insights`;
  public readonly containerRegistryId: string = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`;
  public readonly containerRegistryLoginServer: string = 'images.azurecr.io';
  public readonly storageAccountId: string = `${GROUP}/providers/Microsoft.Storage/storageAccounts/worklogs`;
  public readonly rawDatastore: string = 'lake_raw';
  public readonly artifactDatastore: string = 'lake_artifacts';
  public readonly capturedDatastore: string = 'lake_captured';
  public readonly ready: Grant = new Grant([]);

  public constructor(scope: Construct, id: string, hasManagedNetwork: boolean = true) {
    super(scope, id);
    this.hasManagedNetwork = hasManagedNetwork;
  }

  public grantRunAs(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'run as', { scope: this.storageAccountId, role: 'storageBlobDataContributor' });
  }

  public grantRunJobs(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'run jobs', { scope: this.workspaceId, role: 'azureMlComputeOperator' });
  }

  public grantReadWorkspace(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'read', { scope: this.workspaceId, role: 'reader' });
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'use', { scope: this.workspaceId, role: 'azureMlDataScientist' });
  }
}
