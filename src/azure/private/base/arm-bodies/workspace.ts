import { Sku } from './common';

/** @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces */
export interface WorkspaceBody {
  readonly kind?: 'Default' | 'FeatureStore' | 'Hub' | 'Project';
  readonly sku?: Sku;
  readonly properties?: WorkspaceProperties;
}

export interface WorkspaceProperties {
  readonly description?: string;
  readonly friendlyName?: string;
  readonly keyVault?: string;
  readonly applicationInsights?: string;
  readonly containerRegistry?: string;
  readonly storageAccount?: string;
  readonly primaryUserAssignedIdentity?: string;
  readonly systemDatastoresAuthMode?: 'AccessKey' | 'Identity' | 'UserDelegationSAS';
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
  readonly imageBuildCompute?: string;
  readonly provisionNetworkNow?: boolean;
  readonly managedNetwork?: ManagedNetworkSettings;
  readonly featureStoreSettings?: FeatureStoreSettings;
  readonly encryption?: WorkspaceEncryption;
  readonly enableServiceSideCMKEncryption?: boolean;
  readonly enableDataIsolation?: boolean;
  readonly hbiWorkspace?: boolean;
  readonly v1LegacyMode?: boolean;
  readonly serverlessComputeSettings?: {
    readonly serverlessComputeCustomSubnet?: string;
    readonly serverlessComputeNoPublicIP?: boolean;
  };
}

export interface ManagedNetworkSettings {
  readonly isolationMode?: 'Disabled' | 'AllowInternetOutbound' | 'AllowOnlyApprovedOutbound';
  readonly firewallSku?: 'Standard' | 'Basic';
  readonly managedNetworkKind?: 'V1' | 'V2';
  readonly outboundRules?: { readonly [name: string]: OutboundRule };
}

export interface FeatureStoreSettings {
  readonly computeRuntime?: { readonly sparkRuntimeVersion?: string };
  readonly offlineStoreConnectionName?: string;
  readonly onlineStoreConnectionName?: string;
}

export interface WorkspaceEncryption {
  readonly status: 'Enabled' | 'Disabled';
  readonly identity?: { readonly userAssignedIdentity?: string };
  readonly keyVaultProperties: {
    readonly keyVaultArmId: string;
    readonly keyIdentifier: string;
    readonly identityClientId?: string;
  };
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/outboundrules
 */
export interface OutboundRuleBody {
  readonly properties: OutboundRule;
}

export type OutboundRule = { readonly category?: 'Required' | 'Recommended' | 'UserDefined' | 'Dependency' } & (
  | { readonly type: 'FQDN'; readonly destination?: string }
  | {
    readonly type: 'PrivateEndpoint';
    readonly destination?: {
      readonly serviceResourceId?: string;
      readonly sparkEnabled?: boolean;
      readonly subresourceTarget?: string;
    };
  }
  | {
    readonly type: 'ServiceTag';
    readonly destination?: {
      readonly action?: 'Allow' | 'Deny';
      readonly portRanges?: string;
      readonly protocol?: string;
      readonly serviceTag?: string;
    };
  }
);
