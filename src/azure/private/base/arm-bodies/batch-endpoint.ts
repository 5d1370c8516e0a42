import { CodeConfiguration, Sku, Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/batchendpoints
 */
export interface BatchEndpointBody {
  readonly kind?: string;
  readonly sku?: Sku;
  readonly properties: {
    readonly authMode: 'AADToken' | 'AMLToken' | 'Key';
    readonly description?: string;
    /** The deployment that answers; it exists already. */
    readonly defaults?: { readonly deploymentName?: string };
    readonly properties?: Texts;
  };
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/batchendpoints/deployments
 */
export interface BatchDeploymentBody {
  readonly kind?: string;
  readonly sku?: Sku;
  readonly properties: BatchDeploymentProperties;
}

export interface BatchDeploymentProperties {
  /** ARM id of a cluster. */
  readonly compute?: string;
  readonly model?: AssetReference;
  readonly environmentId?: string;
  readonly environmentVariables?: Texts;
  readonly codeConfiguration?: CodeConfiguration;
  readonly resources?: {
    readonly instanceCount?: number;
    readonly instanceType?: string;
    readonly properties?: object;
  };
  /** A pipeline runs in place of a scoring script. */
  readonly deploymentConfiguration?: BatchPipelineConfiguration;
  readonly miniBatchSize?: number;
  readonly maxConcurrencyPerInstance?: number;
  /** Failures before the job stops; -1 never stops it. */
  readonly errorThreshold?: number;
  readonly loggingLevel?: 'Info' | 'Warning' | 'Debug';
  readonly outputAction?: 'SummaryOnly' | 'AppendRow';
  readonly outputFileName?: string;
  readonly retrySettings?: { readonly maxRetries?: number; readonly timeout?: string };
  readonly description?: string;
  readonly properties?: Texts;
}

export interface BatchPipelineConfiguration {
  readonly deploymentConfigurationType: 'PipelineComponent';
  readonly componentId?: IdAssetReference;
  readonly description?: string;
  readonly settings?: Texts;
  readonly tags?: Texts;
}

export type AssetReference = IdAssetReference | DataPathAssetReference | OutputPathAssetReference;

export interface IdAssetReference {
  readonly referenceType: 'Id';
  readonly assetId: string;
}

export interface DataPathAssetReference {
  readonly referenceType: 'DataPath';
  readonly datastoreId?: string;
  readonly path?: string;
}

export interface OutputPathAssetReference {
  readonly referenceType: 'OutputPath';
  readonly jobId?: string;
  readonly path?: string;
}
