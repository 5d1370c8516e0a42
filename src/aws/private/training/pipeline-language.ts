import { IResolvable } from 'aws-cdk-lib';

/** A value in a pipeline definition: JSON, or one of the functions that SageMaker Pipelines evaluates at run time. */
export type Value =
  string | number | boolean | Reference | Join | JsonGet | Value[] | { readonly [key: string]: Value | undefined };

/** A parameter, an execution variable or a property of a step, `Steps.Train.ModelArtifacts.S3ModelArtifacts`. */
export interface Reference {
  readonly Get: string;
}

/** Values joined into one string. */
export interface Join {
  readonly 'Std:Join': { readonly On: string; readonly Values: (string | Reference | Join)[] };
}

/** A value out of a JSON file that a processing step wrote. */
export interface JsonGet {
  readonly 'Std:JsonGet': { readonly PropertyFile: Reference; readonly Path: string };
}

/** A parameter that each run may override. */
export interface Parameter {
  readonly Name: string;
  readonly Type: 'String' | 'Integer';
  readonly DefaultValue: string | number;
  readonly EnumValues?: string[];
}

/** One step of the pipeline; `Arguments` are those of the API call that the step makes. */
export interface Step {
  readonly Name: string;
  readonly Type: 'Processing' | 'Training' | 'Condition' | 'Lambda' | 'RegisterModel' | 'Fail';
  readonly Arguments: { readonly [key: string]: Value | Step[] | IResolvable | undefined };
  /** Of a step that calls a function: the function, and what it answers. */
  readonly FunctionArn?: string;
  readonly OutputParameters?: { readonly OutputName: string; readonly OutputType: 'String' }[];
  readonly PropertyFiles?: {
    readonly PropertyFileName: string;
    readonly OutputName: string;
    readonly FilePath: string;
  }[];
  readonly CacheConfig?: { readonly Enabled: true; readonly ExpireAfter: string };
  readonly RetryPolicies?: RetryPolicy[];
  readonly DependsOn?: string[];
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html */
export interface RetryPolicy {
  readonly ExceptionType: string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
}

/** A whole definition. */
export interface PipelineDefinition {
  readonly Version: '2020-12-01';
  readonly Metadata: Record<string, never>;
  readonly Parameters: Parameter[];
  readonly Steps: Step[];
}

/**
 * The definition of a pipeline as CreatePipeline takes it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-pipeline.html
 * @see https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
 */
export function pipelineDefinition(parameters: Parameter[], steps: Step[]): PipelineDefinition {
  return { Version: '2020-12-01', Metadata: {}, Parameters: parameters, Steps: steps };
}

/** The value of a parameter in this run. */
export function parameter(name: string): Reference {
  return { Get: `Parameters.${name}` };
}

/** A property of a step that ran before; the reference makes the order. */
export function property(step: string, path: string): Reference {
  return { Get: `Steps.${step}.${path}` };
}

/** Where a processing step put one of its outputs. */
export function outputUri(step: string, output: string): Reference {
  return property(step, `ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`);
}

/** Parts of a text with a separator between them. */
export function joinText(separator: string, ...values: (string | Reference | Join)[]): Join {
  return { 'Std:Join': { On: separator, Values: values } };
}

/** Parts of an S3 address with slashes between them. */
export function joinPath(...values: (string | Reference | Join)[]): Join {
  return joinText('/', ...values);
}

/** Id of the run, unique for the pipeline. */
export const EXECUTION_ID: Reference = { Get: 'Execution.PipelineExecutionId' };

/** ARN of the run. */
export const EXECUTION_ARN: Reference = { Get: 'Execution.PipelineExecutionArn' };

/**
 * What may fail for no fault of the workload: calls at once, machines after a while, because a quota or capacity frees
 * up slowly.
 */
export function retryJob(attempts: number): RetryPolicy[] | undefined {
  if (attempts === 0) return undefined;
  return [...retryCall(attempts)!, {
    ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'],
    IntervalSeconds: 300,
    BackoffRate: 2,
    MaxAttempts: attempts,
  }];
}

/** The part of it that a step without a job can meet. */
export function retryCall(attempts: number): RetryPolicy[] | undefined {
  if (attempts === 0) return undefined;
  return [
    {
      ExceptionType: ['Step.SERVICE_FAULT', 'Step.THROTTLING'],
      IntervalSeconds: 10,
      BackoffRate: 2,
      MaxAttempts: attempts,
    },
  ];
}
