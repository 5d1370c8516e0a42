import { Aws, aws_iam as iam } from 'aws-cdk-lib';
import { MAY_BE_GRANTED, pattern } from './boundary-actions';
import { localNvmePatterns } from '../base/machines';

/** What a permission boundary is to hold. */
export interface BoundarySpec {
  /** The only subnets that jobs, models and notebooks may be put into. */
  readonly subnetIds?: readonly string[];
  /** Whether those subnets have a route to the internet: then being in them is no isolation. */
  readonly subnetsHaveWayOut?: boolean;
  /** The only security groups that they may have there. */
  readonly securityGroupIds?: readonly string[];
  /** Patterns of the only instance types. */
  readonly instanceTypes?: readonly string[];
  readonly maxKeepAliveSeconds?: number;
  /** Whether a job must encrypt the traffic between its machines, also a job with one. */
  readonly encryptTraffic?: boolean;
  /** Accounts besides this one that data may be written to. */
  readonly trustedAccounts?: readonly string[];
  /** The only keys that volumes and output may be encrypted with. */
  readonly keyArns: readonly string[];
  /** Actions beyond the table. */
  readonly moreActions?: readonly string[];
  /**
   * ARNs, with wildcards, of models that have neither isolation nor a network by the choice of a serving mode that has
   * neither; asked at synthesis.
   */
  readonly openModels: () => readonly string[];
}

// A policy has 6144 characters, and the denials repeat these names: patterns are as short as they are unambiguous.
const TRAINING = ['sagemaker:CreateTrainingJob', 'sagemaker:CreateHyper*Job'];
const JOBS = [...TRAINING, 'sagemaker:CreateProcessingJob'];
const AUTOML = ['sagemaker:CreateAutoMLJob*'];
const MONITORING = ['sagemaker:Create*JobDefinition', 'sagemaker:*MonitoringSchedule'];
const WITH_OUTPUT = [...JOBS, 'sagemaker:CreateTransformJob', ...AUTOML, 'sagemaker:CreateLabelingJob'];
const WITH_VOLUME = [
  ...JOBS,
  'sagemaker:CreateTransformJob',
  ...MONITORING,
  'sagemaker:CreateEndpointConfig',
  'sagemaker:CreateNotebookInstance',
];

/** For conditions that hold only where the key is there: what has it now, and what gets it some day. */
const WHATEVER_HAS_IT = ['sagemaker:Create*', 'sagemaker:Update*'];

/** Jobs whose network, keys and machines no condition can limit; who needs one names it in `moreActions`. */
const WITHOUT_CONDITIONS = [
  'sagemaker:CreateCompilationJob',
  'sagemaker:CreateEdgePackagingJob',
  'sagemaker:CreateInferenceRecommendationsJob',
  'sagemaker:CreateOptimizationJob',
];

