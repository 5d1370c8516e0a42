import { DriftMetrics } from './drift-metrics';
import { RetrainPlan } from './drift-retraining';
import { MachineSpec } from '../base/machines';

/** What a drift run needs to know. */
export interface DriftPlan {
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  readonly projectId: string;
  readonly region: string;
  /** `real-time` or `serverless`. */
  readonly mode: string;
  readonly endpointId: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly modelResourceName: string;
  readonly captureTable: string;
  readonly artifactBucket: string;
  /** Folder of the raw store's labels; undefined when they never come. */
  readonly labels?: { readonly bucket: string; readonly prefix: string };
  /** How far a run looks back. */
  readonly windowHours: number;
  readonly metrics: DriftMetrics;
  readonly featureMetrics: boolean;
  readonly imageUri: string;
  readonly machine: MachineSpec;
  readonly diskGiB: number;
  readonly timeoutMinutes: number;
  /** Days that the window of the quality lies before that of drift. */
  readonly labelDelayDays: number;
  /** Variables of the job: what the image's verb is told of the intent. */
  readonly environment: { readonly [name: string]: string };
  readonly jobAccount: string;
  /** Network that the job is peered with, `projects/<number>/global/networks/<name>`. */
  readonly network?: string;
  readonly keyId: string;
  /** What asks for a new training. @default nothing does */
  readonly retrain?: RetrainPlan;
}
