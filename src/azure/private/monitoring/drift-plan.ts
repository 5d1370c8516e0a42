import { OwnMetrics } from './own-metrics';
import { ResolvedRetraining } from '../../../core/private/resolve/retraining';
import { JobEnvironment } from '../base/job-environment';

/** What the workflow of a drift run knows at synthesis. */
export interface DriftPlan {
  readonly own: OwnMetrics;
  readonly endpointId: string;
  readonly modelName: string;
  readonly modelContainerId: string;
  /** `https://<account>.blob.core.windows.net/`. */
  readonly blobEndpoint: string;
  readonly artifactContainer: string;
  readonly capturedContainer: string;
  readonly rawContainer: string;
  readonly datastores: { readonly raw: string; readonly artifacts: string; readonly captured: string };
  /** Folder of captured requests, without slashes at the ends. */
  readonly captureFolder: string;
  /** Folder of labels in the raw container, `labels/`; undefined when they never come. */
  readonly labelsPrefix?: string;
  readonly windowHours: number;
  /** Names of the quality's metrics that have a gate. */
  readonly qualityMetrics: readonly string[];
  readonly featureMetrics: boolean;
  readonly job: DriftJob;
  /** @default - nothing starts a training */
  readonly retrain?: RetrainPlan;
}

/** The job of the image's `monitor` verb. */
export interface DriftJob {
  readonly workspaceId: string;
  readonly location: string;
  /** Whether the workspace's own address is closed to the workflow. */
  readonly isPrivate: boolean;
  readonly environment: JobEnvironment;
  readonly computeId: string;
  readonly clientId: string;
  readonly command: string;
  readonly timeoutMinutes: number;
  /** What the verb is told of the intent. */
  readonly variables: { readonly [name: string]: string };
}

/** Which pipeline a drift run starts, and when. */
export interface RetrainPlan extends ResolvedRetraining {
  /** ARM id of the pipeline's workflow. */
  readonly workflowId: string;
  readonly startQueueUrl: string;
  /** Blob of the artifact container that tells when a drift run last started the pipeline. */
  readonly memory: string;
  /** Whether a person approves: else no version waits. */
  readonly isApprovalManual: boolean;
}
