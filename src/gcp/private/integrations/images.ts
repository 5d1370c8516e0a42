import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { once } from '../../../terraform/once';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** An image that Cloud Run can pull. */
export interface PulledImage {
  readonly uri: string;
  /** What must be there before. */
  readonly ready: ITerraformDependable[];
}

/** Registry that an image comes from. */
interface Registry {
  readonly title: string;
  readonly repository: { readonly customRepository: { readonly uri: string } } | { readonly publicRepository: string };
}

/**
 * The registries that systems publish in.
 *
 * @see https://cloud.google.com/artifact-registry/docs/repositories/remote-repo
 */
const REGISTRIES: { readonly [host: string]: Registry } = {
  'docker.io': { title: 'Docker Hub', repository: { publicRepository: 'DOCKER_HUB' } },
  'ghcr.io': { title: 'GitHub container registry', repository: { customRepository: { uri: 'https://ghcr.io' } } },
  'quay.io': { title: 'Quay', repository: { customRepository: { uri: 'https://quay.io' } } },
};

/**
 * An image of a public registry. Cloud Run pulls from Artifact Registry alone, so a remote repository there fetches it
 * once and keeps it.
 *
 * @param image with its registry, `ghcr.io/mlflow/mlflow:v3.15.1-full`
 * @see https://cloud.google.com/artifact-registry/docs/repositories/remote-overview
 */
export function mirroredImage(scope: Construct, id: string, encryptionKey: IEncryptionKey, image: string): PulledImage {
  const [, host, path] = /^([^/]+)\/(.+)$/.exec(image)!;
  const registry = REGISTRIES[host];
  const project = GoogleProject.of(scope);
  const images = once(scope, id, (childId) => new ArtifactRegistryRepository(scope, childId, {
    project: project.projectId,
    location: project.region,
    repositoryId: stableName(scope, childId, { maxLength: 63, separator: '-' }),
    description: `Mirror of ${host} for ${scope.node.path}`,
    format: 'DOCKER',
    mode: 'REMOTE_REPOSITORY',
    remoteRepositoryConfig: { description: registry.title, dockerRepository: registry.repository },
    kmsKeyName: encryptionKey.keyId,
    dependsOn: after(project._api('artifactregistry'), encryptionKey.grantServiceAgent('artifactregistry')),
  }));
  return {
    uri: `${project.region}-docker.pkg.dev/${project.projectId}/${images.repositoryId}/${path}`,
    ready: [images],
  };
}
