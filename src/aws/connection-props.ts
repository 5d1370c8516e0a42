import { aws_ec2 as ec2, aws_iam as iam, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A system as its clients see it: `Integrations` offers one for each, and everything that runs the user's code takes
 * them as `connections`.
 *
 * Where a service takes secrets by reference (a container of Amazon ECS) it gets them so. Jobs, endpoints and notebooks
 * of SageMaker get the reference instead, as `MLOPS_SECRET_<VARIABLE>_REF`: `mlops_runtime` reads the secret when the
 * container starts, as the job's own role, and sets `<VARIABLE>`.
 */
export interface IConnection extends IConstruct {
  /** Id of the system: `weights-and-biases`. */
  readonly id: string;
  /** Plain environment variables of a client. */
  readonly environment: { [name: string]: string };
  /** Secrets of a client, by the variable that it reads each of them from. */
  readonly secretReferences: { [variable: string]: secretsmanager.ISecret };
  /** Whether the system is a service on the internet, which a network without a way out does not reach. */
  readonly needsInternet: boolean;
  /**
   * Network rules of a system that the stack hosts, with its port: `networkRules.allowDefaultPortFrom(client)`.
   *
   * @default - undefined: the system is outside the network of the stack
   */
  readonly networkRules?: ec2.Connections;
  /** Allows reading the secrets of a client, and what the lake holds of it; no others. */
  grantUse(grantee: iam.IGrantable): iam.Grant;
}
