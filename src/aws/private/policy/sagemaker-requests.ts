import { ResourceView } from './resource-view';

/** A call of the SageMaker API that a resource makes, or will make when it runs. */
export interface SageMakerRequest {
  /** `CreateTrainingJob`. */
  readonly api: string;
  /** The call's parameters under the API's names; values may be decided at run time. */
  readonly request: Readonly<Record<string, any>>;
  /** Where it stands: `step 'Train'`, `state 'CreateModel'`; empty for a resource that is the thing itself. */
  readonly where: string;
  /** Whether a condition of the pipeline on what its steps have found out stands before it. */
  readonly gated: boolean;
  /** Whether all of it is put together at run time, so that nothing can be said of it. */
  readonly unknown?: boolean;
}

/** The resources that say what they want in the words of the API, and the API whose words they are. */
const RESOURCES_AS_REQUESTS: Readonly<Record<string, string>> = {
  'AWS::SageMaker::Endpoint': 'UpdateEndpoint',
  'AWS::SageMaker::EndpointConfig': 'CreateEndpointConfig',
  'AWS::SageMaker::Model': 'CreateModel',
  'AWS::SageMaker::ModelPackage': 'CreateModelPackage',
  'AWS::SageMaker::NotebookInstance': 'CreateNotebookInstance',
  'AWS::SageMaker::ProcessingJob': 'CreateProcessingJob',
};

/** @see https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/ */
const PIPELINE_STEPS: Readonly<Record<string, string>> = {
  Model: 'CreateModel',
  Processing: 'CreateProcessingJob',
  RegisterModel: 'CreateModelPackage',
  Training: 'CreateTrainingJob',
  Transform: 'CreateTransformJob',
  Tuning: 'CreateHyperParameterTuningJob',
};

/** The types that `requestsOf` can read. */
export const REQUESTING_TYPES: readonly string[] = [
  ...Object.keys(RESOURCES_AS_REQUESTS), 'AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine',
];

/**
 * The SageMaker calls of a resource; undefined when its definition is not known at synthesis, as with a definition in
 * S3.
 */
export function requestsOf(resource: ResourceView): SageMakerRequest[] | undefined {
  if (!READ.has(resource)) READ.set(resource, read(resource));
  return READ.get(resource);
}

/** A view never changes, and many rules ask for the same. */
const READ = new WeakMap<ResourceView, SageMakerRequest[] | undefined>();

function read(resource: ResourceView): SageMakerRequest[] | undefined {
  const { type, properties } = resource;
  const api = RESOURCES_AS_REQUESTS[type];
  if (api !== undefined) return [{ api, request: properties, where: '', gated: false }];
  if (type === 'AWS::SageMaker::Pipeline') {
    const definition = parsed(properties.PipelineDefinition?.PipelineDefinitionBody);
    return definition === undefined
      ? undefined
      : stepsOf(withChoices(definition.Steps, definition.Parameters ?? []), false);
  }
  if (type === 'AWS::StepFunctions::StateMachine') {
    const definition = parsed(properties.DefinitionString) ?? parsed(properties.Definition);
    return definition === undefined
      ? undefined
      : statesOf(withSubstitutions(definition.States, properties.DefinitionSubstitutions ?? {}));
  }
  return [];
}

/** What is said of a request, with the place that it stands in. */
export function at({ where }: SageMakerRequest, text: string): string {
  return where === '' ? text : `${where}: ${text}`;
}

/**
 * Whether the value is decided in the cloud: a CloudFormation function, a pipeline parameter, a JSONata expression or a
 * path.
 */
export function isRuntime(value: unknown): boolean {
  if (typeof value === 'string') {
    return value.includes(MARK) || value.startsWith('{%') || value.startsWith('$.') || value.startsWith('$$.');
  }
  if (typeof value === 'number') return value === NUMBER;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return (
    keys.length === 1 &&
    (keys[0] === 'Ref' || keys[0] === 'Get' || keys[0].startsWith('Fn::') || keys[0].startsWith('Std:'))
  );
}

/**
 * Whether the value refers to something of a template: a function, or the mark of one in a definition that was read.
 */
export function isReference(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith(MARK);
  if (typeof value !== 'object' || value === null) return false;
  const [key] = Object.keys(value);
  return key === 'Ref' || key?.startsWith('Fn::');
}

/** JSON out of a string that may have CloudFormation functions in it; each becomes a mark that names it. */
function parsed(value: unknown): any {
  const text = textOf(value, named);
  if (text === undefined) return typeof value === 'object' && value !== null && !isRuntime(value) ? value : undefined;
  return parsedText(text) ?? parsedText(textOf(value, () => String(NUMBER))!);
}

function parsedText(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, mark: (part: unknown) => string): string | undefined {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  if (!Array.isArray(join) || !Array.isArray(join[1])) return undefined;
  return join[1].map((part) => (typeof part === 'string' ? part : textOf(part, mark) ?? mark(part))).join(join[0]);
}

