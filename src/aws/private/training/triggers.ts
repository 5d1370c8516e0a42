import {
  aws_events as events,
  aws_iam as iam,
  aws_kms as kms,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newDataIntake, NewDataIntake } from './new-data';
import { PARAMETER } from './steps';
import { requireText } from '../../../core/private/texts';
import { Token } from '../../../core/private/tokens';
import { refuse, speakerFor } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { acknowledgePolicies } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { pathText } from '../base/names';
import { newDeadLetterQueue, START_RETRIES } from '../base/notifications';
import { afterPolicies } from '../base/ordering';
import { toSchedulerExpression } from '../base/schedule';

/**
 * What starts a pipeline: rules and schedules, one role for each of the two services, and one queue for starts that
 * failed.
 */
export class PipelineTriggers {
  private queue?: sqs.Queue;
  private rulesRole?: iam.Role;
  private schedulesRole?: iam.Role;
  private intake?: NewDataIntake;

  constructor(
    private readonly scope: Construct,
    private readonly pipelineName: string,
    private readonly pipelineArn: string,
    private readonly key: kms.IKey,
  ) {}

  /** Starts trainings on new data, and collects that there is any; empty as long as nothing does. */
  public get newDataMachines(): sfn.IStateMachine[] {
    return this.intake === undefined ? [] : [this.intake.machine, this.intake.collector];
  }

  /** Takes the starts that failed for a day of trying; undefined as long as nothing triggers. */
  public get deadLetterQueue(): sqs.IQueue | undefined {
    return this.queue;
  }

  /** Starts the pipeline on every event that matches. `triggeredBy` is a parameter of the run, kept with the model. */
  public onEvent(id: string, pattern: events.EventPattern, triggeredBy: string): void {
    const who = speakerFor('training pipeline', this.scope);
    requireText(who, 'triggerId', id);
    if (Token.isUnresolved(id)) refuse(who, 'triggerId', id, 'known at synthesis: it names the rule');
    const queue = this.deadLetters();
    const role = (this.rulesRole ??= this.startRole('RulesRole', 'events.amazonaws.com'));
    const rule = new events.CfnRule(this.scope, id, {
      description: `Starts ${this.scope.node.path} on ${triggeredBy}`,
      eventPattern: rendered(pattern),
      targets: [
        {
          id: 'Pipeline',
          arn: this.pipelineArn,
          roleArn: role.roleArn,
          sageMakerPipelineParameters: {
            pipelineParameterList: [{ name: PARAMETER.TRIGGERED_BY, value: triggeredBy }],
          },
          deadLetterConfig: { arn: queue.queueArn },
          retryPolicy: RETRY_POLICY,
        },
      ],
    });
    afterPolicies(rule, role);
    this.letRuleSend(queue, rule);
  }

  /** Starts the pipeline when objects arrive under a prefix, one run at a time however many they are. */
  public onNewData(id: string, bucketName: string, prefix: string): void {
    const queue = this.deadLetters();
    const { collector, role } = (this.intake ??= newDataIntake(
      new Construct(this.scope, 'NewData'),
      this.pipelineName,
      this.key,
    ));
    const rule = new events.CfnRule(this.scope, id, {
      description: `Starts ${this.scope.node.path} on new data`,
      eventPattern: rendered(newObjects(bucketName, prefix)),
      targets: [
        {
          id: 'Collect',
          arn: collector.stateMachineArn,
          roleArn: role.roleArn,
          input: '{}',
          deadLetterConfig: { arn: queue.queueArn },
          retryPolicy: RETRY_POLICY,
        },
      ],
    });
    afterPolicies(rule, role);
    this.letRuleSend(queue, rule);
  }

  /** Starts the pipeline at every time of the schedule. */
  public onSchedule(id: string, schedule: Schedule): void {
    const queue = this.deadLetters();
    const role = (this.schedulesRole ??= this.schedulerRole(queue));
    const resource = new scheduler.CfnSchedule(this.scope, id, {
      description: `Starts ${this.scope.node.path}`,
      scheduleExpression: toSchedulerExpression(schedule),
      scheduleExpressionTimezone: schedule.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: this.key.keyArn,
      target: {
        arn: this.pipelineArn,
        roleArn: role.roleArn,
        sageMakerPipelineParameters: { pipelineParameterList: [{ name: PARAMETER.TRIGGERED_BY, value: 'schedule' }] },
        deadLetterConfig: { arn: queue.queueArn },
        retryPolicy: RETRY_POLICY,
      },
    });
    afterPolicies(resource, role);
  }

  private letRuleSend(queue: sqs.Queue, rule: events.CfnRule): void {
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
      }),
    );
  }

  private startRole(id: string, service: string): iam.Role {
    const role = new iam.Role(this.scope, id, {
      description: `Starts ${pathText(this.scope)}`,
      assumedBy: ofThisAccount(this.scope, service),
    });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['sagemaker:StartPipelineExecution'], resources: [this.pipelineArn] }),
    );
    acknowledgePolicies(role, []);
    return role;
  }

  /**
   * Rules write to the queue by its policy, schedules by their role; the key is the queue's and that of the schedules
   * themselves.
   */
  private schedulerRole(queue: sqs.IQueue): iam.Role {
    const role = this.startRole('SchedulesRole', 'scheduler.amazonaws.com');
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
    this.key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    return role;
  }

  private deadLetters(): sqs.Queue {
    return (this.queue ??= newDeadLetterQueue(this.scope, 'DeadLetters', this.key));
  }
}

const RETRY_POLICY = {
  maximumEventAgeInSeconds: START_RETRIES.maxEventAge.toSeconds(),
  maximumRetryAttempts: START_RETRIES.retryAttempts,
};

/** The pattern as CloudFormation takes it; the L2's own rendering is not exported. */
function rendered(pattern: events.EventPattern): { [key: string]: unknown } {
  const { detailType, ...same } = pattern;
  return { ...same, ...(detailType === undefined ? {} : { 'detail-type': detailType }) };
}

/**
 * Objects under a prefix of a bucket that sends its events to EventBridge.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
function newObjects(bucketName: string, prefix: string): events.EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix }] } },
  };
}

/**
 * An alarm that rises.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function alarmRises(alarmArn: string): events.EventPattern {
  return {
    source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'], resources: [alarmArn], detail: { state: { value: ['ALARM'] } },
  };
}

/**
 * Runs of a pipeline that ended so.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function executionEnds(pipelineArn: string, status: string): events.EventPattern {
  return {
    source: ['aws.sagemaker'],
    detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
    detail: { pipelineArn: [pipelineArn], currentPipelineExecutionStatus: [status] },
  };
}
