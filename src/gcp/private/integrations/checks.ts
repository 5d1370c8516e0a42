import { requireDatabaseTier } from './database';
import { leastCpu } from './hosted-system';
import { Cloud, Parity } from '../../../core/parity';
import { hostedPlan, IntegrationPlan, requireNamedSecrets } from '../../../core/private/integrations/plan';
import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireInteger, requireMatch, requireRange, Speaker } from '../../../core/private/validation';
import { HostedSystemOptions, IntegrationsProps } from '../../integrations-props';

/** Refuses what Secret Manager, Cloud Run or Cloud SQL would refuse later. */
export function checkIntegrations(who: Speaker, props: IntegrationsProps, plans: readonly IntegrationPlan[]): void {
  Parity._refuse(who, 'IntegrationsIntent', Cloud.GCP, props);
  requireTexts(who, props, { secrets: 'named texts?', notificationChannels: 'texts?' });
  const managed = plans.find(({ isManaged }) => isManaged);
  if (managed !== undefined) {
    refuseBecause(who, `${managed.system.title}: Google's own service of it is not made here yet: say IntegrationHosting.SERVICE, or give its endpoint`);
  }
  checkSecrets(who, props, plans);
  for (const [id, options] of Object.entries(props.hosted ?? {})) {
    checkHosted(who, `hosted.${id}`, options, hostedPlan(who, 'hosted', id, plans));
  }
  // A blueprint's are known once its monitoring is made.
  const channels = props.notificationChannels ?? [];
  for (const name of Token.isUnresolved(channels) ? [] : channels) {
    requireMatch(who, 'notificationChannels', name, /^projects\/[^/]+\/notificationChannels\/[^/]+$/, 'names like projects/<id>/notificationChannels/<number>');
  }
}

function checkSecrets(who: Speaker, { secrets = {} }: IntegrationsProps, plans: readonly IntegrationPlan[]): void {
  requireNamedSecrets(who, secrets, plans);
  for (const [name, secret] of Object.entries(secrets)) {
    requireKnownText(who, `secrets.${name}`, secret);
    requireMatch(
      who,
      `secrets.${name}`,
      secret,
      /^projects\/[^/]+\/secrets\/[A-Za-z0-9_-]{1,255}(\/versions\/(latest|[1-9]\d*))?$/,
      'projects/<id>/secrets/<name>, with /versions/<number> behind it or without',
    );
  }
}

/** @see https://cloud.google.com/run/docs/configuring/services/memory-limits */
const CPUS = [1, 2, 4, 6, 8];
const LEAST_GIB: { readonly [cpu: number]: number } = { 4: 2, 6: 4, 8: 4 };

function checkHosted(who: Speaker, prop: string, options: HostedSystemOptions, { server, system }: IntegrationPlan): void {
  requireTexts(who, options, { version: 'text?', image: 'text?', databaseTier: 'text?' }, `${prop}.`);
  requireKnown(who, options, 'cpu', 'memoryGiB');
  const { cpu = leastCpu(server!), memoryGiB = server!.memoryGiB } = options;
  if (!CPUS.includes(cpu)) refuse(who, `${prop}.cpu`, cpu, `one of ${CPUS.join(', ')}`);
  requireRange(who, `${prop}.memoryGiB`, memoryGiB, LEAST_GIB[cpu] ?? 1, cpu * 4);
  requireMatch(who, `${prop}.version`, options.version, /^(?!latest$)[\w][\w.-]{0,127}$/, `a tag of ${server!.repository} that stands for one version, like ${server!.tag}`);
  requireMatch(who, `${prop}.image`, options.image, /^\S+\/\S+$/, 'the address of an image, europe-west4-docker.pkg.dev/my-project/images/prefect:3');
  if (options.image !== undefined && options.version !== undefined) {
    refuse(who, `${prop}.version`, options.version, 'left out where image is given: it is the image that has a version');
  }
  requireInteger(who, `${prop}.passwordVersion`, options.passwordVersion, 1, 1_000_000);
  requireInteger(who, `${prop}.secretVersion`, options.secretVersion, 1, 1_000_000);
  if (server!.database === undefined) {
    const own = (['databaseTier', 'highlyAvailable', 'passwordVersion'] as const).find((each) => options[each] !== undefined);
    if (own !== undefined) refuse(who, `${prop}.${own}`, options[own], `left out: ${system.title} has no database`);
  } else {
    requireDatabaseTier(who, options.databaseTier, `${prop}.databaseTier`, server!.database === 'mysql' ? 'MySQL' : 'PostgreSQL');
  }
  if (options.secretVersion !== undefined && server!.secrets === undefined) {
    refuse(who, `${prop}.secretVersion`, options.secretVersion, `left out: ${system.title} has no secrets of its own`);
  }
}
