import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { redisRole } from './online-store';
import { isOpen, SPARK, StoreInput, WORKSPACE } from './store-input';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { armPatch, armResource } from '../base/arm';
import { grantRole, settled } from '../base/grants';
import { after } from '../base/ordering';
import { containerId } from '../data/places';

/**
 * Private addresses in the network that the service manages, for what does not answer elsewhere: made one after the
 * other, because the network takes one change at a time, and accepted by the workspace itself, which may do so before.
 */
export function newOutboundRules(
  scope: Construct,
  storeId: string,
  identity: IManagedIdentity,
  { data, onlineStore, isPublic }: StoreInput,
): Grant {
  if (isOpen({ data, isPublic })) return new Grant([]);
  const cache =
    !isPublic && onlineStore?.resource !== undefined
      ? onlineStore.resourceId.replace(/\/databases\/default$/, '')
      : undefined;
  const approves = (name: string, armId: string) =>
    grantRole(scope, identity, `approve-${name}`, {
      scope: armId,
      role: 'azureAiEnterpriseNetworkConnectionApprover',
      description: 'Accepts the private endpoints of its own network',
    });
  const mayApprove = settled(scope, 'ApprovalSettled', [
    approves('features', data.featuresAccountId),
    ...(cache === undefined ? [] : [approves('online', cache)]),
  ]);
  const made: ITerraformDependable[] = [];
  const rule = (id: string, serviceResourceId: string, subresourceTarget: string) =>
    made.push(
      armResource(scope, id, {
        type: `${WORKSPACE}/outboundRules`,
        name: id.toLowerCase(),
        parentId: storeId,
        body: {
          properties: {
            type: 'PrivateEndpoint',
            category: 'UserDefined',
            destination: { serviceResourceId, subresourceTarget, sparkEnabled: true },
          },
        },
        dependsOn: after(mayApprove, ...made.slice(-1)),
      }),
    );
  rule('FeaturesDfs', data.featuresAccountId, 'dfs');
  rule('FeaturesBlob', data.featuresAccountId, 'blob');
  if (cache !== undefined) rule('OnlineRedis', cache, 'redisEnterprise');
  return new Grant(made.map(({ fqn }) => fqn));
}

/** Connections to the offline store and the online store, and the settings that name them. */
export function newConnections(
  scope: Construct,
  storeId: string,
  account: StorageAccount,
  input: StoreInput,
  reaches: Grant,
  written: string,
): Grant {
  const { data, materialization, onlineStore } = input;
  const granted = settled(scope, 'MaterializationReady', [
    grantRole(scope, materialization, 'materialize', {
      scope: storeId,
      role: 'azureMlDataScientist',
      description: 'Materializes feature sets',
    }),
    data.grantWriteFeatures(materialization),
    grantRole(scope, materialization, 'read-specifications', {
      scope: account.id,
      role: 'storageBlobDataContributor',
      description: 'Reads specifications, writes logs of Spark',
    }),
    ...(onlineStore === undefined
      ? []
      : [
        grantRole(scope, materialization, 'fill-online', {
          scope: onlineStore.resourceId,
          role: redisRole(scope, 'OnlineWriter', onlineStore.resourceId),
          description: 'Fills the online store',
        }),
      ]),
  ]);
  const connection = (id: string, category: 'ADLSGen2' | 'Redis', target: string) =>
    armResource(scope, id, {
      type: `${WORKSPACE}/connections`,
      name: id.toLowerCase(),
      parentId: storeId,
      body: {
        properties: {
          category,
          target,
          authType: 'ManagedIdentity',
          credentials: { clientId: materialization.clientId, resourceId: materialization.identityId },
        },
      },
      dependsOn: after(granted, reaches, onlineStore?.resource),
    });
  const offline = connection('OfflineStore', 'ADLSGen2', containerId(data, 'features'));
  const online = onlineStore && connection('OnlineConnection', 'Redis', onlineStore.resourceId);
  const settings = armPatch(scope, 'Settings', {
    type: WORKSPACE,
    resourceId: storeId,
    body: {
      properties: {
        featureStoreSettings: {
          computeRuntime: { sparkRuntimeVersion: SPARK },
          offlineStoreConnectionName: offline.name,
          ...(online === undefined ? {} : { onlineStoreConnectionName: online.name }),
        },
      },
    },
    // The workspace is written without them when something else of it changes.
    repeatOn: [offline.name, online?.name ?? '', written],
    dependsOn: after(offline, online),
  });
  return new Grant([settings.fqn, ...granted.addresses]);
}
