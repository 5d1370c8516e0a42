import {
  aws_events as events, aws_events_targets as targets, aws_iam as iam, aws_kms as kms, aws_sqs as sqs,
  aws_stepfunctions as sfn, Lazy, Stack,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { CLEANING_UP } from './approved-version';
import { rolloutDefinition } from './definition';
import { modelArns, rolloutPermissions } from './permissions';
import { ChallengerSpec, refreshes, RolloutScalingSpec, RolloutSpec, sometimesAtOnce } from './spec';
import { Challenger } from '../../../core/rollout';
import { acknowledgePolicies } from '../base/acknowledge';
import { toApi } from '../base/api-fields';
import { ofThisAccount } from '../base/confused-deputy';
import { outermostStack } from '../base/names';
import { newDeadLetterQueue, START_RETRIES } from '../base/notifications';
import { afterPolicies } from '../base/ordering';
import { tagsOf } from '../base/run-tags';
import { newWorkflow } from '../base/workflow';
import { componentDeploymentConfig, deploymentConfig, workflowMinutes } from '../serving/deployment-policy';
import { EndpointNetwork } from '../serving/network';
import { challengerReplicas, HostingPlan } from '../serving/plan';
import { ScalingPlan } from '../serving/scaling-plan';
import {
  acknowledgeIgnoredAlarms,
  acknowledgeOpenModel,
  acknowledgeUpdateAtOnce,
  EndpointSettings,
  wakeUpAlarmName,
} from '../serving/settings';
import { teardown } from '../serving/teardown';
import { LIVE_VARIANT } from '../serving/variants';

/** What the rollout workflow needs beside the endpoint's settings. */
export interface WorkflowProps {
  /** Name or ARN of the model package group. */
  readonly modelPackageGroup: string;
  /** Only versions that are promoted to this stage; all approved versions when undefined. */
  readonly stage?: string;
  /** The event of an approval. */
  readonly approvedPattern: events.EventPattern;
  /** Starts the names of what a rollout makes; no token. */
  readonly namePrefix: string;
  readonly encryptionKey: kms.IKey;
  /** Where the machines stand: it must outlive the endpoint when the stack goes. */
  readonly network?: EndpointNetwork;
  /** In component mode: the endpoint of the template, which must outlive the component. */
  readonly shared?: IConstruct;
  /** Asked at synthesis. */
  readonly notificationTopicArn: () => string | undefined;
}

/** The rollout workflow, and the queue of the approvals that could not start it. */
export interface RolloutWorkflow {
  readonly machine: sfn.StateMachine;
  readonly deadLetterQueue: sqs.Queue;
}

/**
 * The rollout workflow of an endpoint: started by each approval, by each update of the stack, and by hand for any
 * earlier version.
 */
export function workflowEndpoint(scope: Construct, settings: EndpointSettings, props: WorkflowProps): RolloutWorkflow {
  const spec = rolloutSpec(settings, props);
  const machine: sfn.StateMachine = newWorkflow(scope, 'Rollout', {
    definition: Lazy.any({
      produce: () =>
        rolloutDefinition({ ...spec, tags: tagsOf(() => machine), notificationTopicArn: props.notificationTopicArn() }),
    }),
    permissions: [
      ...rolloutPermissions(spec),
      {
        actions: ['cloudwatch:DescribeAlarms'],
        resources: ['*'],
        reason: 'SageMaker reads the alarms of a rollout among all, on behalf of the caller',
      },
    ],
    encryptionKey: props.encryptionKey,
  });
  afterPolicies(machine, settings.executionRole);
  acknowledgeOpenModel(machine, settings.plan, modelArns(spec));
  if (sometimesAtOnce(spec)) acknowledgeUpdateAtOnce(machine);
  else if (spec.deploymentConfig !== undefined) acknowledgeIgnoredAlarms(machine);

  const eventRole = new iam.Role(scope, 'ApprovalRole', {
    description: `Starts a rollout to ${settings.endpointName} when a version is approved or the stack is updated`,
    assumedBy: ofThisAccount(scope, 'events.amazonaws.com'),
  });
  grantStart(machine, props.encryptionKey, eventRole);
  acknowledgePolicies(eventRole, []);
  const deadLetterQueue = newDeadLetterQueue(scope, 'DeadLetters', props.encryptionKey);
  const target = new targets.SfnStateMachine(machine, { role: eventRole, deadLetterQueue, ...START_RETRIES });
  const rule = new events.Rule(scope, 'Approved', {
    description: `A model version was approved: roll it out to ${settings.endpointName}`,
    eventPattern: props.approvedPattern,
    targets: [target],
  });

  // Not at once when the workflow changes, but when the whole stack has: an update that rolls back brings nothing.
  const rules = [rule, ...refreshes(spec) ? [new events.Rule(scope, 'Updated', {
    description: `The stack was updated: bring what it says now to the version that ${settings.endpointName} serves`,
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: { 'stack-id': [outermostStack(scope).stackId], 'status-details': { status: [CLEANING_UP, 'UPDATE_COMPLETE'] } },
    },
    targets: [target],
  })] : []];

  const scaling = spec.scaling?.policies.flatMap(({ alarm }) => (alarm === undefined ? [] : [String(alarm.AlarmName)]));
  const cleanUp = teardown(scope, 'Teardown', {
    made: {
      endpointName: settings.componentName === undefined ? settings.endpointName : undefined,
      componentName: settings.componentName,
      namePrefix: props.namePrefix,
      alarmNames: [...scaling ?? [], ...spec.stopAlarmName === undefined ? [] : [spec.stopAlarmName]],
    },
    // The machines of components belong to the endpoint of the template, which goes after them and waits for itself.
    network: settings.componentName === undefined ? props.network : undefined,
    encryptionKey: props.encryptionKey,
  });
  // Deletion goes the other way round: first nothing can start a rollout any more, then the endpoint goes, then what it
  // stands on.
  for (const each of rules) {
    each.node.addDependency(cleanUp);
    afterPolicies(each, eventRole);
  }
  machine.node.addDependency(cleanUp);
  cleanUp.node.addDependency(settings.executionRole, ...props.shared === undefined ? [] : [props.shared]);
  return { machine, deadLetterQueue };
}

