import { AssetProperties, NotificationSetting, Texts } from './common';

/** @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/jobs */
export interface JobBody {
  readonly properties: CommandJob | PipelineJob | SparkJob;
}

export interface JobProperties extends AssetProperties {
  readonly displayName?: string;
  readonly experimentName?: string;
  readonly componentId?: string;
  readonly computeId?: string;
  readonly identity?: JobIdentity;
  readonly notificationSetting?: NotificationSetting;
  readonly services?: { readonly [name: string]: JobService };
}

/** A command in a container. Inputs and outputs are named in it: `${{inputs.data}}`. */
export interface CommandJob extends JobProperties {
  readonly jobType: 'Command';
  readonly command: string;
  readonly environmentId: string;
  readonly environmentVariables?: Texts;
  readonly codeId?: string;
  readonly inputs?: { readonly [name: string]: JobInput };
  readonly outputs?: { readonly [name: string]: JobOutput };
  readonly resources?: JobResources;
  readonly distribution?: Distribution;
  /** ISO 8601, in whole seconds. */
  readonly limits?: { readonly jobLimitsType: 'Command'; readonly timeout?: string };
  readonly queueSettings?: QueueSettings;
}

/** Steps whose nodes have no type in the service's own definition: their members are in snake case. */
export interface PipelineJob extends JobProperties {
  readonly jobType: 'Pipeline';
  readonly inputs?: { readonly [name: string]: JobInput };
  readonly outputs?: { readonly [name: string]: JobOutput };
  readonly jobs?: { readonly [name: string]: object };
  readonly settings?: object;
  readonly sourceJobId?: string;
}

export interface SparkJob extends JobProperties {
  readonly jobType: 'Spark';
  readonly codeId: string;
  readonly entry: { readonly sparkJobEntryType: 'SparkJobPythonEntry'; readonly file: string }
    | { readonly sparkJobEntryType: 'SparkJobScalaEntry'; readonly className: string };
  readonly args?: string;
  readonly archives?: readonly string[];
  readonly files?: readonly string[];
  readonly jars?: readonly string[];
  readonly pyFiles?: readonly string[];
  readonly conf?: Texts;
  readonly environmentId?: string;
  readonly environmentVariables?: Texts;
  readonly inputs?: { readonly [name: string]: JobInput };
  readonly outputs?: { readonly [name: string]: JobOutput };
  readonly resources?: { readonly instanceType?: string; readonly runtimeVersion?: string };
  readonly queueSettings?: QueueSettings;
}

export type JobIdentity =
  ManagedJobIdentity | { readonly identityType: 'AMLToken' } | { readonly identityType: 'UserIdentity' };

export interface ManagedJobIdentity {
  readonly identityType: 'Managed';
  readonly clientId?: string;
  readonly objectId?: string;
  readonly resourceId?: string;
}

export type AssetKind = 'uri_file' | 'uri_folder' | 'mltable' | 'custom_model' | 'mlflow_model' | 'triton_model';

export type JobInput = LiteralJobInput | AssetJobInput;

export interface LiteralJobInput {
  readonly jobInputType: 'literal';
  readonly value: string;
  readonly description?: string;
}

export interface AssetJobInput {
  readonly jobInputType: AssetKind;
  readonly uri: string;
  readonly mode?: 'ReadOnlyMount' | 'ReadWriteMount' | 'Download' | 'Direct' | 'EvalMount' | 'EvalDownload';
  readonly description?: string;
}

export interface JobOutput {
  readonly jobOutputType: AssetKind;
  readonly uri?: string;
  readonly mode?: 'ReadWriteMount' | 'Upload' | 'Direct';
  readonly description?: string;
}

export interface JobResources {
  readonly instanceCount?: number;
  readonly instanceType?: string;
  readonly shmSize?: string;
  readonly dockerArgs?: string;
  readonly properties?: object;
}

export type Distribution = { readonly distributionType: 'Mpi' | 'PyTorch'; readonly processCountPerInstance?: number }
  | { readonly distributionType: 'TensorFlow'; readonly parameterServerCount?: number; readonly workerCount?: number };

export interface QueueSettings {
  readonly jobTier?: 'Null' | 'Spot' | 'Basic' | 'Standard' | 'Premium';
}

export interface JobService {
  readonly endpoint?: string;
  readonly jobServiceType?: string;
  readonly port?: number;
  readonly nodes?: { readonly nodesValueType: 'All' };
  readonly properties?: Texts;
}
