import { MonitorAlertPrometheusRuleGroup } from '@cdktf/provider-azurerm/lib/monitor-alert-prometheus-rule-group';
import { Construct } from 'constructs';
import { PrometheusTexts, prometheusTexts } from '../../../core/private/grafana-dashboard';
import { prometheusRules, PrometheusRulesInput } from '../../../core/private/prometheus-rules';
import { IConnection } from '../../connection-props';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** The limits of a monitoring stack, and who is notified. */
export interface PrometheusGroupInput extends Omit<PrometheusRulesInput, 'mostDays'> {
  /** ARM ids of action groups. */
  readonly actionGroups: readonly string[];
}

/**
 * The limits of a monitoring stack as rules of the workspace that its connections lead to.
 *
 * Children of `scope`: `PrometheusRules`, where a connection has a workspace.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-rule-groups
 */
export function newPrometheusRules(
  scope: Construct, connections: readonly IConnection[] | undefined, { actionGroups, ...input }: PrometheusGroupInput,
): PrometheusTexts | undefined {
  const limits = { ...input, mostDays: MOST_DAYS };
  const texts = prometheusTexts(connections, limits);
  const workspaceId = connections?.find(({ metricsWorkspaceId }) => metricsWorkspaceId !== undefined)?.metricsWorkspaceId;
  if (workspaceId === undefined) return texts;
  const { location, resourceGroupName } = resourceGroupOf(scope);
  new MonitorAlertPrometheusRuleGroup(scope, 'PrometheusRules', {
    name: azureName(scope, 'resource', 'PrometheusRules'),
    location,
    resourceGroupName,
    scopes: [workspaceId],
    interval: 'PT1M',
    rule: prometheusRules(limits).map(({ description, expression, kind, labels, name, summary }) =>
      kind === 'record'
        ? { record: name, expression }
        : {
          alert: name,
          expression,
          severity: ERROR,
          labels: { ...labels },
          annotations: { summary: summary!, description: description! },
          action: actionGroups.map((actionGroupId) => ({ actionGroupId })),
          alertResolution: { autoResolved: true, timeToResolve: 'PT2M' },
        },
    ),
  });
  return texts;
}

/** As the native alerts on drift and quality have it. */
const ERROR = 1;

/**
 * A query looks back 32 days at most.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#prometheus-metrics
 */
const MOST_DAYS = 32;
