import { aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { HostingPlan } from './plan';
import { Challenger, Rollout } from '../../../core/rollout';
import { acknowledge } from '../base/acknowledge';
import { declareOpenModels } from '../base/open-models';

/** Everything that an endpoint is, whoever makes it: the template, or the rollout workflow. */
export interface EndpointSettings {
  readonly endpointName: string;
  /** In component mode: the component's name; no token. */
  readonly componentName?: string;
  readonly plan: HostingPlan;
  readonly rollout: Rollout;
  readonly challenger?: Challenger;
  readonly executionRole: iam.IRole;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networkIsolation: boolean;
  readonly vpcConfig?: sagemaker.CfnModel.VpcConfigProperty;
  /** For the volumes; undefined where the machines encrypt their own disks, or have none. */
  readonly volumeKey?: kms.IKey;
  readonly capture?: sagemaker.CfnEndpointConfig.DataCaptureConfigProperty;
  readonly asynchronous?: sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty;
  readonly alarmNames: string[];
}

/**
 * Says why a model of this mode has a way to the internet, where SageMaker offers no way to close it: to the policies,
 * and to the permission boundary.
 *
 * @param madeHere ARNs of the models, where a workflow makes them and not CloudFormation
 */
export function acknowledgeOpenModel(on: IConstruct, { cannot }: HostingPlan, madeHere: readonly string[] = []): void {
  if (cannot.networkIsolation === undefined || cannot.vpc === undefined) return;
  if (madeHere.length > 0) declareOpenModels(on, madeHere);
  acknowledge(on, {
    id: 'MLOPS-NET-02',
    reason: 'a serverless endpoint was chosen, and SageMaker offers it neither network isolation nor a VPC',
  });
}

/**
 * Says why an update does without a way back where a challenger was chosen, and SageMaker has none between other
 * variants.
 */
export function acknowledgeUpdateAtOnce(on: IConstruct): void {
  acknowledge(on, {
    id: 'MLOPS-SRV-02',
    reason:
      'a challenger was chosen: it comes and goes at once, because SageMaker moves traffic step by step only between variants of the same names',
  });
}

/** Says why the endpoint around a component can do without alarms. */
export function acknowledgeEmptyEndpoint(on: IConstruct): void {
  acknowledge(on, {
    id: 'MLOPS-SRV-02',
    reason:
      'the endpoint is only the machines of its component: the component gets new versions, and rolls back on alarms',
  });
}

/** Says why a rollout workflow can do without alarms: only for a person who asks for it. */
export function acknowledgeIgnoredAlarms(on: IConstruct): void {
  acknowledge(on, {
    id: 'MLOPS-SRV-02',
    reason:
      'a rollout rolls back on alarms, except one that a person starts with ignoreAlarms: SageMaker rolls back every update while alarms of the live version fire',
  });
}

/** The name of the alarm that wakes the endpoint; fixed, because the rollout workflow makes it too. */
export function wakeUpAlarmName(endpointName: string): string {
  return `${endpointName}-wake-up`;
}
