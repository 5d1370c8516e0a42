import { Construct } from 'constructs';
import { FeatureGroup } from './feature-group';
import { IFeatureGroup } from './feature-group-props';
import { FeatureStoreProps, IFeatureStore } from './feature-store-props';
import { ManagedIdentity } from './managed-identity';
import { IManagedIdentity } from './managed-identity-props';
import { OnlineStorage } from './online-storage';
import { requireProps } from './private/base/require-props';
import { resourceGroupOf } from './private/base/resource-group-of';
import { containerId } from './private/data/places';
import { checkedFeatureGroup, checkOptions, FEATURE_LIMITS } from './private/features/checks';
import { Entities, newEntities, newFeatureSet } from './private/features/feature-set';
import { newOnlineStore, OnlineStore } from './private/features/online-store';
import { newStore, Store } from './private/features/store-workspace';
import { requireKnown } from '../core/private/known-values';
import { ResolvedFeatureGroup } from '../core/private/resolve/features';
import { enforceSchemaLock } from '../core/private/schema-lock';
import { refuse, refuseBecause, requireUnique, Speaker, speakerFor } from '../core/private/validation';
import { mayDestroy } from '../terraform/removal';

/**
 * Feature groups: a folder of Parquet files in the lake each, registered as a feature set of a feature store of Azure
 * Machine Learning. Training reads the rows as they were at any time, and an online store (Redis) is filled from them
 * by Spark jobs on a schedule.
 *
 * Rows are written to `<group>/rows/` of the lake's container of features, in files of any names and folders of any
 * depth; the event time is a timestamp, text of ISO 8601, or seconds since 1970. A change of columns or of a
 * transformation is a new version of the feature set, which is materialized from the beginning.
 *
 * It is made in the order that works: account, vault and workspace, roles and the time that they take to arrive,
 * connections, the settings that name them, specifications, entities, feature sets. Whoever deploys is given the role
 * to upload the specifications, and must reach the account.
 *
 * Children: `Store` (the feature store) with `Storage`, `Vault`, `Identity`; `Materialization` (the identity of its
 * jobs), `OfflineStore` and `OnlineConnection` (connections), `OnlineStore`; for each group `FeatureSet-<name>`,
 * `Version-<name>` and `Specification-<name>-…`; `Entity-<key>`. Costs: storage and a vault; **the online store from
 * its creation, used or not: about 30 USD a month for the smallest with two nodes**, and each materialization the
 * minutes of three Standard_E4s_v3. Both are there only when a group is online: set `online: false` while nobody
 * serves.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-what-is-managed-feature-store
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure, FeatureType } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data, users: ['alice'] });
 * new azure.FeatureStore(stack, 'Features', {
 *   data,
 *   workspace,
 *   featureGroups: [{
 *     name: 'customers',
 *     entityKey: 'customer_id',
 *     eventTime: 'updated_at',
 *     online: false,
 *     features: [
 *       { name: 'customer_id', valueType: FeatureType.STRING },
 *       { name: 'updated_at', valueType: FeatureType.STRING },
 *       { name: 'orders', valueType: FeatureType.INTEGER },
 *     ],
 *   }],
 * });
 */
export class FeatureStore extends Construct implements IFeatureStore {
  /** A store of groups that exist, each by the name that it shall have here. */
  public static fromFeatureGroups(
    scope: Construct,
    id: string,
    groups: { [name: string]: IFeatureGroup },
  ): IFeatureStore {
    return new ImportedFeatureStore(scope, id, groups);
  }

  /** ARM id of the feature store. */
  public readonly featureStoreId: string;
  /** Name of the feature store. */
  public readonly featureStoreName: string;
  /** ARM id of the online store; undefined when no group is online. */
  public readonly onlineStoreId?: string;
  /** The identity that materialization runs as. */
  public readonly materializationIdentity: IManagedIdentity;
  private readonly groups = new Map<string, IFeatureGroup>();
  private readonly who: Speaker;

  public constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    this.who = speakerFor('feature store', scope, id);
    requireProps(this.who, 'FeatureStoreProps', props);
    requireKnown(this.who, props);
    if (resourceGroupOf(this).armRenderer === 'template') {
      refuseBecause(
        this.who,
        'its settings name connections that exist only after it, and a template deployment cannot write them afterwards: give AzureResourceGroup ' +
          'ArmRenderer.AZAPI, or have the feature store in a stack of its own that does',
      );
    }
    const specs = props.featureGroups.map((spec) => checkedFeatureGroup(this.who, spec));
    requireUnique(
      this.who,
      'featureGroups',
      props.featureGroups.map(({ name }) => name.toLowerCase()),
    );
    const isPublic = props.publicNetworkAccess ?? !props.data.isPrivate;
    checkOptions(this.who, props, specs, isPublic);
    if (props.schemaLock !== undefined) {
      enforceSchemaLock(this, this.who, props.schemaLock, props.featureGroups, {
        storesCanBeAdded: true,
        mostAdditions: FEATURE_LIMITS.features,
      });
    }
    const isDestroyable = mayDestroy(this, this.who, props.removalPolicy);

    this.materializationIdentity = props.materializationIdentity ?? new ManagedIdentity(this, 'Materialization');
    const { _managed, _resourceId } = props.onlineStorage ?? OnlineStorage.managedRedis();
    const onlineStore = specs.some(({ online }) => online)
      ? newOnlineStore(this, _managed ?? _resourceId!, isPublic)
      : undefined;
    const store = newStore(this, {
      data: props.data,
      workspace: props.workspace,
      materialization: this.materializationIdentity,
      onlineStore,
      isPublic,
      allowedIpRanges: props.allowedIpRanges ?? [],
      isDestroyable,
    });
    this.featureStoreId = store.id;
    this.featureStoreName = store.name;
    this.onlineStoreId = onlineStore?.resourceId;
    const entities = newEntities(this, store, specs);
    for (const spec of specs) this.groups.set(spec.name, this.newGroup(spec, props, store, entities, onlineStore));
  }

  /** One of the store's groups, by the name it has in `featureGroups`. */
  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups.get(name) ?? refuse(this.who, 'featureGroup', name, `one of ${[...this.groups.keys()].join(', ')}`)
    );
  }

  private newGroup(
    spec: ResolvedFeatureGroup,
    props: FeatureStoreProps,
    store: Store,
    entities: Entities,
    onlineStore: OnlineStore | undefined,
  ): IFeatureGroup {
    const { data } = props;
    const { name, version, sourcePath } = newFeatureSet(this, this.who, store, entities, spec, props);
    return FeatureGroup.fromAttributes(this, spec.name, {
      featureStoreId: store.id,
      featureSetName: name,
      featureSetVersion: version,
      sourceAccountId: data.featuresAccountId,
      sourceContainer: data.featuresContainer,
      sourcePath,
      offlineStoreId: containerId(data, 'features'),
      specificationAccountId: store.account.id,
      onlineStoreId: spec.online ? onlineStore?.resourceId : undefined,
    });
  }
}

class ImportedFeatureStore extends Construct implements IFeatureStore {
  public constructor(
    scope: Construct,
    id: string,
    private readonly groups: { readonly [name: string]: IFeatureGroup },
  ) {
    super(scope, id);
  }

  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups[name] ??
      refuse(speakerFor('feature store', this), 'featureGroup', name, `one of ${Object.keys(this.groups).join(', ')}`)
    );
  }
}
