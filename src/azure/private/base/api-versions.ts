/** A type of resource of Azure's resource manager. */
export interface ArmTypeFacts {
  /** The version of the API that its bodies are written for. */
  readonly apiVersion: string;
  /** It has a location and tags of its own. */
  readonly isTracked?: boolean;
  /** A change of its tags writes it over, so that those of the stack stay away. */
  readonly isRewrittenByTags?: boolean;
}

const MACHINE_LEARNING = '2025-06-01';
/** The first stable one in which a compute instance has an idle time. */
const COMPUTES = '2025-12-01';
const TRACKED = { apiVersion: MACHINE_LEARNING, isTracked: true };
const ASSET = { apiVersion: MACHINE_LEARNING };

/**
 * The types that are rendered as bodies of the resource manager, and the one place where their versions are pinned.
 * Terraform has no resource for most of them; some it has without what the constructs need.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/allversions
 * @see https://learn.microsoft.com/azure/templates/microsoft.logic/allversions
 */
export const ARM_TYPES = {
  'Microsoft.AlertsManagement/smartDetectorAlertRules': { apiVersion: '2021-04-01', isTracked: true },
  'Microsoft.App/containerApps': { apiVersion: '2025-01-01', isTracked: true },
  'Microsoft.App/containerApps/authConfigs': { apiVersion: '2025-01-01' },
  'Microsoft.Insights/actionGroups': { apiVersion: '2023-01-01', isTracked: true },
  /** @see https://learn.microsoft.com/azure/templates/microsoft.insights/autoscalesettings */
  'Microsoft.Insights/autoscaleSettings': { apiVersion: '2022-10-01', isTracked: true },
  'Microsoft.KeyVault/vaults/keys': { apiVersion: '2023-07-01' },
  'Microsoft.Logic/workflows': { apiVersion: '2019-05-01', isTracked: true },
  'Microsoft.MachineLearningServices/registries': TRACKED,
  'Microsoft.MachineLearningServices/registries/components': ASSET,
  'Microsoft.MachineLearningServices/registries/components/versions': ASSET,
  'Microsoft.MachineLearningServices/registries/data': ASSET,
  'Microsoft.MachineLearningServices/registries/data/versions': ASSET,
  'Microsoft.MachineLearningServices/registries/environments': ASSET,
  'Microsoft.MachineLearningServices/registries/environments/versions': ASSET,
  'Microsoft.MachineLearningServices/registries/models': ASSET,
  'Microsoft.MachineLearningServices/registries/models/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces': TRACKED,
  'Microsoft.MachineLearningServices/workspaces/batchEndpoints': TRACKED,
  'Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments': TRACKED,
  'Microsoft.MachineLearningServices/workspaces/codes': ASSET,
  'Microsoft.MachineLearningServices/workspaces/codes/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/components': ASSET,
  'Microsoft.MachineLearningServices/workspaces/components/versions': ASSET,
  /** @see https://learn.microsoft.com/rest/api/azureml/compute/create-or-update */
  'Microsoft.MachineLearningServices/workspaces/computes': { apiVersion: COMPUTES, isTracked: true, isRewrittenByTags: true },
  'Microsoft.MachineLearningServices/workspaces/connections': ASSET,
  'Microsoft.MachineLearningServices/workspaces/data': ASSET,
  'Microsoft.MachineLearningServices/workspaces/data/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/datastores': ASSET,
  'Microsoft.MachineLearningServices/workspaces/environments': ASSET,
  'Microsoft.MachineLearningServices/workspaces/environments/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/featuresets': ASSET,
  'Microsoft.MachineLearningServices/workspaces/featuresets/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/featurestoreEntities': ASSET,
  'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/jobs': ASSET,
  'Microsoft.MachineLearningServices/workspaces/models': ASSET,
  'Microsoft.MachineLearningServices/workspaces/models/versions': ASSET,
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints': TRACKED,
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments': TRACKED,
  'Microsoft.MachineLearningServices/workspaces/outboundRules': ASSET,
  'Microsoft.MachineLearningServices/workspaces/schedules': ASSET,
} as const satisfies { readonly [resourceType: string]: ArmTypeFacts };

/** A type that the table knows. */
export type ArmType = keyof typeof ARM_TYPES;

/** Version of the API of a type: what workflows ask for as `api-version` too. */
export function apiVersionOf(resourceType: ArmType): string {
  return ARM_TYPES[resourceType].apiVersion;
}

/** Facts of a type. */
export function armTypeFacts(resourceType: ArmType): ArmTypeFacts {
  return ARM_TYPES[resourceType];
}
