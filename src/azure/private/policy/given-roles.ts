import { Attributes, isRuntime } from '../../../terraform/policy/resource-view';
import { GUID_AT_END } from '../base/guid';

/** What a role assignment reaches. */
export type Reach = 'subscription' | 'resource group' | 'resource';

/** One role that is given. */
export interface GivenRole {
  /**
   * Id of a built-in role, or its name where the assignment names it; undefined for one of the stack's own, and for one
   * that is not known.
   */
  readonly role?: string;
  /** Whether the role is one that the stack, or somebody else, has defined. */
  readonly isCustom: boolean;
  /** What it reaches; undefined where that is not known at synthesis. */
  readonly reach?: Reach;
  /** Whether a condition narrows it. */
  readonly isNarrowed: boolean;
}

/** The role that an `azurerm_role_assignment` gives. */
export function givenBy({
  role_definition_id: id,
  role_definition_name: name,
  scope,
  condition,
}: Attributes): GivenRole {
  const definition = String(id ?? '');
  return {
    role:
      name === undefined ? GUID_AT_END.exec(definition)?.[0].toLowerCase() : isRuntime(name) ? undefined : String(name),
    isCustom: /^\$\{azurerm_role_definition\.[^}]+\}$/.test(definition),
    reach: reachOf(String(scope)),
    isNarrowed: !['', 'true'].includes(String(condition ?? '').trim()),
  };
}

/** The whole of a management group counts as a subscription: there is nothing wider that matters. */
function reachOf(scope: string): Reach | undefined {
  if (WHOLE_SUBSCRIPTION.some((each) => each.test(scope))) return 'subscription';
  if (WHOLE_GROUP.some((each) => each.test(scope))) return 'resource group';
  return /^\$\{(var|local|each|module)\.[^}]*\}$/.test(scope) ? undefined : 'resource';
}

const WHOLE_SUBSCRIPTION = [
  /^\/$/, /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i, /^\/subscriptions\/[^/]+$/i,
  /^\$\{(data\.)?azurerm_(subscription|management_group)\.[^}]+\}$/,
];
const WHOLE_GROUP = [
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i,
  /^\$\{(data\.)?azurerm_resource_group\.[^}]+\}$/,
];

/** A built-in role that the rules know. */
export interface BuiltInRole {
  readonly id: string;
  readonly name: string;
  /** The role reads or changes everything in its scope, or gives roles there. */
  readonly isBasic?: boolean;
  /** What can carry the role by itself: in a whole group it is a wildcard. */
  readonly carrier?: string;
}

/** @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner', isBasic: true },
  { id: 'b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor', isBasic: true },
  { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader', isBasic: true },
  { id: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', name: 'User Access Administrator', isBasic: true },
  { id: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168', name: 'Role Based Access Control Administrator', isBasic: true },
  { id: '8311e382-0749-4cb8-b61a-304f252e45ec', name: 'AcrPush', carrier: 'the registry' },
  { id: '7f951dda-4ed3-4680-a7ca-43fe172d538d', name: 'AcrPull', carrier: 'the registry' },
  { id: 'e503ece1-11d0-4e8e-8e2c-7a6c3bf38815', name: 'AzureML Compute Operator', carrier: 'the workspace' },
  { id: 'f6c7c914-8db3-469d-8ca1-694a8f32e121', name: 'AzureML Data Scientist', carrier: 'the workspace' },
  { id: '1823dd4f-9b8c-4ab6-ab4e-7397a3684615', name: 'AzureML Registry User', carrier: 'the registry' },
  { id: '00482a5a-887f-4fb3-b363-3b7fe8e74483', name: 'Key Vault Administrator', carrier: 'the vault' },
  { id: 'f25e0fa2-a7c8-4377-a976-54943a77a395', name: 'Key Vault Contributor', carrier: 'the vault' },
  { id: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', name: 'Key Vault Crypto Officer', carrier: 'the vault' },
  { id: 'e147488a-f6f5-4113-8e2d-b22465e65bf6', name: 'Key Vault Crypto Service Encryption User', carrier: 'the key' },
  { id: '12338af0-0e69-4776-bea7-57ae8d297424', name: 'Key Vault Crypto User', carrier: 'the key' },
  { id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7', name: 'Key Vault Secrets Officer', carrier: 'the vault' },
  { id: '4633458b-17de-408a-b874-0445c86b69e6', name: 'Key Vault Secrets User', carrier: 'the secret' },
  { id: '92aaf0da-9dab-42b6-94a3-d43ce8d16293', name: 'Log Analytics Contributor' },
  { id: '87a39d53-fc1b-424a-814c-f7e04687dc9e', name: 'Logic App Contributor', carrier: 'the workflow' },
  { id: 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', name: 'Managed Identity Contributor' },
  { id: 'f1a07417-d97a-45cb-824c-7a7467783830', name: 'Managed Identity Operator', carrier: 'the identity' },
  { id: '749f88d5-cbae-40b8-bcfc-e573ddc772fa', name: 'Monitoring Contributor' },
  { id: '4d97b98b-1d4f-4787-a291-c67834d212e7', name: 'Network Contributor', carrier: 'the network' },
  { id: 'c12c1c16-33a1-487b-954d-41c89c60f349', name: 'Reader and Data Access', carrier: 'the storage account' },
  { id: '36243c78-bf99-498c-9df9-86d9f8d28608', name: 'Resource Policy Contributor' },
  { id: '17d1049b-9a84-46fb-8f53-869881c3d3ab', name: 'Storage Account Contributor', carrier: 'the storage account' },
  { id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', name: 'Storage Blob Data Contributor', carrier: 'the container' },
  { id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', name: 'Storage Blob Data Owner', carrier: 'the container' },
  { id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', name: 'Storage Blob Data Reader', carrier: 'the container' },
  { id: '69566ab7-960f-475b-8e7c-b3118f30c6bd', name: 'Storage File Data Privileged Contributor', carrier: 'the storage account' },
  { id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88', name: 'Storage Queue Data Contributor', carrier: 'the queue' },
  { id: '8a0f0c08-91a1-4084-bc3d-661d67233fed', name: 'Storage Queue Data Message Processor', carrier: 'the queue' },
  { id: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a', name: 'Storage Queue Data Message Sender', carrier: 'the queue' },
];

/** The built-in role that is given; one that the table does not have has only its name. */
export function builtIn({ role }: GivenRole): Pick<BuiltInRole, 'name' | 'isBasic' | 'carrier'> | undefined {
  return role === undefined
    ? undefined
    : (BUILT_IN_ROLES.find(({ id, name }) => id === role || name === role) ?? { name: role });
}
