import { aws_iam as iam, aws_sagemaker as sagemaker, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { FeatureGroup } from './feature-group';
import { IFeatureGroup } from './feature-group-props';
import {
  FeatureGroupOptions,
  FeatureStoreProps,
  IFeatureStore,
  OfflineTableFormat,
  OnlineStorage,
} from './feature-store-props';
import { FeatureGroupSpec, FeatureType } from '../core/feature-store';
import { acknowledgeInlinePolicy } from './private/base/acknowledge';
import { pathText, stableName } from './private/base/names';
import { afterPolicies } from './private/base/ordering';
import { requireParts } from './private/base/parts';
import { requireOwnRole } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { sharesRemoval, statefulRemoval } from './private/data/removal';
import { shieldFromTags } from './private/data/tag-shield';
import { checkDistinct, checkedFeatureGroup, checkOptions, FEATURE_STORE_LIMITS } from './private/features/checks';
import { recordMembers } from './private/features/members';
import { ResolvedFeatureGroup } from '../core/private/resolve/features';
import { enforceSchemaLock } from '../core/private/schema-lock';
import { refuse, Speaker, speakerFor } from '../core/private/validation';
import { grantOffline } from './private/features/offline-access';

/**
 * Feature groups with an online store for serving and an offline store for training, both encrypted with the lake's
 * key.
 *
 * A group has no description and gets no tags from the app: SageMaker would replace the group, and its data, to change
 * them. Adding features is an update; everything else in a group's schema is immutable, which `schemaLock` enforces
 * before a deployment. Children: `Role` (when a group is kept offline), and for each group one child of its name with
 * `Resource` in it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, FeatureType } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const features = new aws.FeatureStore(stack, 'Features', {
 *   data,
 *   featureGroups: [{
 *     name: 'customers',
 *     entityKey: 'customer_id',
 *     eventTime: 'updated_at',
 *     features: [
 *       { name: 'customer_id', valueType: FeatureType.STRING },
 *       { name: 'updated_at', valueType: FeatureType.STRING },
 *       { name: 'orders_90d', valueType: FeatureType.INTEGER },
 *     ],
 *   }],
 * });
 * const workspace = new aws.Workspace(stack, 'Workspace', { data, users: ['alice'] });
 * features.featureGroup('customers').grantWrite(workspace.executionRole);
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

  /** Role that SageMaker uses to write the offline store; undefined when no group is kept offline. */
  public readonly role?: iam.IRole;
  private readonly groups = new Map<string, FeatureGroup>();
  private readonly who: Speaker;
  private readonly folder: string;

  constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    watchRegion(this);
    this.who = speakerFor('feature store', scope, id);
    requireParts(this.who, props, 'data');
    this.folder = `offline/${stableName(this, undefined, FEATURE_STORE_LIMITS.nameLength)}/`;
    const specs = props.featureGroups.map((spec) => checkedFeatureGroup(this.who, spec));
    checkDistinct(
      this.who,
      props.featureGroups.map((spec) => spec.name),
    );
    checkOptions(this.who, props, specs);
    requireOwnRole(this, this.who, 'role', props.role);
    if (props.schemaLock !== undefined) {
      const evolution = { storesCanBeAdded: false, mostAdditions: FEATURE_STORE_LIMITS.additionsAtOnce };
      enforceSchemaLock(this, this.who, props.schemaLock, props.featureGroups, evolution);
    }
    const removalPolicy = statefulRemoval(this, this.who, props.removalPolicy);

    if (specs.some(({ offline }) => offline)) {
      this.role = props.role ?? this.newRole(removalPolicy);
      grantOffline(this, this.role, props.data, this.folder);
    }
    const resources = specs.map((spec) => this.newGroup(spec, props, removalPolicy));
    recordMembers(
      this,
      specs.map(({ name, online, offline }) => ({ group: this.groups.get(name)!, online, offline })),
    );
    // Not more than SageMaker makes at a time; the next would fail, not wait.
    const atOnce = FEATURE_STORE_LIMITS.groupsCreatedAtOnce;
    resources.slice(atOnce).forEach((resource, index) => resource.node.addDependency(resources[index]));
  }

  /** One of the store's groups, by the name it has in `featureGroups`. */
  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups.get(name) ?? refuse(this.who, 'featureGroup', name, `one of ${[...this.groups.keys()].join(', ')}`)
    );
  }

  private newRole(removalPolicy: RemovalPolicy): iam.Role {
    const role = new iam.Role(this, 'Role', {
      description: `Feature store of ${pathText(this)}: writes the offline rows`,
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
    });
    acknowledgeInlinePolicy(role);
    sharesRemoval(role, removalPolicy);
    return role;
  }

  private newGroup(
    spec: ResolvedFeatureGroup,
    props: FeatureStoreProps,
    removalPolicy: RemovalPolicy,
  ): sagemaker.CfnFeatureGroup {
    const options = props.groupOptions?.[spec.name] ?? {};
    const { offline } = spec;
    const featureGroupName = stableName(this, spec.name, FEATURE_STORE_LIMITS.nameLength);
    const tableName = offline ? featureGroupName.replace(/-/g, '_') : undefined;
    const offlineFolder = offline ? `${this.folder}${spec.name}/` : undefined;
    const group = FeatureGroup.fromAttributes(this, spec.name, {
      featureGroupName,
      data: props.data,
      online: spec.online,
      offlineFolder,
      tableName,
    }) as FeatureGroup;
    this.groups.set(spec.name, group);

    const resource = new sagemaker.CfnFeatureGroup(group, 'Resource', {
      featureGroupName,
      recordIdentifierFeatureName: spec.entityKey,
      eventTimeFeatureName: spec.eventTime,
      featureDefinitions: spec.features.map((feature) => ({
        featureName: feature.name,
        featureType: FEATURE_TYPES[feature.valueType],
      })),
      onlineStoreConfig: onlineStore(spec, options, props.data),
      offlineStoreConfig: offline ? offlineStore(options, props.data, offlineFolder!, tableName!) : undefined,
      roleArn: offline ? this.role!.roleArn : undefined,
      throughputConfig: throughput(spec, options),
    });
    resource.applyRemovalPolicy(removalPolicy);
    if (offline) afterPolicies(resource, this.role!, props.data.featureBucket);
    return shieldFromTags(resource);
  }
}

