import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { RemovalPolicy } from './removal-policy';

/** A key of the customer's own (CMEK) that services encrypt with. */
export interface IEncryptionKey extends IConstruct {
  /** Id of the key, `projects/<id>/locations/<region>/keyRings/<ring>/cryptoKeys/<name>`. */
  readonly keyId: string;
  /**
   * Allows the agent of a Google service to encrypt and decrypt with the key; what is encrypted depends on the answer.
   *
   * @param service API of the service without its domain: `aiplatform`, `bigquery`, `storage`, `pubsub` …
   */
  grantServiceAgent(service: string): Grant;
}

/** A new key. */
export interface EncryptionKeyProps {
  /**
   * Days after which a new version of the key takes over, 1 to 365; what older versions encrypted stays readable.
   *
   * @default 90
   */
  readonly rotationDays?: number;
  /**
   * Whether the key is protected by a hardware module.
   *
   * @default false
   */
  readonly hardwareProtected?: boolean;
  /**
   * Removal policy of the key when it leaves the stack. DESTROY destroys its versions after 30 days, and with them all
   * that they encrypted; ring and key stay as empty names, so that the same stack cannot make them again without
   * importing them.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
