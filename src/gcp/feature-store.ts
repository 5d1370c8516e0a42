import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import { VertexAiFeatureGroup } from '@cdktf/provider-google/lib/vertex-ai-feature-group';
import { VertexAiFeatureGroupFeature } from '@cdktf/provider-google/lib/vertex-ai-feature-group-feature';
import { VertexAiFeatureOnlineStore } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store';
import { VertexAiFeatureOnlineStoreFeatureview } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store-featureview';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { FeatureGroup } from './feature-group';
import { IFeatureGroup } from './feature-group-props';
import { FeatureStoreProps, IFeatureStore } from './feature-store-props';
import { GoogleProject } from './google-project';
import { ImportedFeatureStore } from './imported-feature-store';
import { OnlineStorage } from './online-storage';
import { requireKnown } from '../core/private/known-values';
import { ResolvedFeatureGroup } from '../core/private/resolve/features';
import { enforceSchemaLock } from '../core/private/schema-lock';
import { refuse, requireUnique, Speaker, speakerFor } from '../core/private/validation';
import { Schedule } from '../core/schedule';
import { acknowledge } from '../terraform/acknowledge';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';
import { after } from './private/base/ordering';
import { checkedFeatureGroup, checkOptions, FEATURE_LIMITS, isOnline } from './private/features/checks';
import { historyQuery, latestQuery, servedFeatures, tableSchema } from './private/features/feature-table';

