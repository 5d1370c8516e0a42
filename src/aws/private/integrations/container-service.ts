import {
  aws_certificatemanager as acm,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  aws_route53 as route53,
  aws_route53_targets as route53targets,
  aws_secretsmanager as secretsmanager,
  Duration,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DATABASE, newDatabase, ServerDatabase } from './database';
import { bareSecret, grantSecret, madeSecret } from './secrets';
import { serverAlarms } from './server-alarms';
import { ServerFacts } from '../../../core/integrations/system';
import { containerProgram } from '../../../core/private/integrations/container';
import { PlaceholderValues } from '../../../core/private/integrations/placeholders';
import { IDataLake } from '../../data-lake-props';
import { IntegrationServerOptions } from '../../integrations-props';
import { acknowledge, acknowledgePolicies, acknowledgeRedundantDependency, skipInCheckov } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { PULL_REASON } from '../base/image';
import { pathText } from '../base/names';
import { afterPolicies } from '../base/ordering';
import { grantObjects } from '../data/bucket-access';

/** Settings of a server as a container. */
export interface ServerInput {
  readonly id: string;
  readonly title: string;
  readonly server: ServerFacts;
  /** Values of the system's options, as placeholders. */
  readonly values: PlaceholderValues;
  readonly options: IntegrationServerOptions;
  readonly cluster: ecs.ICluster;
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** Address of the image. */
  readonly imageUri: string;
  /** ARN of the repository in Amazon ECR, where the image comes from one. */
  readonly repositoryArn?: string;
  readonly data: IDataLake;
  /** Place of the server's files in the lake's bucket of artifacts, with a slash at the end. */
  readonly storePrefix: string;
  readonly certificate?: acm.ICertificate;
  readonly hostedZone?: route53.IHostedZone;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * One server as a task of Amazon ECS on Fargate, behind a load balancer that only the network reaches, with a database of
 * its own.
 *
 * Children: `Task`, `Service`, `Balancer`, `Database` and what belongs to it, `Secret-<name>`, `Logs`, alarms. The service
 * keeps one task; an update starts the next one beside it, and rolls back by itself when that does not get healthy.
 */
export class ContainerService {
  /** Address of the server, without a slash at the end. */
  public readonly address: string;
  /** Network rules of the load balancer, with its port. */
  public readonly networkRules: ec2.Connections;
  /** Secrets that were made, by name. */
  public readonly secrets: { readonly [name: string]: secretsmanager.ISecret };
  public readonly alarms: cloudwatch.Alarm[];

  private readonly database?: ServerDatabase;

  public constructor(
    private readonly scope: Construct,
    private readonly input: ServerInput,
  ) {
    const { data, removalPolicy, server } = input;
    const { encryptionKey } = data;
    this.secrets = Object.fromEntries((server.secrets ?? []).map((name) => [name, madeSecret(scope, `Secret-${name}`, {
      description: `Secret '${name}' of ${scope.node.path}`, encryptionKey, removalPolicy,
    })]));
    this.database = server.database && newDatabase(scope, { kind: server.database, encryptionKey, ...input });
    const balancer = this.newBalancer();
    const { certificate, hostedZone } = input;
    const host = hostedZone === undefined ? balancer.loadBalancerDnsName : `${input.id}.${hostedZone.zoneName}`;
    this.address = `${certificate === undefined ? 'http' : 'https'}://${host}`;
    this.networkRules = new ec2.Connections({
      securityGroups: balancer.connections.securityGroups,
      defaultPort: ec2.Port.tcp(certificate === undefined ? 80 : 443),
    });
    const service = this.newService(this.newTask(host));
    const target = this.serve(balancer, service);
    if (hostedZone !== undefined) {
      new route53.ARecord(scope, 'Name', {
        zone: hostedZone,
        recordName: input.id,
        target: route53.RecordTarget.fromAlias(new route53targets.LoadBalancerTarget(balancer)),
      });
    }
    this.alarms = serverAlarms(scope, {
      title: input.title,
      target,
      database: this.database?.instance,
      storageGiB: input.options.databaseStorageGiB ?? 20,
    });
  }