/** Starting an encrypted machine encrypts its input: that takes the key as well, but for Step Functions only. */
export function grantStart(machine: sfn.IStateMachine, key: kms.IKey, grantee: iam.IGrantable): iam.Grant {
  const { region, urlSuffix } = Stack.of(machine);
  return machine.grantStartExecution(grantee).combine(iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resourceArns: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `states.${region}.${urlSuffix}` } },
  }));
}

/**
 * The most alarms that SageMaker watches.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html
 */
const MAX_ALARMS = 10;

function rolloutSpec(settings: EndpointSettings, props: WorkflowProps): RolloutSpec {
  const { plan, rollout, challenger, vpcConfig } = settings;
  const stopAlarmName = settings.alarmNames.length < MAX_ALARMS ? `${settings.endpointName}-stop` : undefined;
  const alarmNames = [...settings.alarmNames, ...stopAlarmName === undefined ? [] : [stopAlarmName]];
  const common = {
    endpointName: settings.endpointName,
    modelPackageGroup: props.modelPackageGroup,
    stage: props.stage,
    executionRoleArn: settings.executionRole.roleArn,
    namePrefix: props.namePrefix,
    environment: settings.environment,
    networkIsolation: settings.networkIsolation,
    vpcConfig: vpcConfig && toApi(vpcConfig),
    scaling: plan.scaling && scalingSpec(plan.scaling, settings.endpointName, settings.componentName),
    maxMinutes: workflowMinutes(rollout, plan),
    stopAlarmName,
  };
  if (plan.component !== undefined) {
    return {
      ...common,
      deploymentConfig: toApi(componentDeploymentConfig(rollout, alarmNames, plan)),
      inferenceComponent: { name: settings.componentName!, specification: toApi(plan.component.specification), copyCount: plan.component.copyCount },
    };
  }
  return {
    ...common,
    variant: toApi(plan.variant),
    asyncInferenceConfig: settings.asynchronous && toApi(settings.asynchronous),
    dataCaptureConfig: settings.capture && toApi(settings.capture),
    volumeKmsKeyArn: settings.volumeKey?.keyArn,
    deploymentConfig: toApi(deploymentConfig(rollout, alarmNames, plan)),
    challenger: challenger && challengerSpec(challenger, plan),
  };
}

function challengerSpec({ kind, percent }: Challenger, plan: HostingPlan): ChallengerSpec {
  return kind === 'shadow'
    ? { kind, percent }
    : { kind: 'ab-test', percent, instanceCount: challengerReplicas(percent, plan) };
}

function scalingSpec(plan: ScalingPlan, endpointName: string, componentName: string | undefined): RolloutScalingSpec {
  return {
    dimension: plan.dimension,
    minCapacity: plan.minCapacity,
    maxCapacity: plan.maxCapacity,
    policies: plan.policies({ endpointName, variantName: LIVE_VARIANT, componentName }).map((policy) => ({
      name: policy.name,
      targetTracking: policy.targetTracking && toApi(policy.targetTracking),
      steps: policy.steps && toApi(policy.steps),
      alarm: policy.alarm && { AlarmName: wakeUpAlarmName(endpointName), ...toApi(policy.alarm) },
    })),
  };
}
