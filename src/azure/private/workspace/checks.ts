import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { ResolvedWorkspace } from '../../../core/private/resolve/workspace';
import { refuse, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { WorkspaceProps } from '../../workspace-props';
import { GUID } from '../base/guid';
import { requireFolder } from '../data/blob-access';

/** Refuses what Azure does not take. */
export function requireWorkspace(
  who: Speaker,
  props: WorkspaceProps,
  { users, idleShutdownMinutes }: ResolvedWorkspace,
): void {
  requireKnown(who, props);
  requireInteger(who, 'idleShutdownMinutes', idleShutdownMinutes, 60, LONGEST_IDLE_MINUTES);
  for (const [user, owner] of Object.entries(props.owners ?? {})) {
    if (!users.includes(user)) refuse(who, 'owners', user, `named by one of the users, ${users.join(', ')}`);
    requireMatch(
      who,
      `owners.${user}`,
      owner,
      GUID,
      'an object id of Microsoft Entra ID, 00000000-0000-0000-0000-000000000000',
    );
  }
  for (const prefix of props.writablePrefixes ?? []) requireFolder(who, 'writablePrefixes', prefix);
  requireKnownText(who, 'startupScript', props.startupScript);
  requireMatch(who, 'startupScript', props.startupScript, /\S/, 'a script for bash');
  if (Buffer.byteLength(props.startupScript ?? '') > 8192) {
    refuse(
      who,
      'startupScript',
      `${Buffer.byteLength(props.startupScript!)} bytes`,
      'at most 8192 bytes: have it fetch the rest',
    );
  }
  requireInteger(who, 'logRetentionDays', props.logRetentionDays, 30, 730);
  requireInteger(who, 'untaggedImageRetentionDays', props.untaggedImageRetentionDays, 0, 365);
  requireMatch(
    who,
    'workspaceName',
    props.workspaceName,
    /^[A-Za-z0-9][\w-]{2,32}$/,
    '3 to 33 letters, digits, hyphens and underscores, starting with a letter or digit',
  );
  if (props.containerRegistryId !== undefined) nameIn(who, 'containerRegistryId', props.containerRegistryId, REGISTRY);
  if (props.logAnalyticsWorkspaceId !== undefined) {
    nameIn(who, 'logAnalyticsWorkspaceId', props.logAnalyticsWorkspaceId, 'Microsoft.OperationalInsights/workspaces');
  }
  const ofOwn: [object, string][] = [
    [{ logRetentionDays: props.logRetentionDays }, 'logAnalyticsWorkspaceId'],
    [
      { untaggedImageRetentionDays: props.untaggedImageRetentionDays, quarantineImages: props.quarantineImages },
      'containerRegistryId',
    ],
  ];
  for (const [values, brought] of ofOwn) {
    if (props[brought as 'containerRegistryId'] === undefined) continue;
    for (const [prop, value] of Object.entries(values)) {
      if (value !== undefined) refuse(who, prop, value, `left out with ${brought}, whose settings are yours`);
    }
  }
  if (props.encryptsMetadata && props.data.encryptionKey === undefined) {
    refuse(who, 'encryptsMetadata', true, 'left out: the lake has no key');
  }
  if (props.data.isPrivate && props.managedNetwork?.isolationMode === 'Disabled') {
    refuse(
      who,
      'managedNetwork',
      'disabled',
      'another one with a private lake, because computes without it do not reach the lake',
    );
  }
  if (props.privateEndpoints && props.managedNetwork?.isolationMode === 'Disabled') {
    refuse(
      who,
      'managedNetwork',
      'disabled',
      'another one with privateEndpoints, because computes without it reach nothing private',
    );
  }
}

/** Name of a resource, the last part of its id. */
export function nameIn(who: Speaker, prop: string, id: string, resourceType: string): string {
  const found = new RegExp(
    `^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${resourceType.replace('.', '\\.')}/([^/]+)$`,
    'i',
  ).exec(id);
  return (
    found?.[1] ??
    refuse(who, prop, id, `an ARM id, /subscriptions/<id>/resourceGroups/<name>/providers/${resourceType}/<name>`)
  );
}

/** Azure stops a machine that stood idle for three days at most. */
const LONGEST_IDLE_MINUTES = 4320;

/** Type of a Container Registry. */
export const REGISTRY = 'Microsoft.ContainerRegistry/registries';
