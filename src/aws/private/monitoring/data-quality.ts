import {
  ArnFormat,
  Aws,
  aws_events as events,
  aws_glue as glue,
  aws_iam as iam,
  aws_sqs as sqs,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Schedule } from '../../../core/schedule';
import { IDataLake } from '../../data-lake-props';
import { DataQualityRules } from '../../data-quality-rules-props';
import { acknowledgeInlinePolicy, acknowledgeWildcards } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { pathText, stableName } from '../base/names';
import { field, newNotice, NoticeTarget } from '../base/notifications';
import { afterPolicies } from '../base/ordering';
import { newScheduledCall } from '../base/scheduled-call';

/**
 * Checks a table by its rules, and tells when it breaks them. Children: `DataQuality-<table>`,
 * `DataQualityFailed-<table>`.
 */
export function newDataQuality(scope: Construct, rules: DataQualityRules, lake: IDataLake, to: NoticeTarget): void {
  const eventPattern = newCheck(
    new Construct(scope, `DataQuality-${rules.tableName}`),
    rules,
    lake,
    to.deadLetterQueue,
  );
  newNotice(
    scope,
    `DataQualityFailed-${rules.tableName}`,
    {
      description: `Tells when the data of ${rules.tableName} breaks its rules`,
      eventPattern,
      message: `The data of ${rules.tableName} breaks its rules: score ${field('$.detail.score')}, see result ${field('$.detail.resultID')}`,
    },
    to,
  );
}

/**
 * A ruleset, a role, and a schedule that starts its evaluation; the event pattern of an evaluation that failed is
 * returned.
 *
 * The ruleset names no target table: Glue would want the table to exist before the first deployment. The run names it.
 *
 * Children of `scope`: `Ruleset`, `Role`, `Schedule`.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
 */
function newCheck(
  scope: Construct,
  spec: DataQualityRules,
  lake: IDataLake,
  deadLetterQueue: sqs.IQueue,
): events.EventPattern {
  const stack = Stack.of(scope);
  const name = stableName(scope, undefined, 255);
  const {
    tableName,
    databaseName = lake.databaseName,
    schedule: when = Schedule.daily(),
    dataPrefix = 'offline/',
  } = spec;
  const glueArn = (resource: string, resourceName?: string) =>
    stack.formatArn({ service: 'glue', resource, resourceName });
  const ruleset = new glue.CfnDataQualityRuleset(scope, 'Ruleset', {
    name,
    description: `What ${tableName} must keep`,
    ruleset: `Rules = [\n  ${spec.rules.join(',\n  ')}\n]`,
  });

  const role = new iam.Role(scope, 'Role', {
    assumedBy: ofThisAccount(scope, 'glue.amazonaws.com'),
    description: `Checks the data of ${tableName} for ${pathText(scope)}`,
  });
  const allow = (reason: string, statement: iam.PolicyStatementProps) => {
    const added = new iam.PolicyStatement(statement);
    role.addToPrincipalPolicy(added);
    acknowledgeWildcards(role, reason, added);
  };
  const table = [
    glueArn('catalog'),
    glueArn('database', databaseName),
    glueArn('table', `${databaseName}/${tableName}`),
  ];
  allow('', {
    actions: [
      'glue:GetDatabase',
      'glue:GetTable',
      'glue:GetTableVersion',
      'glue:GetTableVersions',
      'glue:GetPartition',
      'glue:GetPartitions',
    ],
    resources: table,
  });
  allow('a run is authorized as a ruleset whose name is generated', {
    actions: [
      'glue:GetDataQualityRuleset',
      'glue:GetDataQualityRulesetEvaluationRun',
      'glue:GetDataQualityResult',
      'glue:PublishDataQuality',
    ],
    resources: [glueArn('dataQualityRuleset', '*')],
  });
  allow('runs name their log groups and streams themselves, below this one name', {
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: '/aws-glue/*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });
  allow('cloudwatch:PutMetricData has no resource; the condition keeps it to the namespace of the checks', {
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue Data Quality' } },
  });
  lake.grantRead(role, dataPrefix);
  acknowledgeInlinePolicy(role);

  const schedule = newScheduledCall(scope, 'Schedule', {
    schedule: when,
    description: `Checks the data of ${tableName}`,
    targetArn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:glue:startDataQualityRulesetEvaluationRun`,
    input: {
      DataSource: { GlueTable: { DatabaseName: databaseName, TableName: tableName } },
      Role: role.roleArn,
      RulesetNames: [name],
      AdditionalRunOptions: { CloudWatchMetricsEnabled: true },
    },
    statements: [
      new iam.PolicyStatement({
        actions: ['glue:StartDataQualityRulesetEvaluationRun'],
        resources: [glueArn('dataQualityRuleset', name)],
      }),
      new iam.PolicyStatement({ actions: ['glue:GetDatabase', 'glue:GetTable'], resources: table }),
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
      }),
    ],
    deadLetterQueue,
    encryptionKey: lake.encryptionKey,
  });
  schedule.node.addDependency(ruleset);
  afterPolicies(schedule, role);
  // https://docs.aws.amazon.com/glue/latest/dg/data-quality-alerts.html
  return {
    source: ['aws.glue-dataquality'],
    detailType: ['Data Quality Evaluation Results Available'],
    detail: { rulesetNames: [name], state: ['FAILED'] },
  };
}
