import { aws_cloudwatch as cloudwatch, aws_s3 as s3, aws_sqs as sqs, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CAPTURE_PREFIX } from './private/serving/capture';
import { ServingEndpointAttributes } from './serving-endpoint-attributes';
import { ServingEndpointBase } from './serving-endpoint-base';
import { requireTexts } from '../core/private/texts';
import { speakerFor } from '../core/private/validation';

/**
 * An endpoint of another stack or tool: its attributes are given, its rollouts are unknown.
 *
 * @internal
 */
export class ImportedEndpoint extends ServingEndpointBase {
  public readonly mode = 'imported';
  public readonly instanceType?: string;
  public readonly inferenceComponentName?: string;
  public readonly captureBucket?: s3.IBucket;
  public readonly capturePrefix?: string;
  public readonly rollbackAlarms: cloudwatch.IAlarm[] = [];
  public readonly rolloutStateMachine?: sfn.IStateMachine;
  public readonly deadLetterQueue?: sqs.IQueue;

  public constructor(scope: Construct, id: string, private readonly attributes: ServingEndpointAttributes) {
    super(scope, id);
    requireTexts(speakerFor('serving endpoint', scope, id), attributes, {
      endpointName: 'text',
      instanceType: 'text?',
      inferenceComponentName: 'text?',
      capturePrefix: 'text?',
    });
    this.instanceType = attributes.instanceType;
    this.inferenceComponentName = attributes.inferenceComponentName;
    this.captureBucket = attributes.captureBucket;
    this.capturePrefix = attributes.captureBucket && (attributes.capturePrefix ?? CAPTURE_PREFIX);
  }

  /** @internal */
  protected _nameFor(): string {
    return this.attributes.endpointName;
  }
}
