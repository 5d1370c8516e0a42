import { aws_aps as aps, aws_sns as sns } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PrometheusTexts, prometheusTexts } from '../../../core/private/grafana-dashboard';
import { PrometheusRulesInput } from '../../../core/private/prometheus-rules';
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
): PrometheusTexts | undefined {
  const texts = prometheusTexts(connections, { ...input, mostDays: MOST_DAYS });
  const workspace = connections?.find(({ metricsWorkspace }) => metricsWorkspace !== undefined)?.metricsWorkspace;
  if (workspace === undefined) return texts;
  workspace.sendAlerts(input.model, topic);
  new aps.CfnRuleGroupsNamespace(scope, 'PrometheusRules', {
    workspace: workspace.workspaceArn,
    name: stableName(scope, undefined, 64),
    data: texts!.rules,
  });
  return texts;
}

/**
 * A query looks back 95 days at most.
 *
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
 */
const MOST_DAYS = 95;