/**
 * A value as it stands in a definition that was read: a function as text that may stand inside quotes,
 * `$cfn:Ref:Bucket$`.
 */
export function referenceText(value: unknown): string {
  return typeof value === 'string' ? value : named(value);
}

/**
 * An address or a name as one text, whether it stands there whole, is joined or has variables; a function in it becomes
 * a mark.
 */
export function addressText(value: unknown): string {
  const template = (value as { 'Fn::Sub'?: string | [string, object] } | undefined)?.['Fn::Sub'];
  if (template !== undefined) {
    return String([template].flat()[0]).replace(/\$\{([^}]+)\}/g, (_, name) => named({ Ref: name }));
  }
  return textOf(value, named) ?? named(value);
}

/** Such a text to be read: `<Repository>:latest`. */
export function readable(text: string): string {
  return text.replace(/\$cfn:(?:Ref|Fn::GetAtt):([^$]*)\$/g, '<$1>');
}

function named(part: unknown): string {
  return `${MARK}${(JSON.stringify(part) ?? '').replace(/[{}[\]"\\]/g, '').replace(/,/g, '.')}$`;
}

const MARK = '$cfn:';
/** Stands for a function that is a number, outside quotes. */
const NUMBER = 88888888888;

/**
 * References to parameters that have a list of values, as their default: the list is there so that every value keeps
 * what is promised of one.
 */
function withChoices(value: any, parameters: any[]): any {
  if (Array.isArray(value)) return value.map((each) => withChoices(each, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const choice = parameters.find(
    ({ Name, EnumValues }) => EnumValues !== undefined && value.Get === `Parameters.${Name}`,
  );
  if (choice !== undefined) return choice.DefaultValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withChoices(inner, parameters)]));
}

/** `${Name}` as the value that the state machine puts there. */
function withSubstitutions(value: any, substitutions: { readonly [name: string]: unknown }): any {
  if (Object.keys(substitutions).length === 0) return value;
  if (Array.isArray(value)) return value.map((each) => withSubstitutions(each, substitutions));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, withSubstitutions(each, substitutions)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{(\w+)\}/g, (whole, name) =>
    name in substitutions ? referenceText(substitutions[name]) : whole,
  );
}

function stepsOf(steps: unknown, gated: boolean): SageMakerRequest[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step) => {
    if (step.Type === 'Condition') {
      // Only what another step has found out can be the quality of a model.
      const isGate = gated || /"Steps\./.test(JSON.stringify(step.Arguments?.Conditions) ?? '');
      return [...stepsOf(step.Arguments?.IfSteps, isGate), ...stepsOf(step.Arguments?.ElseSteps, isGate)];
    }
    const api = PIPELINE_STEPS[step.Type];
    const where = `step '${step.Name}'`;
    return api === undefined
      ? []
      : [{ api, request: step.Arguments ?? {}, where, gated }, ...tunedJobs(api, step.Arguments ?? {}, where, gated)];
  });
}

/** The training jobs that a tuning job makes. */
function tunedJobs(api: string, request: any, where: string, gated: boolean): SageMakerRequest[] {
  if (api !== 'CreateHyperParameterTuningJob') return [];
  return [request.TrainingJobDefinition, request.TrainingJobDefinitions]
    .flat()
    .filter((each) => each !== undefined)
    .map(({ HyperParameterTuningResourceConfig: chosen, ...job }) => ({
      api: 'CreateTrainingJob',
      request: chosen === undefined ? job : { ...job, ResourceConfig: resourcesOfTuning(chosen) },
      where,
      gated,
    }));
}

/** What tuning calls its machines, in the words of a training job. */
function resourcesOfTuning({ InstanceConfigs: configs, ...config }: any): object {
  return configs === undefined ? config : { ...config, InstanceGroups: configs };
}

function statesOf(states: unknown): SageMakerRequest[] {
  return Object.entries((states ?? {}) as Record<string, any>).flatMap(([name, state]) => {
    if (state.Type === 'Parallel') return (state.Branches ?? []).flatMap((branch: any) => statesOf(branch.States));
    if (state.Type === 'Map') return statesOf((state.ItemProcessor ?? state.Iterator)?.States);
    const called = /:states:::(?:aws-sdk:)?sagemaker:([A-Za-z]+)/.exec(textOf(state.Resource, named) ?? '');
    if (called === null) return [];
    const api = called[1].charAt(0).toUpperCase() + called[1].slice(1);
    const asked = state.Arguments ?? state.Parameters ?? {};
    const where = `state '${name}'`;
    if (typeof asked === 'string') return [{ api, request: {}, where, gated: false, unknown: true }];
    const request = plainKeys(asked);
    return [{ api, request, where, gated: false }, ...tunedJobs(api, request, where, false)];
  });
}

/** `Name.$` says that the value is a path: the name is what counts, and the path is recognized by itself. */
function plainKeys(value: any): any {
  if (Array.isArray(value)) return value.map(plainKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/\.\$$/, ''), plainKeys(inner)]));
}
