import { DataplexDatascan, DataplexDatascanDataQualitySpecRules } from '@cdktf/provider-google/lib/dataplex-datascan';
import { Construct } from 'constructs';
import { AlertSpec, EVENT_SECONDS, logLine } from './alert-policy';
import { requireKnownText } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { refuse, requireMatch, requireRange, Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { stableName } from '../../../terraform/names';
import { literal } from '../../../terraform/text';
import { DataQualityScan } from '../../data-quality-scan-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/**
 * The scan of a table, and the alert on its failures; it works with the identity of Dataplex, which reads the tables of
 * the project.
 */
export function newDataQualityScan(
  scope: Construct,
  who: Speaker,
  scan: DataQualityScan,
  featureDatasetId: string,
): AlertSpec {
  const { tableId, rules, datasetId = featureDatasetId, schedule = Schedule.daily() } = scan;
  requireMatch(
    who,
    'dataQuality tableId',
    tableId,
    /^[^.`/${}%]{1,1024}$/,
    'the id of a table alone, without its dataset',
  );
  requireMatch(who, 'dataQuality datasetId', datasetId, /^[A-Za-z0-9_]{1,1024}$/, 'the id of a dataset alone');
  requireKnownText(who, 'dataQuality tableId', tableId);
  requireTexts(who, scan, { tableId: 'text', datasetId: 'text?', rowFilter: 'text?' }, 'dataQuality ');
  requireRange(who, `dataQuality samplingPercent of '${tableId}'`, scan.samplingPercent, 0.001, 100);
  if (rules.length === 0) refuse(who, `dataQuality rules of '${tableId}'`, rules, 'one rule at least');
  const project = GoogleProject.of(scope);
  const table = `projects/${project.projectId}/datasets/${datasetId}/tables/${tableId}`;
  const datascan = new DataplexDatascan(scope, 'Scan', {
    project: project.projectId,
    location: project.region,
    dataScanId: stableName(scope, undefined, { maxLength: 63, separator: '-' }),
    displayName: `Rules of ${tableId}`,
    data: { resource: `//bigquery.googleapis.com/${table}` },
    executionSpec: { trigger: { schedule: { cron: `CRON_TZ=${schedule.timeZone} ${schedule.expression}` } } },
    dataQualitySpec: {
      rules: rules.map(({ _rule }) => escaped(_rule) as unknown as DataplexDatascanDataQualitySpecRules),
      samplingPercent: scan.samplingPercent,
      rowFilter: scan.rowFilter === undefined ? undefined : literal(scan.rowFilter),
    },
    dependsOn: after(project._api('dataplex')),
  });
  return {
    id: `DataQualityAlert-${tableId}`,
    title: `The data of ${tableId} breaks its rules, or could not be scanned`,
    severity: 'ERROR',
    runbook: [
      `The scan of \`${table}\` found rows that break a rule, or failed and has judged nothing. A model that is trained on such rows learns the fault.`,
      'The job of the scan lists the rules and a query for the rows that failed. Hold back the next training until the source is repaired.',
    ],
    conditions: [
      logLine(
        'Scan failed',
        [
          'resource.type="dataplex.googleapis.com/DataScan"',
          `resource.labels.datascan_id="${datascan.dataScanId}"`,
          // A scan that fails has judged nothing.
          '(labels."dataplex.googleapis.com/data_scan_state"="FAILED" OR (labels."dataplex.googleapis.com/data_scan_state"="SUCCEEDED" AND NOT jsonPayload.dataQuality.passed=true))',
        ].join(' AND '),
      ),
    ],
    quietSeconds: 300,
    autoCloseSeconds: EVENT_SECONDS,
  };
}

/** Terraform must not read a regular expression or SQL as a template. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)]));
}
