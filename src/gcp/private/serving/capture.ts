import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import { VertexAiEndpointPredictRequestResponseLoggingConfig } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { records } from '../../../core/private/capture';
import { ResolvedCapture } from '../../../core/private/resolve/serving';
import { stableName } from '../../../terraform/names';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** The table of requests and answers, and what the endpoint needs to write into it. */
export interface Capture {
  /** `<project>.<dataset>.<table>`; undefined while nothing is recorded. */
  readonly table?: string;
  readonly config: VertexAiEndpointPredictRequestResponseLoggingConfig;
  readonly needs: ITerraformDependable[];
}

/**
 * A table of the stack's own instead of the one that Vertex AI would make: its permissions, its key and the end of its
 * rows are ours.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/online-prediction-logging
 */
export function newCapture(scope: Construct, spec: ResolvedCapture, data: IDataLake, mayGo: boolean): Capture {
  const project = GoogleProject.of(scope);
  const table = new BigqueryTable(scope, 'Capture', {
    project: project.projectId,
    datasetId: data.captureDatasetId,
    tableId: stableName(scope, 'Capture', { maxLength: 100, separator: '_' }),
    description: `Requests to ${scope.node.path} and their answers`,
    schema: JSON.stringify(COLUMNS.map(([name, columnType, mode]) => ({ name, type: columnType, mode }))),
    // BigQuery copies the time that the dataset sets into a table when it makes it: a later change reaches the rows
    // through the table alone.
    timePartitioning: { type: 'DAY', field: 'logging_time', expirationMs: data.captureRetentionDays && data.captureRetentionDays * 86_400_000 },
    encryptionConfiguration: { kmsKeyName: data.encryptionKey.keyId },
    deletionProtection: !mayGo,
    lifecycle: { preventDestroy: !mayGo },
    dependsOn: after(data.encryptionKey.grantServiceAgent('bigquery')),
  });
  const mayWrite = new BigqueryTableIamMember(scope, 'CaptureWriter', {
    project: project.projectId,
    datasetId: data.captureDatasetId,
    tableId: table.tableId,
    role: 'roles/bigquery.dataEditor',
    member: project._agent('aiplatform'),
    dependsOn: after(project._agentReady('aiplatform')),
  });
  const name = `${project.projectId}.${data.captureDatasetId}.${table.tableId}`;
  const needs = [table, mayWrite];
  // The table stays for what it holds.
  if (!records(spec)) return { config: { enabled: false }, needs };
  return {
    table: name,
    config: { enabled: true, samplingRate: spec.samplingPercent / 100, bigqueryDestination: { outputUri: `bq://${name}` } },
    needs,
  };
}

const COLUMNS = [
  ['endpoint', 'STRING', 'NULLABLE'],
  ['deployed_model_id', 'STRING', 'NULLABLE'],
  ['logging_time', 'TIMESTAMP', 'NULLABLE'],
  ['request_id', 'NUMERIC', 'NULLABLE'],
  ['request_payload', 'STRING', 'REPEATED'],
  ['response_payload', 'STRING', 'REPEATED'],
] as const;
