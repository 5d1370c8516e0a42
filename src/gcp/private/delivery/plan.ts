import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { ITerraformDependable, Lazy } from 'cdktf';
import { objectsOf, PROJECT_IAM_ADMIN, rolesFor, rolesGiven } from './deployer-roles';
import { acknowledge } from '../../../terraform/acknowledge';
import { DeliveredImage, TerraformDelivery } from '../../../terraform/delivery/plan';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/** A delivery with every choice made. */
export interface DeliveryPlan extends TerraformDelivery {
  readonly image?: DeliveredImage;
  readonly stateBucketName: string;
}

/** The stack's variable that says where the state is, for those who may write it. */
export const STATE_BUCKET = 'state_bucket';

/** Lets an identity make and change what the stack has, and give the roles that the stack gives, no others. */
export function grantDeploy(account: ServiceAccount, plan: DeliveryPlan): ITerraformDependable[] {
  const project = GoogleProject.of(account);
  const may = everyRole(account, 'May', () => rolesFor(account, 'deploy'));
  acknowledge(
    may,
    'MLOPS-IAM-02',
    "a deployer makes and deletes what the stack has, and the services have no smaller role for that; one stage's jobs alone take it",
  );
  const mayGrant = new ProjectIamMember(account, 'MayGrant', {
    project: project.projectId,
    role: PROJECT_IAM_ADMIN,
    member: account.member,
    condition: {
      title: 'roles of the stack only',
      expression: Lazy.stringValue({ produce: () => onlyThese(rolesGiven(account)) }),
    },
  });
  return [may, mayGrant, state(account, plan, 'roles/storage.objectUser')];
}

/** Lets an identity compare: read what is there, change nothing. */
export function grantLook(account: ServiceAccount, plan: DeliveryPlan): ITerraformDependable[] {
  return [
    everyRole(account, 'May', () => rolesFor(account, 'look')),
    everyObject(account),
    logSettings(account),
    state(account, plan, 'roles/storage.objectViewer'),
  ];
}

/**
 * Terraform reads the objects that the stack writes when it compares; the rest of what is in the buckets is not for
 * this identity.
 */
function everyObject(account: ServiceAccount): ProjectIamMember {
  const member = new ProjectIamMember(account, 'Objects', {
    project: GoogleProject.of(account).projectId,
    role: 'roles/${each.value}',
    member: account.member,
    condition: { title: 'one object of the stack', expression: 'resource.name.endsWith("/objects/${each.key}")' },
  });
  const rolesByObject = (names: string[]) =>
    `\${zipmap(${JSON.stringify(names)}, ${JSON.stringify(names.map(() => 'storage.objectViewer'))})}`;
  member.addOverride('for_each', Lazy.stringValue({ produce: () => rolesByObject(objectsOf(account)) }));
  return member;
}

/**
 * Which identity encrypts log buckets is asked at each comparison, and the only roles that may ask it may write sinks
 * as well.
 */
function logSettings(account: ServiceAccount): ProjectIamMember {
  const project = GoogleProject.of(account);
  const role = new ProjectIamCustomRole(account, 'LogSettingsReader', {
    project: project.projectId,
    roleId: lastingName(account, 'LogSettingsReader', { maxLength: 64, separator: '_' }),
    title: 'Reads the settings of logging',
    permissions: ['logging.settings.get'],
    dependsOn: after(project._api('iam')),
  });
  return new ProjectIamMember(account, 'LogSettings', {
    project: project.projectId,
    role: role.name,
    member: account.member,
  });
}

/** Which roles are known only when the stack is complete, so Terraform repeats one resource for each. */
function everyRole(account: ServiceAccount, id: string, roles: () => string[]): ProjectIamMember {
  const member = new ProjectIamMember(account, id, {
    project: GoogleProject.of(account).projectId,
    role: 'roles/${each.value}',
    member: account.member,
  });
  acknowledge(member, 'MLOPS-IAM-01', 'a deployer works on all resources of the stack, and on some before they exist');
  member.addOverride('for_each', Lazy.stringValue({ produce: () => `\${toset(${JSON.stringify(roles())})}` }));
  return member;
}

function state(account: ServiceAccount, plan: DeliveryPlan, role: string): StorageBucketIamMember {
  return new StorageBucketIamMember(account, 'State', { bucket: plan.stateBucketName, role, member: account.member });
}

/** A list takes ten roles at most. @see https://cloud.google.com/iam/docs/setting-limits-on-granting-roles */
function onlyThese(roles: readonly string[]): string {
  const tens = Array.from({ length: Math.max(1, Math.ceil(roles.length / 10)) }, (_, index) =>
    roles.slice(index * 10, index * 10 + 10),
  );
  return tens
    .map(
      (some) =>
        `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${some.map((role) => `'${role}'`).join(', ')}])`,
    )
    .join(' || ');
}