  private newTask(host: string): ecs.FargateTaskDefinition {
    const { data, id, options, removalPolicy, server, storePrefix, values } = this.input;
    const program = containerProgram(server, {
      ...values,
      'endpoint': this.address,
      host,
      'region': Stack.of(this.scope).region,
      'store': data.artifactBucket.s3UrlForObject(storePrefix.replace(/\/$/, '')),
      'database.host': this.database?.instance.dbInstanceEndpointAddress,
      'database.port': this.database && String(this.database.port),
      'database.name': DATABASE.name,
      'database.user': DATABASE.user,
    });
    const cpu = options.cpu ?? server.cpu * 1024;
    const task = new ecs.FargateTaskDefinition(this.scope, 'Task', {
      cpu,
      memoryLimitMiB: options.memoryLimitMiB ?? Math.max(server.memoryGiB * 1024, cpu * 2),
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.X86_64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      taskRole: this.newRole('TaskRole', 'Runs', ofThisAccount(this.scope, ECS)),
      // The condition is documented for task roles only: a service that does not send its key could start nothing.
      executionRole: this.newRole('ExecutionRole', 'Starts', new iam.ServicePrincipal(ECS)),
    });
    const logGroup = new logs.LogGroup(this.scope, 'Logs', {
      encryptionKey: data.encryptionKey, retention: logs.RetentionDays.ONE_YEAR, removalPolicy,
    });
    const [entryPoint, ...command] = program.command;
    const secrets = Object.entries(program.secrets).map(([variable, secret]) =>
      [variable, secret.kind === 'made' ? this.secrets[secret.name] : this.database!.password] as const);
    for (const [, secret] of secrets) grantSecret(secret, task.executionRole!);
    task.addContainer('Server', {
      containerName: CONTAINER,
      image: ecs.ContainerImage.fromRegistry(this.input.imageUri),
      entryPoint: entryPoint === undefined ? undefined : [entryPoint],
      command: entryPoint === undefined ? undefined : command,
      environment: { ...program.variables },
      secrets: Object.fromEntries(
        secrets.map(([variable, secret]) => [variable, ecs.Secret.fromSecretsManager(bareSecret(secret))]),
      ),
      portMappings: [{ containerPort: server.port }],
      logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: id, mode: ecs.AwsLogDriverMode.NON_BLOCKING }),
      essential: true,
      privileged: false,
    });
    if (this.input.repositoryArn !== undefined) this.grantPull(task.executionRole!, this.input.repositoryArn);
    if (server.store) {
      grantObjects(task.taskRole, {
        bucket: data.artifactBucket, encryptionKey: data.encryptionKey, prefix: storePrefix, may: ['read', 'write', 'delete'],
      });
    }
    acknowledge(task, {
      id: 'AwsSolutions-ECS2',
      reason: 'plain variables hold settings; secrets are references that Amazon ECS resolves',
    });
    skipInCheckov(task, 'the server writes temporary files', 'CKV_AWS_336');
    return task;
  }

  private newRole(id: string, verb: string, assumedBy: iam.IPrincipal): iam.Role {
    const role = new iam.Role(this.scope, id, {
      description: `${verb} the server ${pathText(this.scope)}`,
      assumedBy,
    });
    acknowledgePolicies(role, [[/^Resource::\*$/, PULL_REASON]]);
    return role;
  }

  /** A pull-through cache fetches an image, and makes its repository, when it is first asked for. */
  private grantPull(role: iam.IRole, repositoryArn: string): void {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:GetDownloadUrlForLayer',
          'ecr:BatchGetImage',
          'ecr:BatchImportUpstreamImage',
          'ecr:CreateRepository',
        ],
        resources: [repositoryArn],
      }),
    );
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  }

  private newService(taskDefinition: ecs.FargateTaskDefinition): ecs.FargateService {
    const { cluster, subnets: vpcSubnets, vpc } = this.input;
    const securityGroup = new ec2.SecurityGroup(this.scope, 'SecurityGroup', {
      vpc,
      description: 'A server: its load balancer gets in; it gets to its database and, by HTTPS, to AWS services',
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'images, secrets, logs and S3');
    const service = new ecs.FargateService(this.scope, 'Service', {
      cluster,
      taskDefinition,
      desiredCount: 1,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      assignPublicIp: false,
      vpcSubnets,
      securityGroups: [securityGroup],
      platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.minutes(10),
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    if (this.database !== undefined) {
      const { instance, port } = this.database;
      instance.connections.allowFrom(securityGroup, ec2.Port.tcp(port), 'its server');
      service.node.addDependency(instance);
    }
    acknowledgeRedundantDependency(service);
    afterPolicies(service, taskDefinition.taskRole, taskDefinition.executionRole!);
    return service;
  }

  private newBalancer(): elbv2.ApplicationLoadBalancer {
    const { subnets: vpcSubnets, vpc } = this.input;
    const securityGroup = new ec2.SecurityGroup(this.scope, 'BalancerSecurityGroup', {
      vpc, description: 'Load balancer of a server: connections get in', allowAllOutbound: false,
    });
    const balancer = new elbv2.ApplicationLoadBalancer(this.scope, 'Balancer', {
      vpc, vpcSubnets, securityGroup, internetFacing: false, dropInvalidHeaderFields: true,
    });
    const logged = 'only machines that were connected reach it, and the server logs their requests';
    acknowledge(balancer,
      { id: 'AwsSolutions-ELB2', reason: logged },
      { id: 'NIST.800.53.R5-ELBLoggingEnabled', reason: logged },
      { id: 'NIST.800.53.R5-ALBWAFEnabled', reason: 'no address on the internet leads to it' },
      { id: 'NIST.800.53.R5-ELBDeletionProtectionEnabled', reason: STATELESS });
    skipInCheckov(balancer, logged, 'CKV_AWS_91');
    skipInCheckov(balancer, STATELESS, 'CKV_AWS_150');
    return balancer;
  }

  private serve(balancer: elbv2.ApplicationLoadBalancer, service: ecs.FargateService): elbv2.ApplicationTargetGroup {
    const { certificate, server } = this.input;
    const listener = balancer.addListener('Listener', {
      open: false,
      ...(certificate === undefined
        ? { port: 80, protocol: elbv2.ApplicationProtocol.HTTP }
        : {
          port: 443,
          protocol: elbv2.ApplicationProtocol.HTTPS,
          certificates: [certificate],
          sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
        }),
    });
    if (certificate === undefined) {
      const reason =
        'no certificate was given: requests are plain inside the network, where only connected machines may send them';
      acknowledge(listener,
        { id: 'NIST.800.53.R5-ALBHttpToHttpsRedirection', reason }, { id: 'NIST.800.53.R5-ELBv2ACMCertificateRequired', reason });
      skipInCheckov(listener, reason, 'CKV_AWS_2', 'CKV_AWS_103');
    }
    const target = listener.addTargets('Server', {
      port: server.port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [service.loadBalancerTarget({ containerName: CONTAINER, containerPort: server.port })],
      healthCheck: { path: server.healthPath, healthyHttpCodes: '200', interval: Duration.seconds(30), timeout: Duration.seconds(10) },
      deregistrationDelay: Duration.seconds(30),
    });
    return target;
  }
}

const CONTAINER = 'server';
const ECS = 'ecs-tasks.amazonaws.com';
const STATELESS = 'it holds nothing: a stack that goes takes it along';
