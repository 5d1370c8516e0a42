import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/**
 * The definition of the only SageMaker pipeline of a stack, with references written as `<LogicalId>` and
 * `<LogicalId.Attribute>`.
 */
export function definitionOf(stack: Stack): any {
  const pipelines = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::Pipeline'));
  expect(pipelines).toHaveLength(1);
  return readDefinition(pipelines[0].Properties.PipelineDefinition.PipelineDefinitionBody);
}

/** A definition out of the value of `PipelineDefinitionBody`. */
export function readDefinition(body: unknown): any {
  return JSON.parse(flat(body));
}

/** Every step by name, those behind a condition included. */
export function stepsOf(definition: any): Record<string, any> {
  return Object.fromEntries(walk(definition.Steps).map(({ step }) => [step.Name, step]));
}

/**
 * What SageMaker Pipelines would refuse at the first run: names, references to what is not there or not yet there,
 * unused parameters, loose steps.
 */
export function faultsOf(definition: any): string[] {
  const faults: string[] = [];
  if (definition.Version !== '2020-12-01') faults.push(`version ${definition.Version}`);
  const parameters = new Map<string, any>(definition.Parameters.map((each: any) => [each.Name, each]));
  if (parameters.size !== definition.Parameters.length) faults.push('two parameters have one name');
  for (const { Name, Type, DefaultValue, EnumValues } of parameters.values()) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(Name)) faults.push(`parameter name ${Name}`);
    if (typeof DefaultValue !== (Type === 'Integer' ? 'number' : 'string')) faults.push(`default of ${Name} is no ${Type}`);
    if (EnumValues !== undefined && !EnumValues.includes(DefaultValue)) faults.push(`default of ${Name} is not among its values`);
  }

  const steps = walk(definition.Steps);
  const known = new Map<string, any>();
  const used = new Set<string>();
  steps.forEach(({ step, parent }, index) => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(step.Name) || known.has(step.Name)) faults.push(`step name ${step.Name}`);
    const { IfSteps, ElseSteps, ...own } = step.Arguments;
    const references = gets({ ...step, Arguments: own });
    for (const reference of references) {
      const [kind, name, ...rest] = reference.split('.');
      if (kind === 'Parameters') {
        used.add(name);
        if (!parameters.has(name)) faults.push(`${step.Name} refers to ${reference}`);
      } else if (kind === 'Execution') {
        if (!EXECUTION.includes(name)) faults.push(`${step.Name} refers to ${reference}`);
      } else if (kind !== 'Steps' || !known.has(name) || !isProperty(known.get(name), rest.join('.'))) {
        faults.push(`${step.Name} refers to ${reference}`);
      }
    }
    const comesAfter = references.some((each) => each.startsWith('Steps.')) || (step.DependsOn ?? []).length > 0 || parent !== undefined;
    if (index > 0 && !comesAfter) faults.push(`${step.Name} waits for no other step`);
    known.set(step.Name, step);
  });
  for (const name of parameters.keys()) if (!used.has(name)) faults.push(`parameter ${name} is not used`);
  return faults;
}

const EXECUTION = ['PipelineExecutionId', 'PipelineExecutionArn', 'PipelineName', 'PipelineArn', 'StartDateTime', 'CurrentDateTime'];

function walk(steps: any[], parent?: string): { step: any; parent?: string }[] {
  return steps.flatMap((step) => [
    { step, parent },
    ...walk(step.Arguments.IfSteps ?? [], step.Name),
    ...walk(step.Arguments.ElseSteps ?? [], step.Name),
  ]);
}

function gets(value: any): string[] {
  if (Array.isArray(value)) return value.flatMap(gets);
  if (typeof value !== 'object' || value === null) return [];
  if (typeof value.Get === 'string') return [value.Get];
  return Object.values(value).flatMap(gets);
}

/** Whether a step of the kind will have the property. */
function isProperty(step: any, path: string): boolean {
  const output = /^ProcessingOutputConfig\.Outputs\['(.+)'\]\.S3Output\.S3Uri$/.exec(path)?.[1];
  if (output !== undefined) return step.Type === 'Processing' && step.Arguments.ProcessingOutputConfig.Outputs.some((each: any) => each.OutputName === output);
  const answer = /^OutputParameters\['(.+)'\]$/.exec(path)?.[1];
  if (answer !== undefined) return step.Type === 'Lambda' && step.OutputParameters.some((each: any) => each.OutputName === answer);
  const file = /^PropertyFiles\.(.+)$/.exec(path)?.[1];
  if (file === undefined) return step.Type === 'Training' && ['ModelArtifacts.S3ModelArtifacts', 'TrainingJobName'].includes(path);
  return (step.PropertyFiles ?? []).some((each: any) => each.PropertyFileName === file
    && step.Arguments.ProcessingOutputConfig.Outputs.some((one: any) => one.OutputName === each.OutputName));
}

function flat(value: any): string {
  if (typeof value === 'string') return value;
  const [intrinsic, argument] = Object.entries<any>(value)[0];
  if (intrinsic === 'Fn::Join') return argument[1].map(flat).join(argument[0]);
  if (intrinsic === 'Ref') return `<${argument}>`;
  if (intrinsic === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  if (intrinsic === 'Fn::ImportValue') return `<${flat(argument)}>`;
  throw new Error(`no text for ${JSON.stringify(value)}`);
}
