import { hostedPlan, IntegrationPlan } from '../../../core/private/integrations/plan';
import { requireKnown } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { Token } from '../../../core/private/tokens';
import { refuse, requireInteger, requireMatch, requireRange, Speaker } from '../../../core/private/validation';
import { HostedSystemOptions, IntegrationsProps } from '../../integrations-props';

/** Refuses what Container Apps or Azure Database would refuse later. */
export function checkIntegrations(who: Speaker, props: IntegrationsProps, plans: readonly IntegrationPlan[]): void {
  requireTexts(who, props, { actionGroupIds: 'texts?' });
  for (const [id, options] of Object.entries(props.hosted ?? {})) {
    checkHosted(who, `hosted.${id}`, options, hostedPlan(who, 'hosted', id, plans));
  }
  // A blueprint's are known once its monitoring is made.
  const groups = props.actionGroupIds ?? [];
  for (const id of Token.isUnresolved(groups) ? [] : groups) {
    requireMatch(who, 'actionGroupIds', id, /\/actionGroups\/[^/]+$/i, 'ARM ids of action groups');
  }
}

function checkHosted(
  who: Speaker,
  prop: string,
  options: HostedSystemOptions,
  { server, system }: IntegrationPlan,
): void {
  requireTexts(who, options, { version: 'text?', databaseSku: 'text?' }, `${prop}.`);
  requireKnown(who, options, 'memoryGiB');
  const { memoryGiB = server!.memoryGiB } = options;
  requireRange(who, `${prop}.memoryGiB`, memoryGiB, 0.5, 8);
  if (!Number.isInteger(memoryGiB * 2)) refuse(who, `${prop}.memoryGiB`, memoryGiB, 'in steps of a half');
  requireMatch(
    who,
    `${prop}.version`,
    options.version,
    /^(?!latest$)[\w][\w.-]{0,127}$/,
    `a tag of ${server!.repository} that stands for one version, like ${server!.tag}`,
  );
  requireInteger(who, `${prop}.passwordVersion`, options.passwordVersion, 1, 1_000_000);
  requireInteger(who, `${prop}.secretVersion`, options.secretVersion, 1, 1_000_000);
  requireMatch(
    who,
    `${prop}.databaseSku`,
    options.databaseSku,
    /^(B_Standard_B\w+|GP_Standard_D\w+|MO_Standard_E\w+)$/,
    'a machine of Azure Database for PostgreSQL like GP_Standard_D2ds_v5',
  );
  if (options.highlyAvailable && (options.databaseSku ?? 'B_').startsWith('B_')) {
    refuse(
      who,
      `${prop}.highlyAvailable`,
      true,
      'left out for a burstable machine: give a databaseSku like GP_Standard_D2ds_v5 as well',
    );
  }
  if (options.secretVersion !== undefined && server!.secrets === undefined) {
    refuse(who, `${prop}.secretVersion`, options.secretVersion, `left out: ${system.title} has no secrets of its own`);
  }
}
