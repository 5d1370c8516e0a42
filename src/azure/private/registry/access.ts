import { Construct, IConstruct } from 'constructs';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { customRole, grantRole } from '../base/grants';
import { blobsBelow } from '../data/blob-access';

const MODELS = 'Microsoft.MachineLearningServices/workspaces/models';

/**
 * Operations on models, which is as narrow as Azure ML's own roles are not: `AzureML Data Scientist` runs jobs and
 * deploys as well.
 */
const OPERATIONS = {
  read: { title: 'MLOps model reader', actions: [`${MODELS}/read`, `${MODELS}/versions/read`] },
  write: { title: 'MLOps model registrar', actions: [`${MODELS}/read`, `${MODELS}/write`, `${MODELS}/versions/read`, `${MODELS}/versions/write`] },
};

/**
 * Allows reading, or reading and registering, the models of a workspace: no role can be given on one model, so these
 * hold for all of the workspace.
 */
export function grantModels(
  opened: Construct,
  workspaceId: string,
  principal: IPrincipal,
  access: keyof typeof OPERATIONS,
): Grant {
  const role = customRole(
    opened,
    access === 'read' ? 'ModelReader' : 'ModelRegistrar',
    OPERATIONS[access],
    workspaceId,
  );
  return grantRole(opened, principal, `models ${access}`, {
    scope: workspaceId,
    role,
    description: OPERATIONS[access].title,
  });
}

/** Allows taking numbers in a container of another stack's lake: below the folder of the model alone. */
export function grantNumbers(opened: IConstruct, containerId: string, folder: string, principal: IPrincipal): Grant {
  return grantRole(opened, principal, 'numbers', {
    scope: containerId,
    role: 'storageBlobDataContributor',
    limit: blobsBelow(folder),
    description: `Takes numbers of versions below ${folder}`,
  });
}

/** Allows copying images into a container registry, as a promotion does; it pulls and pushes nothing itself. */
export function grantImport(opened: Construct, containerRegistryId: string, principal: IPrincipal): Grant {
  const role = customRole(opened, 'ImageImporter', {
    title: 'MLOps image importer',
    actions: ['Microsoft.ContainerRegistry/registries/read', 'Microsoft.ContainerRegistry/registries/importImage/action'],
  }, containerRegistryId);
  return grantRole(opened, principal, 'import images', {
    scope: containerRegistryId,
    role,
    description: 'Copies images of promoted versions into the registry',
  });
}
