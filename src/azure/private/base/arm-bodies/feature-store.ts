import { AssetBody, AssetVersionProperties, NotificationSetting, RecurrenceTrigger, Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/featuresets/versions
 */
export interface FeatureSetVersionProperties extends AssetVersionProperties {
  /** `azureml:account:1`. */
  readonly entities?: readonly string[];
  readonly specification?: { readonly path?: string };
  readonly materializationSettings?: MaterializationSettings;
  readonly stage?: string;
}

export interface MaterializationSettings {
  readonly storeType?: 'None' | 'Online' | 'Offline' | 'OnlineAndOffline';
  readonly resource?: { readonly instanceType?: string };
  readonly schedule?: RecurrenceTrigger;
  readonly notification?: NotificationSetting;
  /** Numbers are text: `'2'`. */
  readonly sparkConfiguration?: Texts;
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/featurestoreentities/versions
 */
export interface FeatureStoreEntityVersionProperties extends AssetVersionProperties {
  readonly indexColumns?: readonly IndexColumn[];
  readonly stage?: string;
}

export interface IndexColumn {
  readonly columnName?: string;
  readonly dataType?: 'String' | 'Integer' | 'Long' | 'Float' | 'Double' | 'Binary' | 'Datetime' | 'Boolean';
}

export type FeatureSetVersionBody = AssetBody<FeatureSetVersionProperties>;
export type FeatureStoreEntityVersionBody = AssetBody<FeatureStoreEntityVersionProperties>;
