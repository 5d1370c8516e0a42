/**
 * Built-in roles, by the ids that role assignments name.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export const ROLES = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  acrPush: '8311e382-0749-4cb8-b61a-304f252e45ec',
  azureAiEnterpriseNetworkConnectionApprover: 'b556d68e-0be0-4f35-a333-ad7ee1ce17ea',
  azureMlComputeOperator: 'e503ece1-11d0-4e8e-8e2c-7a6c3bf38815',
  azureMlDataScientist: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
  azureMlMetricsWriter: '635dd51f-9968-44d3-b7fb-6d9a6bd613ae',
  azureMlRegistryUser: '1823dd4f-9b8c-4ab6-ab4e-7397a3684615',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  keyVaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  keyVaultCryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  managedIdentityOperator: 'f1a07417-d97a-45cb-824c-7a7467783830',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  monitoringReader: '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  storageFileDataPrivilegedContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
  storageQueueDataMessageProcessor: '8a0f0c08-91a1-4084-bc3d-661d67233fed',
  storageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
} as const;

/** A built-in role that the library gives. */
export type RoleName = keyof typeof ROLES;
