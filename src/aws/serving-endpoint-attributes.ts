import { aws_s3 as s3 } from 'aws-cdk-lib';

/** Attributes of an existing endpoint. */
export interface ServingEndpointAttributes {
  /** Name of the endpoint; its variant must be `AllTraffic`. */
  readonly endpointName: string;
  /**
   * Type of its machines.
   *
   * @default - not known
   */
  readonly instanceType?: string;
  /**
   * Name of the component that holds the model.
   *
   * @default - the endpoint has no components
   */
  readonly inferenceComponentName?: string;
  /**
   * Where it records requests and answers.
   *
   * @default - it records nothing
   */
  readonly captureBucket?: s3.IBucket;
  /**
   * Prefix of the records, without a slash at the end.
   *
   * @default 'capture'
   */
  readonly capturePrefix?: string;
}
