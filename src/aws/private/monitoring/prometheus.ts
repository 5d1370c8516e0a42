import { aws_aps as aps, aws_sns as sns } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { prometheusRules, PrometheusRulesInput, rulesYaml } from '../../../core/private/prometheus-rules';
import { IConnection } from '../../connection-props';
import { stableName } from '../base/names';

/**
 * The limits of a monitoring stack as rules in each workspace that its connections lead to, with its topic notified.
 *
 * Children of `scope`: `PrometheusRules`, where a connection has a workspace.
 */
export function newPrometheusRules(
  scope: Construct, connections: readonly IConnection[] | undefined, topic: sns.ITopic,
  input: Omit<PrometheusRulesInput, 'mostDays'>,
): void {
  const workspace = connections?.find(({ metricsWorkspace }) => metricsWorkspace !== undefined)?.metricsWorkspace;
  if (workspace === undefined) return;
  workspace.sendAlerts(input.model, topic);
  new aps.CfnRuleGroupsNamespace(scope, 'PrometheusRules', {
    workspace: workspace.workspaceArn,
    name: stableName(scope, undefined, 64),
    data: rulesYaml(prometheusRules({ ...input, mostDays: MOST_DAYS })),
  });
}

/**
 * A query looks back 95 days at most.
 *
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
 */
const MOST_DAYS = 95;
