import { Construct } from 'constructs';
import { newContainerService, probes, serviceAddress } from './container-service';
import { newDatabase, PrivateDatabase } from './database';
import { FeastStores } from './feast';
import { storeFolderOf } from './folders';
import { mirroredImage } from './images';
import { newScheduledTask, ScheduledTask } from './scheduled-task';
import { grantSecret, madeSecret, MadeSecret } from './secrets';
import { ServerFacts } from '../../../core/integrations/system';
import { containerProgram, ContainerSecret } from '../../../core/private/integrations/container';
import { IntegrationPlan } from '../../../core/private/integrations/plan';
import { Schedule } from '../../../core/schedule';
import { acknowledge } from '../../../terraform/acknowledge';
import { IDataLake } from '../../data-lake-props';
import { HostedSystemOptions } from '../../integrations-props';
import { ServiceAccount } from '../../service-account';

/** Parts of a system that the stack hosts. */
export interface HostedSystemInput {
  readonly plan: IntegrationPlan;
  readonly server: ServerFacts;
  readonly options: HostedSystemOptions;
  readonly region: string;
  readonly data: IDataLake;
  /** Stores of Feast. */
  readonly feast?: FeastStores;
  readonly isDestroyable: boolean;
}

/** A system that runs, as clients and alarms need it. */
export interface HostedSystem {
  readonly title: string;
  /** Address without the path of clients. */
  readonly uri: string;
  readonly host: string;
  readonly serviceName: string;
  /** Whether an instance is there all the time. */
  readonly isAlwaysOn: boolean;
  /** Name of the instance of Cloud SQL. */
  readonly databaseInstance?: string;
  /** Name of the job that does the server's work at the times of a schedule. */
  readonly task?: ScheduledTask;
  /** Secrets of the server, by name. */
  readonly secrets: { readonly [name: string]: MadeSecret };
}

/**
 * A server on Cloud Run with its database, its secrets and its place in the lake.
 *
 * It answers inside the networks of the project alone. Clients of these systems cannot send the ID token that Cloud Run
 * would check, so the server asks for its own secret instead.
 *
 * Children: `Server`, `ServiceAccount`, those of its task, `Database`, `Schema`, `User`, `Password`, and `Secret-<name>` for each secret.
 */
export function newHostedSystem(scope: Construct, images: Construct, input: HostedSystemInput): HostedSystem {
  const { plan, server, options, data, feast, isDestroyable } = input;
  const { encryptionKey } = data;
  const { title } = plan.system;
  const account = new ServiceAccount(scope, 'ServiceAccount', { displayName: `${title} of ${scope.node.path}` });
  const passwordVersion = options.passwordVersion ?? 1;
  const database = server.database && newDatabase(scope, {
    engine: server.database,
    name: plan.system.id.replace(/-/g, '_'),
    encryptionKey,
    client: account,
    tier: options.databaseTier ?? 'db-g1-small',
    highlyAvailable: options.highlyAvailable ?? false,
    passwordVersion,
    isDestroyable,
  });
  const secrets = Object.fromEntries((server.secrets ?? []).map((name) => [
    name, madeSecret(scope, `Secret-${name}`, { encryptionKey, version: options.secretVersion ?? 1, isDestroyable }),
  ]));
  const mayRead = Object.entries(secrets).map(([name, { reference, ready }]) =>
    grantSecret(scope, `secret ${name}`, reference, account, [ready]));
  const folder = storeFolderOf(scope);
  const address = serviceAddress(scope);
  const values = {
    ...plan.options,
    ...feast?.values,
    region: input.region,
    endpoint: address.uri,
    host: address.host,
    store: `gs://${data.artifactBucketName}/${folder.slice(0, -1)}`,
    ...(database === undefined ? {} : placesOf(database)),
  };
  const program = containerProgram(server, values);
  const image = options.image === undefined
    ? mirroredImage(images, imagesId(server), encryptionKey, `${server.repository}:${options.version ?? server.tag}`)
    : undefined;
  const [command, ...args] = program.command;
  const env = [
    ...Object.entries(program.variables).map(([name, value]) => ({ name, value })),
    ...Object.entries(program.secrets).map(([name, secret]) => ({
      name, valueSource: { secretKeyRef: versionOf(secret, database, secrets) },
    })),
  ];
  const limits = {
    cpu: `${options.cpu ?? leastCpu(server)}`,
    memory: `${options.memoryGiB ?? server.memoryGiB}Gi`,
  };
  const needs = [
    ...(database?.ready ?? []),
    ...mayRead,
    ...(server.store ? [data.grantReadWrite(account, folder)] : []),
    ...(feast === undefined ? [] : [...feast.ready, feast.grantServe(account)]),
    ...(image?.ready ?? []),
  ];
  const service = newContainerService(scope, 'Server', {
    address,
    description: `${title} of ${scope.node.path}`,
    encryptionKey,
    runsAs: account.email,
    publicAddress: false,
    checksCallers: false,
    // An open WebSocket is one long answer.
    timeoutSeconds: 3600,
    scaling: { minInstanceCount: server.scalesToZero ? 0 : 1, maxInstanceCount: 1 },
    container: {
      name: plan.system.id,
      image: image?.uri ?? options.image!,
      command: command === undefined ? undefined : [command],
      args: command === undefined ? undefined : args,
      ports: { containerPort: server.port },
      env,
      resources: {
        limits,
        cpuIdle: server.scalesToZero,
        startupCpuBoost: true,
      },
      ...probes(server.healthPath, server.port),
    },
    needs,
  });
  acknowledge(
    service,
    'MLOPS-NET-01',
    `it answers inside the networks of the project alone; clients of ${title} cannot send an ID token`,
  );
  const task = server.task && containerProgram({ ...server, ...server.task }, values);
  const scheduled = task && newScheduledTask(scope, {
    schedule: plan.feast?.materializeAt ?? Schedule.hourly(),
    runsAs: account.email,
    encryptionKey,
    container: {
      image: image?.uri ?? options.image!,
      command: [task.command[0]],
      args: [...task.command.slice(1)],
      env,
      resources: { limits },
    },
    // The server makes the registry when it first starts.
    needs: [...needs, service],
  });
  return {
    title,
    uri: address.uri,
    host: address.host,
    serviceName: service.name,
    isAlwaysOn: !server.scalesToZero,
    databaseInstance: database?.instance.name,
    task: scheduled,
    secrets,
  };
}

function placesOf({ host, port, name }: PrivateDatabase): { readonly [placeholder: string]: string } {
  return { 'database.host': host, 'database.port': `${port}`, 'database.name': name, 'database.user': name };
}

function versionOf(
  secret: ContainerSecret,
  database: PrivateDatabase | undefined,
  made: { readonly [name: string]: MadeSecret },
): { readonly secret: string; readonly version: string } {
  if (secret.kind === 'database-password') return database!.password;
  const { secret: name, version } = made[secret.name];
  return { secret: name, version };
}

/** Below one vCPU an instance answers one request at a time, and none while nobody asks. */
export function leastCpu({ cpu }: ServerFacts): number {
  return Math.max(1, cpu);
}

/** One mirror for each registry. */
function imagesId({ repository }: ServerFacts): string {
  return `Images-${repository.split('/')[0].replace(/\./g, '-')}`;
}
