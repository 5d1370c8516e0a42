import { aws_ec2 as ec2, aws_iam as iam, aws_secretsmanager as secretsmanager, aws_sns as sns } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A system as its clients see it: `Integrations` offers one for each, and everything that runs the user's code takes
 * them as `connections`.
 *
 * It holds no secret. Where a service takes secrets by reference (a container of Amazon ECS) it gets them so. Jobs,
 * endpoints and notebooks of SageMaker get the reference instead, as `MLOPS_SECRET_<VARIABLE>_REF`: `mlops_runtime`
 * reads the secret when the container starts, as the job's own role, and sets `<VARIABLE>`.
 */
export interface IConnection extends IConstruct {
  /** Id of the system, `weights-and-biases`; errors name it. */
  readonly id: string;
  /** Plain environment variables of a client. */
  readonly environment: { [name: string]: string };
  /** Secrets of a client, by the variable that they become. */
  readonly secretReferences: { [variable: string]: secretsmanager.ISecret };
  /** From where the system answers; undefined where that is not known: any place is then taken to reach it. */
  readonly reach?: ConnectionReach;
  /**
   * Network rules of a system that the stack hosts, with its port: `networkRules.allowDefaultPortFrom(client)`;
   * undefined where the system is elsewhere.
   */
  readonly networkRules?: ec2.Connections;
  /** Workspace of Prometheus that the connection writes to; a monitoring stack puts its rules there. */
  readonly metricsWorkspace?: IMetricsWorkspace;
  /** Allows what the connection needs: reading its secrets and files, no others. */
  grantUse(grantee: iam.IGrantable): iam.Grant;
}

/** A workspace of Amazon Managed Service for Prometheus. */
export interface IMetricsWorkspace extends IConstruct {
  /** ARN of the workspace. */
  readonly workspaceArn: string;
  /**
   * Sends the alerts of one monitoring stack to a topic.
   *
   * @param model value of the label `ml_model` of the alerts
   * @param topic topic of the stack of the workspace, or of no stack of this app
   */
  sendAlerts(model: string, topic: sns.ITopic): void;
}

/** From where a connected system answers. */
export enum ConnectionReach {
  /** On the internet alone: a place in a network reaches it where that network has a way out. */
  INTERNET = 'internet',
  /** In the network of the stack alone: jobs and endpoints in SageMaker's own network do not reach it. */
  NETWORK = 'network',
}
