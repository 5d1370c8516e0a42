import {
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  aws_ecs as ecs,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConnectionReach, IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IntegrationsProps } from './integrations-props';
import { stableName } from './private/base/names';
import { isWithoutWayOut } from './private/base/network-interfaces';
import { watchRegion } from './private/base/regions';
import { statefulRemoval } from './private/data/removal';
import { checkIntegrations, checkUsed } from './private/integrations/checks';
import { writeClientFiles } from './private/integrations/client-files';
import { SystemConnection } from './private/integrations/connection';
import { ContainerService } from './private/integrations/container-service';
import { newDeltaTables } from './private/integrations/delta-tables';
import { newCluster, serverImage, serverSubnets } from './private/integrations/place';
import { PrometheusWorkspace } from './private/integrations/prometheus-workspace';
import { secretsOf } from './private/integrations/secrets';
import { trainingSteps } from './private/integrations/training-steps';
import { CACHE_WITH_TRIGGERS } from './private/training/checks';
import { TrainingPipeline } from './training-pipeline';
import { ServerFacts, System } from '../core/integrations/system';
import { PROMETHEUS } from '../core/integrations/systems/prometheus';
import { flowFiles } from '../core/private/integrations/flows';
import {
  clientEndpoint, clientSettings, connectionAmong, filesVariable, hostOf, IntegrationPlan, isOnInternet, planOf,
} from '../core/private/integrations/plan';
import { refuseBecause, Speaker, speakerFor } from '../core/private/validation';

/**
 * The systems that a team uses beside the cloud, hosted where they have to be and connected to whatever is given their
 * `connections`.
 *
 * A server is a task of Amazon ECS on Fargate with a database of Amazon RDS, behind a load balancer of the network; who
 * is connected reaches it, nobody else.
 *
 * A secret is named, never held: its value is written into AWS Secrets Manager by whoever operates the stack, and read
 * by what runs when it starts.
 *
 * Children: one for each system, by its id, and `Cluster` where one is hosted. A connection costs nothing; a server about
 * 70 USD a month: the task 36 for one vCPU and 2 GiB, the load balancer 18, the database 15. A workspace of Prometheus
 * costs by sample, and what drift runs write is less than a cent.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, ContainerImage, Integration, SecretName } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const registry = new aws.ModelRegistry(stack, 'Registry', { modelName: 'churn' });
 * const integrations = new aws.Integrations(stack, 'Integrations', {
 *   data,
 *   use: [Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') })],
 * });
 * new aws.TrainingPipeline(stack, 'Training', {
 *   data,
 *   registry,
 *   connections: integrations.connections,
 *   image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1'),
 * });
 */
export class Integrations extends Construct {
  /** One for each system, in the order of `use`. */
  public readonly connections: IConnection[];
  /** Alarms of the servers that the stack hosts: give them to a monitoring stack, or to `alarmTopic` here. */
  public readonly alarms: cloudwatch.IAlarm[] = [];

  private readonly removalPolicy: RemovalPolicy;
  private readonly systems: readonly System[];
  private readonly data: IDataLake;
  private cluster?: ecs.ICluster;
  private readonly who: Speaker;

  public constructor(scope: Construct, id: string, props: IntegrationsProps) {
    super(scope, id);
    watchRegion(this);
    this.who = speakerFor('integrations', scope, id);
    checkIntegrations(this.who, props);
    this.removalPolicy = statefulRemoval(this, this.who, props.removalPolicy);
    const plans = props.use.map((each) => planOf(this.who, each, 'aws'));
    checkUsed(this.who, plans, props);
    this.systems = plans.map(({ system }) => system);
    this.data = props.data;
    this.connections = plans.map((each) => this.connect(each, props));
  }

  /**
   * The connection of one system.
   *
   * @param system id of the system, `weights-and-biases`
   */
  public connectionOf(system: string): IConnection {
    return connectionAmong(this.who, this.connections, system);
  }

  /**
   * Writes a file for each orchestrator (Airflow, Prefect, Dagster, ZenML) that starts a training and follows it: a DAG,
   * a flow, a job, a pipeline. Whoever runs it needs `training.grantStart` and `training.grantRead`.
   *
   * @param training the training
   * @param name name of the flow, the model's for instance
   * @returns addresses of the files, by the system's id
   */
  public followTraining(training: TrainingPipeline, name: string): { [system: string]: string } {
    const { cachesSteps, pipelineName } = training;
    if (cachesSteps) refuseBecause(this.who, CACHE_WITH_TRIGGERS);
    const steps = trainingSteps({ name, pipelineName, region: Stack.of(training).region });
    const files: { [system: string]: string } = {};
    for (const { content, path, system } of flowFiles(this.who, this.systems, steps)) {
      const place = this.node.findChild(system) as Construct;
      const folder = `${folderOf(place)}flows/`;
      writeClientFiles(new Construct(place, `Flow-${name}`), {
        data: this.data,
        folder,
        files: { [path]: content },
      });
      files[system] = this.data.artifactBucket.s3UrlForObject(`${folder}${path}`);
    }
    return files;
  }

