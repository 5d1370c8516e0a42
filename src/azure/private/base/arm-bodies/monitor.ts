import { ManagedServiceIdentity, Texts } from './common';
import { AssetKind, JobInput } from './job';

/**
 * The action of a schedule that has Azure ML watch a model itself.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-monitor-model-performance
 */
export interface CreateMonitorAction {
  readonly actionType: 'CreateMonitor';
  readonly monitorDefinition: MonitorDefinition;
}

export interface MonitorDefinition {
  readonly alertNotificationSettings?: { readonly emailNotificationSettings?: { readonly emails?: readonly string[] } };
  readonly computeConfiguration: ServerlessSparkCompute;
  readonly monitoringTarget?: MonitoringTarget;
  readonly signals: { readonly [name: string]: MonitoringSignal };
}

export interface ServerlessSparkCompute {
  readonly computeType: 'ServerlessSpark';
  readonly instanceType: string;
  readonly runtimeVersion: string;
  readonly computeIdentity: { readonly computeIdentityType: 'AmlToken' }
    | { readonly computeIdentityType: 'ManagedIdentity'; readonly identity?: ManagedServiceIdentity };
}

export interface MonitoringTarget {
  readonly taskType: 'Classification' | 'Regression';
  readonly deploymentId?: string;
  readonly modelId?: string;
}

export type MonitoringSignal =
  DataDriftSignal | DataQualitySignal | PredictionDriftSignal | FeatureAttributionDriftSignal | CustomSignal;

interface SignalProperties {
  readonly notificationTypes?: readonly 'AmlNotification'[];
  readonly properties?: Texts;
}

interface ComparedSignal extends SignalProperties {
  readonly productionData: MonitoringInput;
  readonly referenceData: MonitoringInput;
  readonly featureDataTypeOverride?: { readonly [feature: string]: 'Numerical' | 'Categorical' };
}

export interface DataDriftSignal extends ComparedSignal {
  readonly signalType: 'DataDrift';
  readonly features?: FeatureFilter;
  readonly featureImportanceSettings?: FeatureImportance;
  readonly metricThresholds: readonly DriftThreshold[];
}

export interface PredictionDriftSignal extends ComparedSignal {
  readonly signalType: 'PredictionDrift';
  readonly metricThresholds: readonly DriftThreshold[];
}

export interface DataQualitySignal extends ComparedSignal {
  readonly signalType: 'DataQuality';
  readonly features?: FeatureFilter;
  readonly featureImportanceSettings?: FeatureImportance;
  readonly metricThresholds: readonly QualityThreshold[];
}

/** Takes a list of production data, inputs and outputs, and one threshold. */
export interface FeatureAttributionDriftSignal extends SignalProperties {
  readonly signalType: 'FeatureAttributionDrift';
  readonly productionData: readonly MonitoringInput[];
  readonly referenceData: MonitoringInput;
  readonly featureDataTypeOverride?: { readonly [feature: string]: 'Numerical' | 'Categorical' };
  readonly featureImportanceSettings: FeatureImportance;
  readonly metricThreshold: { readonly metric: 'NormalizedDiscountedCumulativeGain'; readonly threshold?: Threshold };
}

export interface CustomSignal extends SignalProperties {
  readonly signalType: 'Custom';
  readonly componentId: string;
  readonly inputAssets?: { readonly [port: string]: MonitoringInput };
  readonly inputs?: { readonly [port: string]: JobInput };
  readonly metricThresholds: readonly { readonly metric: string; readonly threshold?: Threshold }[];
}

export interface Threshold {
  readonly value?: number;
}

export type DriftThreshold =
  | {
    readonly dataType: 'Numerical';
    readonly metric:
        | 'JensenShannonDistance'
        | 'PopulationStabilityIndex'
        | 'NormalizedWassersteinDistance'
        | 'TwoSampleKolmogorovSmirnovTest';
    readonly threshold?: Threshold;
  }
  | {
    readonly dataType: 'Categorical';
    readonly metric: 'JensenShannonDistance' | 'PopulationStabilityIndex' | 'PearsonsChiSquaredTest';
    readonly threshold?: Threshold;
  };

export interface QualityThreshold {
  readonly dataType: 'Numerical' | 'Categorical';
  readonly metric: 'NullValueRate' | 'DataTypeErrorRate' | 'OutOfBoundsRate';
  readonly threshold?: Threshold;
}

export interface FeatureImportance {
  readonly mode?: 'Disabled' | 'Enabled';
  readonly targetColumn?: string;
}

export type FeatureFilter = { readonly filterType: 'AllFeatures' }
  | { readonly filterType: 'FeatureSubset'; readonly features: readonly string[] }
  | { readonly filterType: 'TopNByAttribution'; readonly top?: number };

interface InputProperties {
  readonly jobInputType: AssetKind;
  readonly uri: string;
  readonly dataContext?: string;
  readonly columns?: Texts;
}

export type MonitoringInput = InputProperties &
  (
    | { readonly inputDataType: 'Fixed' }
    | {
      readonly inputDataType: 'Rolling';
      readonly windowSize: string;
      readonly windowOffset: string;
      readonly preprocessingComponentId?: string;
    }
    | {
      readonly inputDataType: 'Static';
      readonly windowStart: string;
      readonly windowEnd: string;
      readonly preprocessingComponentId?: string;
    }
  );
