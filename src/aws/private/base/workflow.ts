import { aws_iam as iam, aws_kms as kms, aws_logs as logs, aws_sns as sns, aws_stepfunctions as sfn, IResolvable, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeRedundantDependency, acknowledgeInlinePolicy, acknowledgeWildcards } from './acknowledge';
import { ofThisAccount } from './confused-deputy';
import { pathText, stableName } from './names';
import { Permission, StateMachineDefinition } from './state-language';

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
}

/**
 * A state machine with a role of its own, its executions logged and traced.
 *
 * Children: `Role`, `Log`, `Resource` (the L2, whose own child `Resource` is the `AWS::StepFunctions::StateMachine`). The role has all its
 * statements before the machine exists. The log is deleted with the machine: it holds the course of runs, not their results.
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
  if (spec.topic !== undefined) (spec.topic.masterKey ?? spec.encryptionKey).grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');

  const machine = new sfn.StateMachine(parent, 'Resource', {
    stateMachineName: stableName(parent, undefined, 80),
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
      level: sfn.LogLevel.ALL,
      includeExecutionData: true,
    },
    tracingEnabled: true,
    encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(spec.encryptionKey),
  });
  acknowledgeRedundantDependency(machine);
  acknowledgeInlinePolicy(role);
  acknowledgeWildcards(role, 'log deliveries and traces have no resources to name', new iam.PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }));
  return machine;
}
