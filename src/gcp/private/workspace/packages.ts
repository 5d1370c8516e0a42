import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Construct } from 'constructs';
import { grantId } from '../../../terraform/grants';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { after } from '../base/ordering';

/** An index that `pip` can install from. */
export interface PackageIndex {
  /** What `pip` takes as index, `https://…/simple/`. */
  readonly indexUrl: string;
  /** The host that asks for an access token. */
  readonly host: string;
  readonly grantRead: (principal: IPrincipal) => Grant;
}

/**
 * A mirror of PyPI, which keeps what was asked for once.
 *
 * @see https://cloud.google.com/artifact-registry/docs/repositories/remote-overview
 */
export function newPackageIndex(scope: Construct, encryptionKey: IEncryptionKey): PackageIndex {
  const project = GoogleProject.of(scope);
  const mirror = new ArtifactRegistryRepository(scope, 'Packages', {
    project: project.projectId,
    location: project.region,
    repositoryId: stableName(scope, 'Packages', { maxLength: 63, separator: '-' }),
    description: `Mirror of PyPI for ${scope.node.path}`,
    format: 'PYTHON',
    mode: 'REMOTE_REPOSITORY',
    remoteRepositoryConfig: { description: 'Python package index', pythonRepository: { publicRepository: 'PYPI' } },
    kmsKeyName: encryptionKey.keyId,
    dependsOn: after(project._api('artifactregistry'), encryptionKey.grantServiceAgent('artifactregistry')),
  });
  const host = `${project.region}-python.pkg.dev`;
  return {
    host,
    indexUrl: `https://${host}/${project.projectId}/${mirror.repositoryId}/simple/`,
    grantRead: (principal) =>
      new Grant([
        new ArtifactRegistryRepositoryIamMember(scope, grantId(principal, 'packages'), {
          project: project.projectId,
          location: project.region,
          repository: mirror.repositoryId,
          role: 'roles/artifactregistry.reader',
          member: principal.member,
        }).fqn,
      ]),
  };
}
