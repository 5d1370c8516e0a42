/** What a request says of itself to IAM. */
export type RequestContext = { readonly [key: string]: string | readonly string[] };

/**
 * Decides as IAM does with one policy: the ids of the statements that deny, or `allow`, or `nothing` when no statement
 * speaks of the action.
 *
 * Only the operators that the tests meet; references are compared as they stand in the template.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function decide(statements: readonly any[], action: string, context: RequestContext, resource?: string): string[] {
  const speaking = statements.filter((each) => [each.Action].flat().some((pattern) => like(pattern, action)) && holds(each.Condition ?? {}, context)
    && ![each.NotResource ?? []].flat().some((pattern) => resource !== undefined && like(text(pattern), resource)));
  const denying = speaking.filter((each) => each.Effect === 'Deny').map((each) => String(each.Sid));
  if (denying.length > 0) return denying;
  return [speaking.length > 0 ? 'allow' : 'nothing'];
}

function holds(condition: object, context: RequestContext): boolean {
  return Object.entries(condition).every(([operator, operands]) => Object.entries(operands as object).every(([key, wanted]) =>
    compare(operator, context[key], [wanted].flat().map(text))));
}

function compare(operator: string, value: RequestContext[string] | undefined, wanted: string[]): boolean {
  if (operator === 'Null') return (value === undefined) === (wanted[0] === 'true');
  const [, any, name, ifExists] = /^(ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator)!;
  const test = OPERATORS[name];
  if (test === undefined) throw new Error(`the tests do not know the operator ${operator}`);
  if (value === undefined) return any === undefined && (ifExists !== undefined || name.includes('Not'));
  const values = [value].flat() as string[];
  return any === undefined ? test(values[0], wanted) : values.some((each) => test(each, wanted));
}

const OPERATORS: { [name: string]: (value: string, wanted: string[]) => boolean } = {
  ArnNotEquals: (value, wanted) => !wanted.includes(value),
  Bool: (value, wanted) => wanted.includes(value),
  StringEquals: (value, wanted) => wanted.includes(value),
  StringNotEquals: (value, wanted) => !wanted.includes(value),
  StringLike: (value, wanted) => wanted.some((each) => like(each, value)),
  StringNotLike: (value, wanted) => !wanted.some((each) => like(each, value)),
  NumericGreaterThan: (value, wanted) => Number(value) > Number(wanted[0]),
};

function like(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(value);
}

/** A value as a definition has it after its functions have become marks. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : `$cfn:${JSON.stringify(value).replace(/[{}[\]"]/g, '').replace(/,/g, '.')}$`;
}

/** What SageMaker puts into the context of a call, by the authorization reference. */
export function sageMakerContext(api: string, request: any): RequestContext {
  const cluster = request.ProcessingResources?.ClusterConfig;
  const network = api === 'CreateProcessingJob' ? request.NetworkConfig ?? {} : request;
  const machine = request.ResourceConfig ?? cluster ?? request.TransformResources;
  const variants: any[] = (request.ProductionVariants ?? []).filter((each: any) => each.InstanceType !== undefined);
  const types = machine?.InstanceType !== undefined ? [machine.InstanceType] : variants.map((each) => each.InstanceType);
  return Object.fromEntries(Object.entries({
    'aws:SecureTransport': 'true',
    'sagemaker:InstanceTypes': types.length > 0 ? types.map(text) : undefined,
    'sagemaker:VolumeKmsKey': api === 'CreateEndpointConfig' ? request.KmsKeyId : machine?.VolumeKmsKeyId,
    'sagemaker:OutputKmsKey': (request.OutputDataConfig ?? request.ProcessingOutputConfig ?? request.TransformOutput)?.KmsKeyId,
    'sagemaker:NetworkIsolation': network.EnableNetworkIsolation?.toString(),
    'sagemaker:InterContainerTrafficEncryption': network.EnableInterContainerTrafficEncryption?.toString(),
    'sagemaker:VpcSubnets': network.VpcConfig?.Subnets.map(text),
    'sagemaker:VpcSecurityGroupIds': network.VpcConfig?.SecurityGroupIds.map(text),
    'sagemaker:KeepAlivePeriod': machine?.KeepAlivePeriodInSeconds?.toString(),
  }).filter(([, value]) => value !== undefined)) as RequestContext;
}