  private connect(plan: IntegrationPlan, props: IntegrationsProps): IConnection {
    const { id, title } = plan.system;
    const scope = new Construct(this, id);
    const folder = folderOf(scope);
    if (plan.isManaged && plan.system !== PROMETHEUS) {
      refuseBecause(this.who, `${title}: its service on AWS is not made here: give endpoint`);
    }
    const metricsWorkspace = plan.isManaged
      ? new PrometheusWorkspace(scope, {
        alarmTopic: props.alarmTopic, encryptionKey: props.data.encryptionKey, removalPolicy: this.removalPolicy,
      })
      : undefined;
    const server = plan.server && this.host(scope, plan, plan.server, props);
    const endpoint = server !== undefined ? clientEndpoint(plan, server.address) : (metricsWorkspace?.remoteWriteUrl ?? plan.endpoint);
    const address = server?.address ?? plan.endpoint;
    const store = props.data.artifactBucket.s3UrlForObject(`${folder}store`);
    if (plan.tables !== undefined) newDeltaTables(scope, { tables: plan.tables, data: props.data, address: store });
    const { files, variables } = clientSettings(plan, {
      endpoint,
      host: address === undefined ? undefined : hostOf(address),
      region: Stack.of(this).region,
      store,
    });
    const made = Object.entries(server === undefined ? {} : (plan.client.serverSecrets ?? {}));
    const { artifactBucket: bucket, encryptionKey } = props.data;
    const clientFolder = `${folder}client/`;
    const hasFiles = Object.keys(files).length > 0;
    if (hasFiles) writeClientFiles(scope, { data: props.data, files, folder: clientFolder });
    return new SystemConnection(scope, {
      id,
      environment: {
        ...variables,
        ...(hasFiles ? { [filesVariable(id)]: bucket.s3UrlForObject(clientFolder) } : {}),
      },
      secretReferences: {
        ...secretsOf(scope, this.who, plan, props.secrets),
        ...Object.fromEntries(made.map(([variable, name]) => [variable, server!.secrets[name]])),
      },
      reach: server !== undefined ? ConnectionReach.NETWORK : isOnInternet(plan) ? ConnectionReach.INTERNET : undefined,
      networkRules: server?.networkRules,
      metricsWorkspace,
      folders: [
        ...(hasFiles ? [{ bucket, encryptionKey, prefix: clientFolder, may: ['read' as const] }] : []),
        ...(plan.client.store
          ? [
            {
              bucket,
              encryptionKey,
              prefix: `${folder}store/`,
              may: ['read' as const, 'write' as const, 'delete' as const],
            },
          ]
          : []),
      ],
    });
  }

  private host(
    scope: Construct,
    plan: IntegrationPlan,
    server: ServerFacts,
    props: IntegrationsProps,
  ): ContainerService {
    const { id, title } = plan.system;
    const vpc =
      props.vpc ??
      refuseBecause(this.who, `${title} is hosted in a network: give vpc, or the endpoint of a server that exists`);
    const subnets = serverSubnets(this.who, vpc, props.vpcSubnets);
    const image = serverImage(this, this.who, title, {
      repository: server.repository,
      tag: props.servers?.[id]?.imageTag ?? server.tag,
      registries: props.imageRegistries ?? {},
      isIsolated: isWithoutWayOut(vpc, vpc.selectSubnets(subnets).subnetIds),
    });
    this.cluster ??= newCluster(this, vpc);
    const service = new ContainerService(scope, {
      ...image,
      id,
      title,
      server,
      vpc,
      subnets,
      cluster: this.cluster,
      values: plan.options,
      options: props.servers?.[id] ?? {},
      data: props.data,
      storePrefix: `${folderOf(scope)}store/`,
      certificate: props.certificate,
      hostedZone: props.hostedZone,
      removalPolicy: this.removalPolicy,
    });
    for (const alarm of service.alarms) {
      this.alarms.push(alarm);
      if (props.alarmTopic !== undefined) alarm.addAlarmAction(new actions.SnsAction(props.alarmTopic));
    }
    return service;
  }
}

/** Folder of one system in the lake's bucket of artifacts: by the name of these integrations, because a lake may be shared. */
function folderOf(system: Construct): string {
  return `integrations/${stableName(system, undefined, 63)}/`;
}
