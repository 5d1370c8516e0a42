import {
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_kms as kms,
  aws_sns as sns,
  aws_sqs as sqs,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/** An encrypted topic that alarms and rules of this account can publish to; the key must let them, too. */
export function newAlarmTopic(scope: Construct, id: string, masterKey: kms.IKey): sns.Topic {
  const topic = new sns.Topic(scope, id, { masterKey, enforceSSL: true });
  // Enforcing TLS replaces the default policy, which would have let the alarms of the account publish.
  topic.addToResourcePolicy(byAlarms(scope, ['sns:Publish'], topic.topicArn));
  return topic;
}

/**
 * Lets the alarms of this account publish to a topic of the user's, and use its key, where both are of this app.
 *
 * The rules that publish give the topic a policy, and that takes the place of the default one, which would have let the
 * alarms.
 */
export function letAlarmsPublish(scope: Construct, topic: sns.ITopic): void {
  topic.addToResourcePolicy(byAlarms(scope, ['sns:Publish'], topic.topicArn));
  topic.masterKey?.addToResourcePolicy(byAlarms(scope, ['kms:Decrypt', 'kms:GenerateDataKey*'], '*'));
}

/** The same statement whoever adds it: of equal ones a policy holds one. */
function byAlarms(scope: Construct, actions: string[], resource: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Alarms',
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}

/**
 * How long a start is tried before it goes to the dead letters: what does not succeed within a day is for a person to
 * look at.
 */
export const START_RETRIES = { maxEventAge: Duration.hours(24), retryAttempts: 185 };

/** Keeps for two weeks what could not be delivered. */
export function newDeadLetterQueue(scope: Construct, id: string, encryptionMasterKey: kms.IKey): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.KMS, encryptionMasterKey, enforceSSL: true, retentionPeriod: Duration.days(14),
  });
  acknowledge(queue, { id: 'AwsSolutions-SQS3', reason: 'this is the dead-letter queue of the rules and schedules' });
  return queue;
}

/**
 * A rule that tells a topic about events, in a sentence; `field('$.detail.x')` in it stands for what the event says.
 */
export interface Notice {
  readonly description: string;
  readonly eventPattern: events.EventPattern;
  readonly message: string;
}

/** Who is told, and where what could not be told is kept. */
export interface NoticeTarget {
  readonly topic: sns.ITopic;
  readonly deadLetterQueue: sqs.IQueue;
}

/** The rule of a notice. */
export function newNotice(scope: Construct, id: string, notice: Notice, to: NoticeTarget): events.Rule {
  const { description, eventPattern, message } = notice;
  const topic = new targets.SnsTopic(to.topic, { message: events.RuleTargetInput.fromText(message) });
  letRulesSend(scope, to.deadLetterQueue);
  return new events.Rule(scope, id, {
    description,
    eventPattern,
    targets: [{ bind: (rule, targetId) => ({ ...topic.bind(rule, targetId), deadLetterConfig: { arn: to.deadLetterQueue.queueArn } }) }],
  });
}

/**
 * Lets the rules of this account put into a queue what they cannot deliver, in one statement however many they are:
 * each table that is checked has one, and a policy of SQS holds 20 statements.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
function letRulesSend(scope: Construct, queue: sqs.IQueue): void {
  queue.addToResourcePolicy(new iam.PolicyStatement({
    sid: 'Rules',
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) } },
  }));
}

/** A place in a message that is filled from the event. */
export function field(path: string): string {
  return events.EventField.fromPath(path);
}

/**
 * Failed jobs: of some roles, or of the whole account in this region, where transform jobs are included, whose events
 * name no role.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function failedJobs(roles: iam.IRole[] | undefined): Notice {
  const kinds = roles === undefined ? ['Training', 'Processing', 'Transform'] : ['Training', 'Processing'];
  return {
    description: 'Tells about failed SageMaker jobs',
    eventPattern: {
      source: ['aws.sagemaker'],
      detailType: kinds.map((kind) => `SageMaker ${kind} Job State Change`),
      detail: {
        ...(roles === undefined ? {} : { RoleArn: roles.map((role) => role.roleArn) }),
        $or: kinds.map((kind) => ({ [`${kind}JobStatus`]: ['Failed'] })),
      },
    },
    message: `${field('$.resources[0]')} failed: ${field('$.detail.FailureReason')}`,
  };
}

/** Publishing to an encrypted topic needs its key, and `grantPublish` of the CDK opens more of it than that. */
export function grantPublish(topic: sns.ITopic, role: iam.IRole): void {
  iam.Grant.addToPrincipal({ grantee: role, actions: ['sns:Publish'], resourceArns: [topic.topicArn] });
  topic.masterKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
}
