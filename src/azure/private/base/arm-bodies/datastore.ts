import { Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/datastores
 */
export interface DatastoreBody {
  readonly properties: AzureBlobDatastore | AzureDataLakeGen2Datastore | AzureFileDatastore;
}

interface DatastoreProperties {
  /** Without any, the identity of whoever reads is asked for. */
  readonly credentials: { readonly credentialsType: 'None' };
  readonly description?: string;
  readonly tags?: Texts;
  readonly properties?: Texts;
  readonly serviceDataAccessAuthIdentity?: 'None' | 'WorkspaceSystemAssignedIdentity' | 'WorkspaceUserAssignedIdentity';
  readonly endpoint?: string;
  readonly protocol?: string;
  readonly resourceGroup?: string;
  readonly subscriptionId?: string;
}

export interface AzureBlobDatastore extends DatastoreProperties {
  readonly datastoreType: 'AzureBlob';
  readonly accountName?: string;
  readonly containerName?: string;
}

export interface AzureDataLakeGen2Datastore extends DatastoreProperties {
  readonly datastoreType: 'AzureDataLakeGen2';
  readonly accountName: string;
  readonly filesystem: string;
}

export interface AzureFileDatastore extends DatastoreProperties {
  readonly datastoreType: 'AzureFile';
  readonly accountName: string;
  readonly fileShareName: string;
}