class ImportedFeatureStore extends Construct implements IFeatureStore {
  public constructor(
    scope: Construct,
    id: string,
    private readonly groups: { readonly [name: string]: IFeatureGroup },
  ) {
    super(scope, id);
    recordMembers(
      this,
      Object.values(groups).map((group) => ({
        // Of a class of somebody else's nothing tells that there is no online store.
        group,
        online: group instanceof FeatureGroup ? group._online : true,
        offline: group.tableName !== undefined,
      })),
    );
  }

  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups[name] ??
      refuse(speakerFor('feature store', this), 'featureGroup', name, `one of ${Object.keys(this.groups).join(', ')}`)
    );
  }
}

/** The typings have `any` for the two stores, and CloudFormation wants its own spelling there. */
function onlineStore(spec: ResolvedFeatureGroup, options: FeatureGroupOptions, data: IDataLake): object | undefined {
  if (!spec.online) return undefined;
  return {
    EnableOnlineStore: true,
    SecurityConfig: { KmsKeyId: data.encryptionKey.keyArn },
    StorageType: options.onlineStorage ?? OnlineStorage.STANDARD,
    TtlDuration: ttl(spec, options),
  };
}

function offlineStore(options: FeatureGroupOptions, data: IDataLake, folder: string, tableName: string): object {
  return {
    S3StorageConfig: { S3Uri: data.featureBucket.s3UrlForObject(folder.slice(0, -1)), KmsKeyId: data.encryptionKey.keyArn },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { Catalog: 'AwsDataCatalog', Database: data.databaseName, TableName: tableName },
    TableFormat: options.tableFormat ?? OfflineTableFormat.ICEBERG,
  };
}

function ttl(spec: FeatureGroupSpec, options: FeatureGroupOptions): object | undefined {
  if (spec.onlineTtlDays !== undefined) return { Unit: 'Days', Value: spec.onlineTtlDays };
  if (options.onlineTtl === undefined) return undefined;
  const seconds = options.onlineTtl.toSeconds();
  const [unit, size] = TTL_UNITS.find(([, each]) => seconds % each === 0)!;
  return { Unit: unit, Value: seconds / size };
}

function throughput(
  spec: ResolvedFeatureGroup,
  options: FeatureGroupOptions,
): sagemaker.CfnFeatureGroup.ThroughputConfigProperty | undefined {
  if (options.throughput === undefined) return undefined;
  const { mode, units } = options.throughput;
  return {
    throughputMode: mode,
    provisionedReadCapacityUnits: units && spec.online ? (units.readUnits ?? 0) : undefined,
    provisionedWriteCapacityUnits: units?.writeUnits,
  };
}

const FEATURE_TYPES: { readonly [valueType in FeatureType]: string } = {
  [FeatureType.STRING]: 'String',
  [FeatureType.INTEGER]: 'Integral',
  [FeatureType.FLOAT]: 'Fractional',
};

/** Units of a time to live, the largest first. */
const TTL_UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['Weeks', 604800], ['Days', 86400], ['Hours', 3600], ['Minutes', 60], ['Seconds', 1],
];
