import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { Construct } from 'constructs';
import { FeatureGroupAttributes, IFeatureGroup } from './feature-group-props';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { requireTexts } from '../core/private/texts';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { once } from '../terraform/once';
import { RawResource } from '../terraform/raw-resource';
import { grantOnce } from './private/base/grants';
import { lastingName } from './private/base/lasting-names';
import { after } from './private/base/ordering';
import { grantInProject } from './private/base/project-roles';

/**
 * Grants and metrics of a feature group, created here or imported.
 *
 * `FeatureStore` makes one for each group of its own; `fromAttributes` makes one for a group that exists.
 */
export class FeatureGroup extends Construct implements IFeatureGroup {
  /** A group that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: FeatureGroupAttributes): IFeatureGroup {
    return new FeatureGroup(scope, id, attributes);
  }

  public readonly featureGroupName: string;
  public readonly tableName: string;
  public readonly historyName: string;
  public readonly onlineStoreName?: string;
  public readonly featureViewName?: string;

  private constructor(scope: Construct, id: string, private readonly attributes: FeatureGroupAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('feature group', scope, id);
    for (const [prop, shape] of Object.entries(NAMES)) {
      requireMatch(who, prop, (attributes as unknown as { [prop: string]: string })[prop], ...shape);
    }
    requireTexts(who, attributes, {
      featureGroupName: 'text',
      datasetId: 'text',
      tableId: 'text',
      historyId: 'text',
      onlineStoreName: 'text?',
      featureViewName: 'text?',
    });
    const { projectId } = GoogleProject.of(this);
    this.featureGroupName = attributes.featureGroupName;
    this.tableName = `${projectId}.${attributes.datasetId}.${attributes.tableId}`;
    this.historyName = `${projectId}.${attributes.datasetId}.${attributes.historyId}`;
    this.onlineStoreName = attributes.onlineStoreName;
    this.featureViewName = attributes.featureViewName;
  }

  public grantRead(principal: IPrincipal): Grant {
    const { onlineStoreName, featureViewName } = this.online(
      'grantRead reads the online store, which it does not have: use grantReadOffline',
    );
    const project = GoogleProject.of(this);
    return grantOnce(this, principal, 'read-online', (scope, id) => new RawResource(scope, id, {
      resourceType: 'google_vertex_ai_feature_online_store_featureview_iam_member',
      attributes: {
        project: project.projectId,
        region: project.region,
        feature_online_store: onlineStoreName,
        feature_view: featureViewName,
        role: this.reader().name,
        member: principal.member,
      },
      provider: GoogleProject.of(scope)._beta(),
    }));
  }

  public grantWrite(principal: IPrincipal): Grant {
    const write = this.grantTable(principal, 'write', this.attributes.tableId, 'bigquery.dataEditor');
    return Grant.all([write, grantInProject(this, principal, 'bigquery.jobUser')]);
  }

  public grantReadOffline(principal: IPrincipal): Grant {
    const { tableId, historyId } = this.attributes;
    return Grant.all([
      this.grantTable(principal, 'read', tableId, 'bigquery.dataViewer'),
      this.grantTable(principal, 'read-history', historyId, 'bigquery.dataViewer'),
      grantInProject(this, principal, 'bigquery.jobUser'),
      grantInProject(this, principal, 'bigquery.readSessionUser'),
    ]);
  }

  public metricFilter(metricName: string): string {
    const { onlineStoreName, featureViewName } = this.online(
      'metricFilter is about online serving, which it does not have',
    );
    return (
      `metric.type = "aiplatform.googleapis.com/featureonlinestore/${metricName}" AND resource.type = "aiplatform.googleapis.com/FeatureOnlineStore"` +
      ` AND resource.labels.feature_online_store_id = "${onlineStoreName}" AND metric.labels.feature_view_id = "${featureViewName}"`
    );
  }

  private grantTable(principal: IPrincipal, purpose: string, tableId: string, role: string): Grant {
    return grantOnce(
      this,
      principal,
      purpose,
      (scope, id) =>
        new BigqueryTableIamMember(scope, id, {
          project: GoogleProject.of(this).projectId,
          datasetId: this.attributes.datasetId,
          tableId,
          role: `roles/${role}`,
          member: principal.member,
        }),
    );
  }

  /** Google's own roles that can read a view are about the whole project, or about the older Feature Store. */
  private reader(): ProjectIamCustomRole {
    return once(this, 'Reader', (id) => new ProjectIamCustomRole(this, id, {
      project: GoogleProject.of(this).projectId,
      roleId: lastingName(this, id, { maxLength: 64, separator: '_' }),
      title: `Reads features of ${this.node.path}`.slice(0, 100),
      permissions: ['aiplatform.featureOnlineStores.get', 'aiplatform.featureViews.fetchFeatureValues', 'aiplatform.featureViews.get'],
      dependsOn: after(GoogleProject.of(this)._api('iam', 'aiplatform')),
    }));
  }

  private online(why: string): { readonly onlineStoreName: string; readonly featureViewName: string } {
    const { onlineStoreName, featureViewName } = this;
    const who: Speaker = speakerFor('feature group', this);
    if (onlineStoreName === undefined || featureViewName === undefined) return refuseBecause(who, why);
    return { onlineStoreName, featureViewName };
  }
}

const TABLE: readonly [RegExp, string] = [/^[^\s.`/"'${}%]{1,1024}$/, 'the id of a table alone, without its dataset'];

const RESOURCE: readonly [RegExp, string] = [/^[a-z_][a-z0-9_]{0,127}$/, 'lower-case letters, digits and _, at most 128'];

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureGroups/create */
const NAMES: { readonly [prop in keyof FeatureGroupAttributes]: readonly [RegExp, string] } = {
  featureGroupName: RESOURCE,
  datasetId: [/^[A-Za-z0-9_]{1,1024}$/, 'the id of a dataset alone'],
  tableId: TABLE,
  historyId: TABLE,
  onlineStoreName: RESOURCE,
  featureViewName: RESOURCE,
};
