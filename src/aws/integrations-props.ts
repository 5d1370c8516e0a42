import {
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_route53 as route53,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
  RemovalPolicy,
} from 'aws-cdk-lib';
import { IDataLake } from './data-lake-props';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** Size and version of one server that the stack hosts. */
export interface IntegrationServerOptions {
  /**
   * Tag of the image: another version of the server. Its database is migrated when it starts.
   *
   * @default - the version that this library was made for
   */
  readonly imageTag?: string;
  /**
   * CPU of the task: 256, 512, 1024, 2048, 4096, 8192 or 16384 units.
   *
   * @default - what the system needs
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
   */
  readonly cpu?: number;
  /**
   * Memory of the task, in MiB; which sizes there are depends on `cpu`.
   *
   * @default - what the system needs
   */
  readonly memoryLimitMiB?: number;
  /**
   * Machine of the database.
   *
   * @default - db.t4g.micro
   */
  readonly databaseInstanceType?: ec2.InstanceType;
  /**
   * Disk of the database, in GiB, 20 to 65536; it grows on its own to five times that.
   *
   * @default 20
   */
  readonly databaseStorageGiB?: number;
  /**
   * Whether the database has a standby in a second zone, which takes over by itself and doubles its price.
   *
   * @default false
   */
  readonly multiAz?: boolean;
}

/** Systems that are used on AWS, without the lake, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * Secrets of AWS Secrets Manager by the names that the integrations use: for one that has a key of its own, is in
   * another account or is made in this app.
   *
   * @default - the secret of that name in the account and region of the stack, which must exist when something reads it
   */
  readonly secrets?: { [name: string]: secretsmanager.ISecret };
  /**
   * Network of the servers that the stack hosts.
   *
   * @default - in a blueprint the network of the notebooks; elsewhere it must be given for a server
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of servers, load balancers and databases, in two zones.
   *
   * @default - the private subnets, or the isolated ones where there are none
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Registries that mirror the public ones of the servers' images, `{ 'docker.io':
   * '111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub' }`: the pull-through cache of Amazon ECR is one. A network
   * without a way to the internet needs it.
   *
   * @default - images come from their own registries
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   */
  readonly imageRegistries?: { [registry: string]: string };
  /**
   * Certificate of the servers' names in `hostedZone`, `*.ml.example.com`: the load balancers speak HTTPS.
   *
   * @default - the load balancers speak HTTP, inside the network only
   */
  readonly certificate?: acm.ICertificate;
  /**
   * Zone that the servers get names in, `prefect.ml.example.com`; a private zone of the network will do. It goes with
   * `certificate`.
   *
   * @default - the names that the load balancers have
   */
  readonly hostedZone?: route53.IHostedZone;
  /**
   * Sizes and versions of servers, by the system's id.
   *
   * @default - what each system needs
   */
  readonly servers?: { [id: string]: IntegrationServerOptions };
  /**
   * Topic that is notified of the servers' alarms, and of alerts of Prometheus that no monitoring stack takes.
   *
   * @default - in a blueprint that of its monitoring; elsewhere no one is notified: give `alarms` to a monitoring stack
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * Removal policy of databases and of the secrets made for them. DESTROY needs the context flag `mlops:allowDestroy`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Systems that are used on AWS. */
export interface IntegrationsProps extends IntegrationsOptions {
  /** The lake, whose bucket of artifacts holds the files of clients and servers under `integrations/`. */
  readonly data: IDataLake;
}
