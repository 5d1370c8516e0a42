import { CodeConfiguration, Sku, Texts } from './common';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/onlineendpoints
 */
export interface OnlineEndpointBody {
  readonly kind?: 'Managed' | 'Kubernetes';
  readonly sku?: Sku;
  readonly properties: OnlineEndpointProperties;
}

export interface OnlineEndpointProperties {
  readonly authMode: 'AMLToken' | 'Key' | 'AADToken';
  readonly description?: string;
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
  /** Percent by deployment, 100 in all. A body without it takes the traffic from all of them. */
  readonly traffic?: { readonly [deployment: string]: number };
  /** Percent by deployment that is copied to it, 50 at most in all. */
  readonly mirrorTraffic?: { readonly [deployment: string]: number };
  /** ARM id of a Kubernetes compute. */
  readonly compute?: string;
  /** Can be added to, and neither removed nor changed. */
  readonly properties?: Texts;
  readonly keys?: { readonly primaryKey?: string; readonly secondaryKey?: string };
}

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/onlineendpoints/deployments
 */
export interface OnlineDeploymentBody {
  readonly kind?: 'Managed' | 'Kubernetes';
  /** The capacity is the number of machines. */
  readonly sku: Sku;
  readonly properties: ManagedOnlineDeployment | KubernetesOnlineDeployment;
}

export interface ManagedOnlineDeployment extends OnlineDeploymentProperties {
  readonly endpointComputeType: 'Managed';
}

export interface KubernetesOnlineDeployment extends OnlineDeploymentProperties {
  readonly endpointComputeType: 'Kubernetes';
  readonly containerResourceRequirements?: {
    readonly containerResourceLimits?: ContainerResources;
    readonly containerResourceRequests?: ContainerResources;
  };
}

export interface OnlineDeploymentProperties {
  /** ARM id of a version, or `azureml://registries/…`. */
  readonly model?: string;
  /** Folder of the model in a container of one's own. */
  readonly modelMountPath?: string;
  readonly environmentId?: string;
  readonly environmentVariables?: Texts;
  readonly codeConfiguration?: CodeConfiguration;
  readonly instanceType?: string;
  readonly scaleSettings?: DefaultScaleSettings | TargetUtilizationScaleSettings;
  readonly requestSettings?: OnlineRequestSettings;
  readonly livenessProbe?: ProbeSettings;
  readonly readinessProbe?: ProbeSettings;
  readonly startupProbe?: ProbeSettings;
  readonly appInsightsEnabled?: boolean;
  readonly dataCollector?: DataCollector;
  /** The older switch of isolation; a managed network of the workspace says it instead. */
  readonly egressPublicNetworkAccess?: 'Enabled' | 'Disabled';
  readonly description?: string;
  readonly properties?: Texts;
}

export interface DefaultScaleSettings {
  readonly scaleType: 'Default';
}

export interface TargetUtilizationScaleSettings {
  readonly scaleType: 'TargetUtilization';
  readonly minInstances?: number;
  readonly maxInstances?: number;
  readonly pollingInterval?: string;
  readonly targetUtilizationPercentage?: number;
}

/** Durations in ISO 8601. */
export interface OnlineRequestSettings {
  readonly requestTimeout?: string;
  readonly maxConcurrentRequestsPerInstance?: number;
  readonly maxQueueWait?: string;
}

/** Durations in ISO 8601. */
export interface ProbeSettings {
  readonly initialDelay?: string;
  readonly period?: string;
  readonly timeout?: string;
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
}

export interface ContainerResources {
  readonly cpu?: string;
  readonly gpu?: string;
  readonly memory?: string;
}

/** Requests and answers that are kept in storage. */
export interface DataCollector {
  readonly collections: { readonly [name: string]: DataCollection };
  readonly requestLogging?: { readonly captureHeaders?: readonly string[] };
  readonly rollingRate?: 'Year' | 'Month' | 'Day' | 'Hour' | 'Minute';
}

export interface DataCollection {
  readonly dataCollectionMode?: 'Enabled' | 'Disabled';
  /** ARM id of a version of a data asset. */
  readonly dataId?: string;
  /** A share: 1 is everything. */
  readonly samplingRate?: number;
  /** Client id of the identity that writes. */
  readonly clientId?: string;
}
