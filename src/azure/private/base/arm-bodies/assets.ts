import { AssetBody, AssetProperties, AssetVersionProperties, Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/environments/versions
 */
export interface EnvironmentVersionProperties extends AssetVersionProperties {
  readonly image?: string;
  readonly build?: { readonly contextUri: string; readonly dockerfilePath?: string };
  readonly condaFile?: string;
  readonly osType?: 'Linux' | 'Windows';
  readonly autoRebuild?: 'Disabled' | 'OnBaseImageUpdate';
  /** Ports and paths of a serving container of one's own. */
  readonly inferenceConfig?: InferenceConfig;
  readonly stage?: string;
}

export interface InferenceConfig {
  readonly livenessRoute?: Route;
  readonly readinessRoute?: Route;
  readonly scoringRoute?: Route;
  readonly startupRoute?: Route;
}

export interface Route {
  readonly path: string;
  readonly port: number;
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/models/versions
 */
export interface ModelVersionProperties extends AssetVersionProperties {
  readonly modelType?: 'custom_model' | 'mlflow_model' | 'triton_model';
  readonly modelUri?: string;
  readonly jobName?: string;
  readonly flavors?: { readonly [name: string]: { readonly data?: Texts } };
  readonly stage?: string;
}

/** @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/data */
export interface DataContainerProperties extends AssetProperties {
  readonly dataType: 'uri_file' | 'uri_folder' | 'mltable';
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/data/versions
 */
export interface DataVersionProperties extends AssetVersionProperties {
  readonly dataType: 'uri_file' | 'uri_folder' | 'mltable';
  readonly dataUri: string;
  /** Of an `mltable`: the addresses that its definition names. */
  readonly referencedUris?: readonly string[];
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/codes/versions
 */
export interface CodeVersionProperties extends AssetVersionProperties {
  readonly codeUri?: string;
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/components/versions
 */
export interface ComponentVersionProperties extends AssetVersionProperties {
  /** As the command line's YAML has it: it has no type in the service's own definition. */
  readonly componentSpec?: object;
  readonly stage?: string;
}

export type ContainerBody = AssetBody;
export type EnvironmentVersionBody = AssetBody<EnvironmentVersionProperties>;
export type ModelVersionBody = AssetBody<ModelVersionProperties>;
export type DataContainerBody = AssetBody<DataContainerProperties>;
export type DataVersionBody = AssetBody<DataVersionProperties>;
export type CodeVersionBody = AssetBody<CodeVersionProperties>;
export type ComponentVersionBody = AssetBody<ComponentVersionProperties>;
