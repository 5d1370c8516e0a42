import { CONNECTED } from './answers';
import { System } from '../system';

/**
 * Prometheus: the numbers of drift runs as series, with rules from the intent of monitoring.
 *
 * @see https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
export const PROMETHEUS: System = {
  id: 'prometheus',
  title: 'Prometheus',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '3.14.0',
  readOn: '2026-12-01',
  home: 'https://prometheus.io',
  client: { variables: { MLOPS_PROMETHEUS_REMOTE_WRITE_URL: '{endpoint}' }, packages: [] },
  clouds: {
    aws: { as: 'managed', how: 'AWS::APS::Workspace, with AWS::APS::RuleGroupsNamespace of each monitoring stack' },
    gcp: {
      as: 'connected',
      how: `a server that exists, by its endpoint: ${CONNECTED.gcp.how}; Cloud Monitoring itself answers PromQL, and alerts are conditions in PromQL of google_monitoring_alert_policy`,
    },
    azure: {
      as: 'managed',
      how: 'azurerm_monitor_workspace with azurerm_monitor_data_collection_rule, and azurerm_monitor_alert_prometheus_rule_group of each monitoring stack',
    },
  },
};
