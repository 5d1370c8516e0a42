import { Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/connections
 */
export interface ConnectionBody {
  readonly properties: ConnectionProperties & (
    { readonly authType: 'ManagedIdentity'; readonly credentials?: { readonly clientId?: string; readonly resourceId?: string } }
    | { readonly authType: 'AAD' | 'None' }
    /** Keys go into `sensitive` of the resource. */
    | { readonly authType: 'CustomKeys'; readonly credentials?: { readonly keys?: Texts } }
    | { readonly authType: 'ApiKey'; readonly credentials?: { readonly key?: string } }
  );
}

interface ConnectionProperties {
  readonly category?:
    | 'ADLSGen2'
    | 'ApiKey'
    | 'AzureBlob'
    | 'ContainerRegistry'
    | 'CustomKeys'
    | 'Git'
    | 'PythonFeed'
    | 'Redis'
    | 'S3'
    | 'Snowflake';
  readonly target?: string;
  readonly isSharedToAll?: boolean;
  readonly sharedUserList?: readonly string[];
  readonly expiryTime?: string;
  readonly metadata?: Texts;
}
