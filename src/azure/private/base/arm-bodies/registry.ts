import { Sku } from './common';

/** @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/registries */
export interface RegistryBody {
  readonly kind?: string;
  readonly sku?: Sku;
  readonly properties: {
    readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
    readonly regionDetails?: readonly RegistryRegion[];
    readonly intellectualPropertyPublisher?: string;
  };
}

export interface RegistryRegion {
  readonly location?: string;
  readonly acrDetails?: readonly {
    readonly systemCreatedAcrAccount?: { readonly acrAccountName?: string; readonly acrAccountSku?: string };
  }[];
  readonly storageAccountDetails?: readonly { readonly systemCreatedStorageAccount?: RegistryStorage }[];
}

export interface RegistryStorage {
  readonly storageAccountName?: string;
  readonly storageAccountType?:
    | 'Standard_LRS'
    | 'Standard_GRS'
    | 'Standard_RAGRS'
    | 'Standard_ZRS'
    | 'Standard_GZRS'
    | 'Standard_RAGZRS'
    | 'Premium_LRS'
    | 'Premium_ZRS';
  readonly storageAccountHnsEnabled?: boolean;
  readonly allowBlobPublicAccess?: boolean;
}
