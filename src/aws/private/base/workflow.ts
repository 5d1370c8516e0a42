import {
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_sns as sns,
  aws_stepfunctions as sfn,
  IResolvable,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  acknowledge,
  acknowledgeInlinePolicy,
  acknowledgeRedundantDependency,
  acknowledgeWildcards,
} from './acknowledge';
import { ofThisAccount } from './confused-deputy';
import { pathText, stableName } from './names';
import { StateMachineDefinition } from './state-language';
import { Permission } from './state-permissions';

/** What a state machine is made of. */
export interface WorkflowSpec {
  /** May hold tokens, or be one itself where something is learned after construction. */
  readonly definition: StateMachineDefinition | IResolvable;
  /** The calls that the definition makes. */
  readonly permissions: Permission[];
  /** Encrypts the definition, the executions and their log; the key must let the log service use it. */
  readonly encryptionKey: kms.IKey;
  /** The encrypted topic that the definition publishes to. */
  readonly topic?: sns.ITopic;
  /**
   * For what is started very often and ends within minutes: an execution costs a hundredth, and only those that fail
   * are logged.
   *
   * @default false
   */
  readonly express?: boolean;
}

/** The name of a machine that `newWorkflow` makes under this id, for what the machine itself names. */
export function workflowName(scope: Construct, id: string): string {
  return stableName(scope, id, 80);
}

/**
 * A state machine with a role of its own, its executions logged and traced.
 *
 * Children: `Role`, `Log`, `Resource` (the L2, whose own child `Resource` is the `AWS::StepFunctions::StateMachine`).
 * The role has all its statements before the machine exists. The log is deleted with the machine: it holds the course
 * of runs, not their results.
 */
export function newWorkflow(scope: Construct, id: string, spec: WorkflowSpec): sfn.StateMachine {
  const parent = new Construct(scope, id);
  const stack = Stack.of(parent);
  const role = new iam.Role(parent, 'Role', {
    assumedBy: ofThisAccount(parent, 'states.amazonaws.com'),
    description: `Runs ${pathText(parent)}`,
  });
  for (const { actions, resources, conditions, reason } of spec.permissions) {
    const statement = new iam.PolicyStatement({ actions, resources, conditions });
    role.addToPrincipalPolicy(statement);
    acknowledgeWildcards(role, reason ?? 'the names are made at run time', statement);
  }
  if (spec.topic !== undefined) {
    (spec.topic.masterKey ?? spec.encryptionKey).grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  const machine = new sfn.StateMachine(parent, 'Resource', {
    stateMachineName: workflowName(scope, id),
    stateMachineType: spec.express ? sfn.StateMachineType.EXPRESS : undefined,
    definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(spec.definition)),
    role,
    logs: {
      destination: new logs.LogGroup(parent, 'Log', {
        // Outside this prefix every log delivery adds to a resource policy that is limited to 5120 characters.
        // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
        logGroupName: `/aws/vendedlogs/states/${stableName(parent, undefined, 80)}`,
        encryptionKey: spec.encryptionKey,
        retention: logs.RetentionDays.ONE_YEAR,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      level: spec.express ? sfn.LogLevel.ERROR : sfn.LogLevel.ALL,
      includeExecutionData: true,
    },
    tracingEnabled: true,
    encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(spec.encryptionKey),
  });
  acknowledgeRedundantDependency(machine);
  if (spec.express) {
    acknowledge(machine, {
      id: 'AwsSolutions-SF1',
      reason:
        'it runs very often, and a line for each of its steps would cost more than the run: those that fail are logged',
    });
  }
  acknowledgeInlinePolicy(role);
  acknowledgeWildcards(
    role,
    'log deliveries and traces have no resources to name',
    new iam.PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }),
  );
  return machine;
}
