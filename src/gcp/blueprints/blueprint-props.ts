import { MlopsIntent } from '../../core';
import { DeliveryEngine } from '../delivery-engine';
import { IEncryptionKey } from '../encryption-key-props';
import { RemovalPolicy } from '../removal-policy';

/** The intent, and what it runs on in this project. Project, region and network are those of the stack's `GoogleProject`. */
export interface BlueprintProps extends MlopsIntent {
  /**
   * Key for everything that is stored, in the region of the stack.
   *
   * @default - a key of the data lake's own, rotated every 90 days
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * What happens to data with the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Who each notebook belongs to, a mail address by the name in `workspace.users`; it cannot change later.
   *
   * @default - a notebook belongs to nobody: `blueprint.workspace.grantOpen` says who may open it
   */
  readonly notebookOwners?: { [user: string]: string };
  /**
   * Billing account of the budget, `012345-678901-ABCDEF`.
   *
   * @default - that of the project
   */
  readonly billingAccount?: string;
  /**
   * What runs the delivery, at level 2.
   *
   * @default - GitHub Actions with a workload identity pool of the stack's own
   */
  readonly deliveryEngine?: DeliveryEngine;
}
