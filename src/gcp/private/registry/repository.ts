import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { refuse, Speaker } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { once, onceInStack } from '../../../terraform/once';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';
import { after } from '../base/ordering';

/** A repository of Artifact Registry, by the parts of its id. */
export interface ArtifactRepository {
  readonly format: 'DOCKER' | 'KFP';
  readonly project: string;
  readonly location: string;
  readonly name: string;
}

/** What a new repository is made of. */
export interface RepositorySettings {
  readonly description: string;
  readonly encryptionKey: IEncryptionKey;
  readonly keepRecentCount: number;
  readonly untaggedDays: number;
  readonly immutableTags: boolean;
  readonly scan: boolean;
  readonly isDestroyable: boolean;
}

/**
 * A new repository; what concerns tags, age and vulnerabilities is for images, pipeline templates are small and stay.
 */
export function newRepository(
  scope: Construct,
  id: string,
  format: 'DOCKER' | 'KFP',
  settings: RepositorySettings,
): ArtifactRepository {
  const project = GoogleProject.of(scope);
  const images =
    format === 'DOCKER'
      ? {
        dockerConfig: { immutableTags: settings.immutableTags },
        cleanupPolicyDryRun: false,
        cleanupPolicies: [
          { id: 'keep-recent', action: 'KEEP', mostRecentVersions: { keepCount: settings.keepRecentCount } },
          {
            id: 'delete-untagged',
            action: 'DELETE',
            condition: { tagState: 'UNTAGGED', olderThan: `${settings.untaggedDays * 86400}s` },
          },
        ],
        vulnerabilityScanningConfig: { enablementConfig: settings.scan ? 'INHERITED' : 'DISABLED' },
      }
      : {};
  const apis = format === 'DOCKER' && settings.scan ? ['artifactregistry', 'containerscanning'] : ['artifactregistry'];
  const repository = new ArtifactRegistryRepository(scope, id, {
    repositoryId: stableName(scope, id, { maxLength: 63, separator: '-' }),
    project: project.projectId,
    location: project.region,
    format,
    description: settings.description,
    kmsKeyName: settings.encryptionKey.keyId,
    ...images,
    lifecycle: { preventDestroy: !settings.isDestroyable },
    dependsOn: after(project._api(...apis), settings.encryptionKey.grantServiceAgent('artifactregistry')),
  });
  return { format, project: project.projectId, location: project.region, name: repository.repositoryId };
}

/** A repository of the user's, by its id. */
export function repositoryNamed(
  who: Speaker,
  prop: string,
  format: 'DOCKER' | 'KFP',
  repositoryId: string,
): ArtifactRepository {
  const parts =
    /^projects\/([^/]+)\/locations\/([^/]+)\/repositories\/([^/]+)$/.exec(repositoryId) ??
    refuse(who, prop, repositoryId, 'projects/<id>/locations/<region>/repositories/<name>, known at synthesis');
  return { format, project: parts[1], location: parts[2], name: parts[3] };
}

/** Reading or writing what is in the repository. */
export function grantRepository(
  scope: Construct,
  repository: ArtifactRepository,
  principal: IPrincipal,
  role: 'reader' | 'writer',
): Grant {
  return grantOnce(scope, principal, `${role}-${repository.format}`, (place, id) =>
    newMember(place, id, repository, principal.member, role),
  );
}

/** Vertex AI pulls images as its own agent, whatever identity the container then runs as. */
export function grantVertexPull(scope: Construct, repository: ArtifactRepository): Grant {
  const project = GoogleProject.of(scope);
  const member = once(scope, 'VertexPull', (id) =>
    newMember(scope, id, repository, project._agent('aiplatform'), 'reader', after(project._agentReady('aiplatform'))));
  return new Grant([member.fqn]);
}

function newMember(
  scope: Construct,
  id: string,
  { project, location, name }: ArtifactRepository,
  member: string,
  role: string,
  dependsOn?: ITerraformDependable[],
): ArtifactRegistryRepositoryIamMember {
  return onceInStack(
    scope,
    ['repository', project, location, name, role, member],
    () =>
      new ArtifactRegistryRepositoryIamMember(scope, id, {
        project,
        location,
        repository: name,
        role: `roles/artifactregistry.${role}`,
        member,
        dependsOn,
      }),
  );
}
