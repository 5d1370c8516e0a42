import { hostedPlan, IntegrationPlan, requireIntegrations, requireNamedSecrets } from '../../../core/private/integrations/plan';
import {
  refuse, refuseBecause, requireInteger, requireMatch, Speaker, speakerForPart,
} from '../../../core/private/validation';
import { IntegrationServerOptions, IntegrationsProps } from '../../integrations-props';

/** Refuses integrations that are none or come twice, and settings that contradict each other. */
export function checkIntegrations(who: Speaker, props: IntegrationsProps): void {
  requireIntegrations(who, props.use);
  if ((props.certificate === undefined) !== (props.hostedZone === undefined)) {
    refuseBecause(who, 'certificate and hostedZone go together: a certificate is for names, and the zone has them');
  }
  for (const [registry, mirror] of Object.entries(props.imageRegistries ?? {})) {
    requireMatch(
      who,
      `imageRegistries['${registry}']`,
      mirror,
      /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/,
      'a registry with a path, without a slash at the end',
    );
  }
}

/** Refuses settings of what no integration has. */
export function checkUsed(who: Speaker, plans: readonly IntegrationPlan[], props: IntegrationsProps): void {
  requireNamedSecrets(who, props.secrets, plans);
  for (const [id, options] of Object.entries(props.servers ?? {})) {
    checkServer(speakerForPart(who, 'server', id), options, hostedPlan(who, 'servers', id, plans));
  }
  const idle = (['vpcSubnets', 'imageRegistries', 'certificate', 'hostedZone', 'alarmTopic'] as const)
    .filter((prop) => prop !== 'alarmTopic' || !plans.some(({ isManaged }) => isManaged))
    .find((prop) => props[prop] !== undefined);
  if (plans.every(({ server }) => server === undefined) && idle !== undefined) {
    refuseBecause(who, `${idle} is about servers, and none is hosted here: leave it out`);
  }
}

function checkServer(who: Speaker, options: IntegrationServerOptions, { server }: IntegrationPlan): void {
  requireMatch(who, 'imageTag', options.imageTag, /^\w[\w.-]{0,127}$/, 'the tag of an image');
  requireInteger(who, 'databaseStorageGiB', options.databaseStorageGiB, 20, 65536);
  if (options.cpu !== undefined && !(options.cpu in MEMORY)) {
    refuse(who, 'cpu', options.cpu, `one of ${Object.keys(MEMORY).join(', ')}`);
  }
  const cpu = options.cpu ?? server!.cpu * 1024;
  const [least, most, step] = MEMORY[cpu];
  const memory = options.memoryLimitMiB;
  if (
    memory !== undefined &&
    (memory < least || memory > most || (memory - least) % step !== 0) &&
    !(cpu === 256 && memory === 512)
  ) {
    refuse(who, 'memoryLimitMiB', memory, `${least} to ${most} in steps of ${step} with ${cpu} units of CPU`);
  }
  const database = (['databaseInstanceType', 'databaseStorageGiB', 'multiAz'] as const).find(
    (prop) => options[prop] !== undefined,
  );
  if (server!.database === undefined && database !== undefined) {
    refuseBecause(who, `${database} is about a database, and it has none: leave it out`);
  }
}

/**
 * Memory of a task in MiB by its CPU: least, most, step.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const MEMORY: { readonly [cpu: number]: readonly [least: number, most: number, step: number] } = {
  256: [1024, 2048, 1024],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};
