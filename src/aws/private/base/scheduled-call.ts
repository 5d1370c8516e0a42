import { aws_iam as iam, aws_kms as kms, aws_scheduler as scheduler, aws_sqs as sqs, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge';
import { pathText } from './names';
import { afterPolicies } from './ordering';
import { toSchedulerExpression } from './schedule';
import { Schedule } from '../../../core/schedule';

/** A call that EventBridge Scheduler makes at the times of a schedule. */
export interface ScheduledCallSpec {
  readonly schedule: Schedule;
  readonly description: string;
  /** ARN of what is called: a state machine, a queue, or `arn:…:scheduler:::aws-sdk:<service>:<api>`. */
  readonly targetArn: string;
  /** The input of the call, as an object that may hold tokens and Scheduler's own `<aws.scheduler.…>` words. */
  readonly input: object;
  /** What the call needs to be allowed. */
  readonly statements: iam.PolicyStatement[];
  /** Gets the calls that could not be made. */
  readonly deadLetterQueue: sqs.IQueue;
  /** Encrypts the input, and the queue. */
  readonly encryptionKey: kms.IKey;
}

/**
 * A schedule with a role of its own; calls that fail for two hours go to the dead-letter queue.
 *
 * Children: `Role`, `Resource`. Nothing starts at deployment, only at the next time of the schedule.
 */
export function newScheduledCall(scope: Construct, id: string, spec: ScheduledCallSpec): scheduler.CfnSchedule {
  const parent = new Construct(scope, id);
  const stack = Stack.of(parent);
  const role = new iam.Role(parent, 'Role', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': stack.account,
          'aws:SourceArn': stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
        },
      },
    }),
    description: `Makes the calls of ${pathText(parent)}`,
  });
  for (const statement of spec.statements) role.addToPrincipalPolicy(statement);
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [spec.deadLetterQueue.queueArn] }),
  );
  spec.encryptionKey.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  acknowledgeInlinePolicy(role);

  const resource = new scheduler.CfnSchedule(parent, 'Resource', {
    description: spec.description,
    scheduleExpression: toSchedulerExpression(spec.schedule),
    scheduleExpressionTimezone: spec.schedule.timeZone,
    flexibleTimeWindow: { mode: 'OFF' },
    kmsKeyArn: spec.encryptionKey.keyArn,
    target: {
      arn: spec.targetArn,
      roleArn: role.roleArn,
      input: stack.toJsonString(spec.input),
      deadLetterConfig: { arn: spec.deadLetterQueue.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 7200, maximumRetryAttempts: 10 },
    },
  });
  afterPolicies(resource, role);
  return resource;
}
