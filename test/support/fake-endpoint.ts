import { aws_cloudwatch as cloudwatch, aws_iam as iam, aws_s3 as s3, aws_sns as sns, aws_stepfunctions as sfn, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IWatchedEndpoint } from '../../src/aws/serving-endpoint-props';

/** What a test wants its endpoint to look like. */
export interface FakeEndpointProps {
  readonly mode?: string;
  readonly instanceType?: string;
  readonly inferenceComponentName?: string;
  readonly captureBucket?: s3.IBucket;
  readonly rollbackAlarms?: cloudwatch.IAlarm[];
  readonly maxErrorPercent?: number;
  readonly maxLatencyP99Ms?: number;
  readonly rolloutStateMachine?: sfn.IStateMachine;
}

/** An endpoint of any mode without its dozen of resources: what monitoring sees of one. */
export class FakeEndpoint extends Construct {
  public readonly endpointName = 'churn';
  public readonly endpointArn: string;
  public readonly variantName = 'AllTraffic';
  public readonly mode: string;
  public readonly instanceType?: string;
  public readonly inferenceComponentName?: string;
  public readonly captureBucket?: s3.IBucket;
  public readonly capturePrefix = 'capture';
  public readonly rollbackAlarms: cloudwatch.IAlarm[];
  public readonly maxErrorPercent?: number;
  public readonly maxLatencyP99Ms?: number;
  public readonly rolloutStateMachine?: sfn.IStateMachine;
  public readonly told: sns.ITopic[] = [];
  constructor(scope: Construct, id: string, props: FakeEndpointProps = {}) {
    super(scope, id);
    this.endpointArn = Stack.of(this).formatArn({ service: 'sagemaker', resource: 'endpoint', resourceName: this.endpointName });
    this.mode = props.mode ?? 'real-time';
    this.instanceType = props.instanceType;
    this.inferenceComponentName = props.inferenceComponentName;
    this.captureBucket = props.captureBucket;
    this.maxErrorPercent = props.maxErrorPercent;
    this.maxLatencyP99Ms = props.maxLatencyP99Ms;
    this.rollbackAlarms = props.rollbackAlarms ?? [];
    this.rolloutStateMachine = props.rolloutStateMachine;
  }
  public notifyOn(topic: sns.ITopic): void {
    this.told.push(topic);
  }
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.drop(grantee, 'fake');
  }
  public asEndpoint(): IWatchedEndpoint {
    return this as unknown as IWatchedEndpoint;
  }
}
