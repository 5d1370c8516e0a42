import { SCRIPTS } from './start-script';
import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { refuse, requireEmails, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { WorkspaceProps } from '../../workspace-props';
import { GPUS } from '../base/machine-table';

/** Limits of Workbench, and props that belong together. */
export function checkWorkspace(who: Speaker, props: WorkspaceProps, users: readonly string[], region: string): void {
  requireKnown(who, props, 'dataDiskSizeGb');
  requireTexts(who, props, {
    owners: 'named texts?',
    environment: 'named texts?',
    writablePrefixes: 'texts?',
    zone: 'text?',
    vmImageName: 'text?',
  });
  requireInteger(who, 'dataDiskSizeGb', props.dataDiskSizeGb, 10, 64000);
  for (const user of Object.keys(props.owners ?? {})) {
    if (!users.includes(user)) refuse(who, 'owners', user, `named by one of the users, ${users.join(', ')}`);
  }
  requireEmails(who, 'owners', Object.values(props.owners ?? {}));
  for (const name of Object.keys(props.environment ?? {})) {
    requireMatch(who, 'environment', name, /^[A-Za-z_][A-Za-z0-9_]*$/, 'named by letters, digits and underscores');
  }
  for (const prefix of props.writablePrefixes ?? []) {
    requireKnownText(who, 'writablePrefixes', prefix);
    requireMatch(who, 'writablePrefixes', prefix, /^([\w.-]+\/)+$/, 'folders like training/');
    if (prefix.startsWith(SCRIPTS)) {
      refuse(who, 'writablePrefixes', prefix, `outside of ${SCRIPTS}, which holds what root runs on every notebook`);
    }
  }
  requireMatch(who, 'zone', props.zone, new RegExp(`^${region}-[a-z]$`), `a zone of the region, like ${region}-b`);
  const accelerator = props.machine?._accelerator;
  const known = GPUS.find(({ acceleratorType }) => acceleratorType === accelerator?.type)?.regions;
  if (accelerator !== undefined && known?.includes(region) === false) {
    refuse(who, 'machine', accelerator.type, `one that ${region} has; its GPU is in ${known.join(', ')}`);
  }
  requireMatch(
    who,
    'vmImageName',
    props.vmImageName,
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    'the name of an image like workbench-instances-v20250801',
  );
}