/**
 * The statements of the boundary.
 *
 * Three things of IAM decide the operators: a negated operator (`StringNotEquals`) is true when the key is absent,
 * `ForAnyValue` is false then, and `Null` asks for nothing but presence. So `ForAnyValue` is used where an absent key
 * means that the rule is not about the request (a serverless endpoint has no instance type), and a negated operator
 * where absence is the fault.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function boundaryStatements(spec: BoundarySpec): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ sid: 'MayBeGranted', actions: allowedActions(spec), resources: ['*'] }),
    deny('PlainRequests', ['*'], { Bool: { 'aws:SecureTransport': 'false' } }),
    // The disks of these machines encrypt themselves, and the API refuses a key for them.
    deny('VolumesWithoutKey', WITH_VOLUME, {
      'Null': { 'sagemaker:VolumeKmsKey': 'true' },
      'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': localNvmePatterns() },
    }),
    deny('OutputWithoutKey', WITH_OUTPUT, { Null: { 'sagemaker:OutputKmsKey': 'true' } }),
    // What these run on has no condition key, so that their volumes are always asked for a key.
    deny('AutoMLWithoutKey', AUTOML, { Null: { 'sagemaker:VolumeKmsKey': 'true' } }),
    // A schedule that only names a definition says nothing of machines: the definition has been asked.
    deny('MonitoringWithoutKey', MONITORING, {
      Null: { 'sagemaker:OutputKmsKey': 'true', 'sagemaker:InstanceTypes': 'false' },
    }),
    deny('OtherVolumeKeys', WHATEVER_HAS_IT, otherKey('sagemaker:VolumeKmsKey', spec.keyArns)),
    deny('OtherOutputKeys', WHATEVER_HAS_IT, otherKey('sagemaker:OutputKmsKey', spec.keyArns)),
    deny('OpenContainers', [...JOBS, ...AUTOML], openly(spec, {})),
    denyBut(spec.openModels, 'OpenModels', ['sagemaker:CreateModel'], openly(spec, {})),
    deny('OpenMonitoring', MONITORING, openly(spec, { 'sagemaker:InstanceTypes': 'false' })),
    ...optional(
      WITHOUT_CONDITIONS.filter((each) => !(spec.moreActions ?? []).includes(each)),
      (actions) => deny('JobsWithoutConditions', [...actions]),
    ),
    // Absent means enabled at creation; an update that does not name it leaves it alone.
    deny('NotebooksOnTheInternet', ['sagemaker:CreateNotebookInstance'], {
      StringNotEquals: { 'sagemaker:DirectInternetAccess': 'Disabled' },
    }),
    deny('NotebooksWithRoot', ['sagemaker:CreateNotebookInstance'], {
      StringNotEquals: { 'sagemaker:RootAccess': 'Disabled' },
    }),
    deny('RootLater', ['sagemaker:UpdateNotebookInstance'], { StringEquals: { 'sagemaker:RootAccess': 'Enabled' } }),
    deny('DataLeavesTheAccount', ['s3:PutObject', 's3:PutObjectAcl'], {
      StringNotEquals: { 'aws:ResourceAccount': [Aws.ACCOUNT_ID, ...(spec.trustedAccounts ?? [])] },
    }),
    ...optional(spec.subnetIds, (subnets) =>
      deny('OtherSubnets', WHATEVER_HAS_IT, { 'ForAnyValue:StringNotEquals': { 'sagemaker:VpcSubnets': subnets } }),
    ),
    ...optional(spec.securityGroupIds, (groups) =>
      deny('OtherSecurityGroups', WHATEVER_HAS_IT, {
        'ForAnyValue:StringNotEquals': { 'sagemaker:VpcSecurityGroupIds': groups },
      }),
    ),
    // Studio calls its own small machine `system`.
    ...optional(spec.instanceTypes, (types) =>
      deny('OtherMachines', WHATEVER_HAS_IT, {
        'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': ['system', ...types] },
      }),
    ),
    ...(spec.maxKeepAliveSeconds === undefined
      ? []
      : [
        deny('LongWarmPools', TRAINING, {
          NumericGreaterThan: { 'sagemaker:KeepAlivePeriod': String(spec.maxKeepAliveSeconds) },
        }),
      ]),
    ...(spec.encryptTraffic
      ? [
        deny('PlainTrafficBetweenMachines', JOBS, {
          BoolIfExists: { 'sagemaker:InterContainerTrafficEncryption': 'false' },
        }),
      ]
      : []),
  ];
}

/** Neither isolated nor in one of the subnets, or not isolated where these have a way out. */
function openly({ subnetsHaveWayOut }: BoundarySpec, absent: { readonly [key: string]: string }) {
  const missing = { ...(subnetsHaveWayOut ? {} : { 'sagemaker:VpcSubnets': 'true' }), ...absent };
  return {
    BoolIfExists: { 'sagemaker:NetworkIsolation': 'false' },
    ...(Object.keys(missing).length === 0 ? {} : { Null: missing }),
  };
}

/** A key that is named, and is none of these. */
function otherKey(contextKey: string, keyArns: readonly string[]) {
  return { Null: { [contextKey]: 'false' }, ArnNotEquals: { [contextKey]: keyArns } };
}

/** The actions among the given ones that a role with this boundary could never do. */
export function beyondBoundary(spec: BoundarySpec, actions: readonly string[]): string[] {
  const allowed = allowedActions(spec).map(pattern);
  return actions.filter((action) => !allowed.some((each) => each.test(action)));
}

function allowedActions(spec: BoundarySpec): string[] {
  return [...MAY_BE_GRANTED, ...(spec.moreActions ?? [])];
}

function deny(sid: string, actions: string[], conditions?: { [operator: string]: any }): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources: ['*'], conditions });
}

/**
 * A denial for everything but the resources, which are asked for when the policy is written; without any it is for
 * everything.
 */
function denyBut(
  resources: () => readonly string[],
  sid: string,
  actions: string[],
  conditions: { [operator: string]: any },
): iam.PolicyStatement {
  const statement = deny(sid, actions, conditions);
  const written = statement.toStatementJson.bind(statement);
  statement.toStatementJson = () => {
    const { Resource, ...same } = written();
    const NotResource = resources();
    return NotResource.length === 0 ? { ...same, Resource } : { ...same, NotResource };
  };
  return statement;
}

function optional<T>(
  values: readonly T[] | undefined,
  statement: (values: readonly T[]) => iam.PolicyStatement,
): iam.PolicyStatement[] {
  return values === undefined || values.length === 0 ? [] : [statement(values)];
}
