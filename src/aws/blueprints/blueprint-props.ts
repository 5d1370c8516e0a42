import { aws_ec2 as ec2, aws_kms as kms, RemovalPolicy } from 'aws-cdk-lib';
import { MlopsIntent } from '../../core';
import { DeliveryEngine } from '../delivery-engine';

/** The intent, and what it runs on in this account. */
export interface BlueprintProps extends MlopsIntent {
  /**
   * Key for everything that is stored.
   *
   * @default - a key of the data lake's own, rotated every year
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Network of the notebooks (and, at level 2, of training and serving); it needs private subnets.
   *
   * A workspace cannot change its network later: decide at level 0.
   *
   * @default - a network of the workspace's own, without a path to the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The two zones of the workspace's own network, where the region's first two lack a service; not with `vpc`. They can never change.
   *
   * @default - the first two of the region
   */
  readonly availabilityZones?: string[];
  /**
   * What happens to data with the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * What runs the delivery, at level 2. An account can have GitHub's provider once: where it has, say `DeliveryEngine.gitHubActions({ provider })`.
   *
   * @default - GitHub Actions with a provider of the stack's own
   */
  readonly deliveryEngine?: DeliveryEngine;
}