/**
 * Feature groups: a table in BigQuery each, that training reads as it was at any time, and an online store that is
 * filled from the tables.
 *
 * Rows are written to the tables, the event time as BigQuery reads a TIMESTAMP: text of ISO 8601, or seconds since
 * 1970. Columns can be added at any time; everything else would replace the table, which Terraform refuses.
 *
 * Children, for each group: `Table-<name>`, `History-<name>` (all rows as Vertex AI reads them), `Registered-<name>`,
 * `<name>-<feature>`, and for a group that is online `Latest-<name>` and `View-<name>`; `OnlineStore`. Costs: storage
 * and queries; **the online store from its creation, used or not: about 680 USD a month for the smallest Bigtable**. It
 * is there only when a group is online: set `online: false` while nobody serves.
 *
 * @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/overview
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp, FeatureType } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * new gcp.FeatureStore(stack, 'Features', {
 *   data,
 *   featureGroups: [{
 *     name: 'customers',
 *     entityKey: 'customer_id',
 *     eventTime: 'updated_at',
 *     online: false,
 *     features: [
 *       { name: 'customer_id', valueType: FeatureType.STRING },
 *       { name: 'updated_at', valueType: FeatureType.STRING },
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

  /** Name of the online store; undefined when no group is online. */
  public readonly onlineStoreName?: string;
  private readonly groups = new Map<string, IFeatureGroup>();
  private readonly who: Speaker;

  public constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    this.who = speakerFor('feature store', scope, id);
    const specs = props.featureGroups.map((spec) => checkedFeatureGroup(this.who, spec));
    // How long the partitions of such a group stay is computed.
    requireKnown(this.who, { featureGroups: specs.filter(({ offline }) => !offline) });
    requireUnique(
      this.who,
      'featureGroups',
      props.featureGroups.map(({ name }) => name),
    );
    checkOptions(this.who, props, specs);
    if (props.schemaLock !== undefined) {
      enforceSchemaLock(this, this.who, props.schemaLock, props.featureGroups, {
        storesCanBeAdded: true,
        mostAdditions: FEATURE_LIMITS.features,
      });
    }
    const isDestroyable = mayDestroy(this, this.who, props.removalPolicy);

    const store = specs.some(isOnline)
      ? this.newOnlineStore(props.onlineStorage ?? OnlineStorage.bigtable())
      : undefined;
    this.onlineStoreName = store?.name;
    for (const spec of specs) this.groups.set(spec.name, this.newGroup(spec, props, store, isDestroyable));
  }

  /** One of the store's groups, by the name it has in `featureGroups`. */
  public featureGroup(name: string): IFeatureGroup {
    return (
      this.groups.get(name) ?? refuse(this.who, 'featureGroup', name, `one of ${[...this.groups.keys()].join(', ')}`)
    );
  }

  private newOnlineStore({ _bigtable: bigtable, _optimized: optimized }: OnlineStorage): VertexAiFeatureOnlineStore {
    const project = GoogleProject.of(this);
    const projectAllowlist = optimized?.privateProjects;
    return new VertexAiFeatureOnlineStore(this, 'OnlineStore', {
      name: stableName(this, undefined, { maxLength: FEATURE_LIMITS.nameLength, separator: '_' }),
      project: project.projectId,
      region: project.region,
      bigtable: bigtable && {
        autoScaling: {
          minNodeCount: bigtable.minNodes,
          maxNodeCount: bigtable.maxNodes,
          cpuUtilizationTarget: bigtable.cpuTargetPercent,
        },
      },
      optimized: optimized && {},
      dedicatedServingEndpoint: projectAllowlist && {
        privateServiceConnectConfig: { enablePrivateServiceConnect: true, projectAllowlist },
      },
      forceDestroy: true,
      dependsOn: after(project._api('aiplatform')),
    });
  }

  private newGroup(
    spec: ResolvedFeatureGroup,
    props: FeatureStoreProps,
    store: VertexAiFeatureOnlineStore | undefined,
    isDestroyable: boolean,
  ): IFeatureGroup {
    const project = GoogleProject.of(this);
    const { data } = props;
    const table = this.newTable(spec, data, isDestroyable);
    const tableName = `${project.projectId}.${data.featureDatasetId}.${table.tableId}`;
    const history = this.newView('History', spec, data, historyQuery(spec, tableName), 'all rows, for training');
    const agent = ['Table', 'History'].map((each, index) =>
      this.allowAgent(`${each}-${spec.name}`, data, [table, history][index]),
    );

    const registered = new VertexAiFeatureGroup(this, `Registered-${spec.name}`, {
      name: stableName(this, spec.name, { maxLength: FEATURE_LIMITS.nameLength, separator: '_' }),
      project: project.projectId,
      region: project.region,
      description: `${spec.name} of ${this.node.path}`,
      bigQuery: { bigQuerySource: { inputUri: uriOf(data, history) }, entityIdColumns: [spec.entityKey] },
      dependsOn: after(project._api('aiplatform'), ...agent),
    });
    for (const name of servedFeatures(spec)) {
      new VertexAiFeatureGroupFeature(this, `${spec.name}-${name}`, {
        name,
        project: project.projectId,
        region: project.region,
        featureGroup: registered.name,
        versionColumnName: name,
        // The column must be in the view.
        dependsOn: [history],
      });
    }
    const view =
      store !== undefined && isOnline(spec) ? this.newFeatureView(spec, props, store, tableName, agent) : undefined;
    return FeatureGroup.fromAttributes(this, spec.name, {
      featureGroupName: registered.name,
      datasetId: data.featureDatasetId,
      tableId: table.tableId,
      historyId: history.tableId,
      onlineStoreName: view && store?.name,
      featureViewName: view?.name,
    });
  }

  private newTable(spec: ResolvedFeatureGroup, data: IDataLake, isDestroyable: boolean): BigqueryTable {
    const project = GoogleProject.of(this);
    // A day more than what is online: partitions go as a whole.
    const expirationMs = spec.offline ? undefined : (spec.onlineTtlDays! + 1) * 86_400_000;
    return new BigqueryTable(this, `Table-${spec.name}`, {
      project: project.projectId,
      datasetId: data.featureDatasetId,
      tableId: stableName(this, spec.name, { maxLength: 100, separator: '_' }),
      description: `Features of ${spec.name}, one row for each ${spec.entityKey} and ${spec.eventTime}`,
      schema: tableSchema(spec),
      timePartitioning: { type: 'DAY', field: spec.eventTime, expirationMs },
      clustering: [spec.entityKey],
      encryptionConfiguration: { kmsKeyName: data.encryptionKey.keyId },
      deletionProtection: !isDestroyable,
      lifecycle: { preventDestroy: !isDestroyable },
      dependsOn: after(project._api('bigquery'), data.encryptionKey.grantServiceAgent('bigquery')),
    });
  }

  private newView(
    kind: string,
    spec: ResolvedFeatureGroup,
    data: IDataLake,
    query: string,
    description: string,
  ): BigqueryTable {
    const project = GoogleProject.of(this);
    const view = new BigqueryTable(this, `${kind}-${spec.name}`, {
      project: project.projectId,
      datasetId: data.featureDatasetId,
      tableId: stableName(this, `${spec.name}-${kind}`, { maxLength: 100, separator: '_' }),
      description: `Features of ${spec.name}: ${description}`,
      view: { query, useLegacySql: false },
      deletionProtection: false,
    });
    acknowledge(view, 'CKV_GCP_121', 'a view holds no rows: what it is made of is in the template');
    acknowledge(
      view,
      'CKV_GCP_80',
      'a view holds no rows: the table that it reads is encrypted with the key of the lake',
    );
    return view;
  }

  private newFeatureView(
    spec: ResolvedFeatureGroup,
    props: FeatureStoreProps,
    store: VertexAiFeatureOnlineStore,
    tableName: string,
    agent: BigqueryTableIamMember[],
  ): VertexAiFeatureOnlineStoreFeatureview {
    const project = GoogleProject.of(this);
    const latest = this.newView(
      'Latest',
      spec,
      props.data,
      latestQuery(spec, tableName),
      'the latest row of each entity, for serving',
    );
    const schedule = props.groupOptions?.[spec.name]?.syncSchedule ?? Schedule.hourly();
    return new VertexAiFeatureOnlineStoreFeatureview(this, `View-${spec.name}`, {
      name: stableName(this, spec.name, { maxLength: FEATURE_LIMITS.nameLength, separator: '_' }),
      project: project.projectId,
      region: project.region,
      featureOnlineStore: store.name,
      bigQuerySource: { uri: uriOf(props.data, latest), entityIdColumns: [spec.entityKey] },
      syncConfig: { cron: `CRON_TZ=${schedule.timeZone} ${schedule.expression}` },
      dependsOn: after(...agent, this.allowAgent(`Latest-${spec.name}`, props.data, latest)),
    });
  }

  /** Vertex AI reads tables and views under its own identity, and a view takes the permission for its table as well. */
  private allowAgent(id: string, data: IDataLake, table: BigqueryTable): BigqueryTableIamMember {
    const project = GoogleProject.of(this);
    return new BigqueryTableIamMember(this, `Agent-${id}`, {
      project: project.projectId,
      datasetId: data.featureDatasetId,
      tableId: table.tableId,
      role: 'roles/bigquery.dataViewer',
      member: project._agent('aiplatform'),
      dependsOn: after(project._agentReady('aiplatform')),
    });
  }
}

function uriOf(data: IDataLake, table: BigqueryTable): string {
  return `bq://${GoogleProject.of(data).projectId}.${data.featureDatasetId}.${table.tableId}`;
}
