import { Integrations } from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { Integration, QualityGate } from '../../src/core';
import { azureStack, synthesized } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { watchedBy } from '../support/azure-watched';

const ENDPOINT = 'https://prometheus.example.com/api/v1/write';

function scene(integration = Integration.prometheus()) {
  const stack = azureStack();
  const { connections } = new Integrations(stack, 'Systems', {
    use: [integration], data: new PlainLake(stack, 'Lake'), workspace: new PlainWorkspace(stack, 'Notebooks'),
  });
  const { monitoring } = watchedBy(stack, {
    connections, drift: { maxDriftShare: 0.2 }, modelQuality: { gates: [QualityGate.atMost('logLoss', 0.4)] },
  });
  const { resource } = synthesized(stack);
  const only = (kind: string): any => {
    const [found, ...more] = Object.values(resource[kind] ?? {});
    expect(more).toEqual([]);
    return found;
  };
  return { monitoring, only, resource, model: monitoring.metricNamespace.replace('mlops/', '') };
}

test('samples go through a rule of their own into the workspace', () => {
  const rule = scene().only('azurerm_monitor_data_collection_rule');
  expect(rule.data_collection_endpoint_id).toBe('${azurerm_monitor_data_collection_endpoint.Systems_prometheus_Workspace_Endpoint_2CEE79A9.id}');
  expect(rule.data_sources.prometheus_forwarder).toEqual([{ name: 'samples', streams: ['Microsoft-PrometheusMetrics'] }]);
  expect(rule.data_flow).toEqual([{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['workspace'] }]);
  expect(rule.destinations.monitor_account[0].monitor_account_id).toMatch(/^\$\{azurerm_monitor_workspace\.Systems_prometheus_Workspace_\w+\.id\}$/);
});

test('the drift job writes there as its own identity, and says whose numbers they are', () => {
  const { model, only, resource } = scene();
  const ruleId = Object.values<any>(resource.azurerm_role_assignment).filter(({ scope }) => scope.startsWith('${azurerm_monitor_data_collection_rule.'));
  expect(ruleId.map((each) => each.role_definition_id.endsWith(ROLES.monitoringMetricsPublisher))).toEqual([true]);
  expect(ruleId[0].principal_id).toMatch(/Monitoring_Drift/);
  const text = JSON.stringify(resource.azurerm_logic_app_workflow ?? resource.azapi_resource);
  expect(text).toMatch(/MLOPS_PROMETHEUS_REMOTE_WRITE_URL/);
  expect(text).toContain('.metrics_ingestion_endpoint}/dataCollectionRules/${azurerm_monitor_data_collection_rule.');
  expect(text).toContain('.immutable_id}/streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24');
  expect(text).toMatch(new RegExp(`MLOPS_PROMETHEUS_MODEL[^a-z]+${model}`));
  expect(only('azurerm_monitor_workspace').location).toBeDefined();
});

test('the rules of a monitoring stack are those of its alerts, and notify its action group', () => {
  const { model, only } = scene();
  const group = only('azurerm_monitor_alert_prometheus_rule_group');
  expect(group.interval).toBe('PT1M');
  expect(group.rule.map((rule: any) => [rule.record ?? rule.alert, rule.expression])).toEqual([
    ['mlops:drift_share:last', `last_over_time(mlops_drift_share{ml_model="${model}"}[3060m])`],
    ['mlops:captured_rows:last', `last_over_time(mlops_captured_rows{ml_model="${model}"}[3060m])`],
    ['mlops:quality:last', `last_over_time(mlops_quality{ml_model="${model}"}[3060m])`],
    ['MlopsDrift', `mlops:drift_share:last{ml_model="${model}"} > 0.2`],
    ['MlopsQuality', `mlops:quality:last{ml_model="${model}",metric="logLoss"} > 0.4`],
  ]);
  expect(group.rule[3]).toMatchObject({ severity: 1, action: [{ action_group_id: '${azurerm_monitor_action_group.Monitoring_Notify_7B4E3E03.id}' }], alert_resolution: { auto_resolved: true } });
  expect(group.scopes[0]).toMatch(/^\$\{azurerm_monitor_workspace\./);
});

test('a server that exists gets the numbers, and no rules', () => {
  const { model, monitoring, resource } = scene(Integration.prometheus({ endpoint: ENDPOINT }));
  expect(monitoring.prometheusRules).toContain(`mlops:drift_share:last{ml_model="${model}"} > 0.2`);
  expect(JSON.parse(monitoring.grafanaDashboard!).title).toBe(model);
  expect(resource.azurerm_monitor_workspace).toBeUndefined();
  expect(resource.azurerm_monitor_alert_prometheus_rule_group).toBeUndefined();
  expect(JSON.stringify(resource)).toContain(ENDPOINT);
  expect(JSON.stringify(resource)).toMatch(new RegExp(`MLOPS_PROMETHEUS_MODEL[^a-z]+${model}`));
});
