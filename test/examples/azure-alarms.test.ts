import { terraformOf } from '../support/examples';
import { TerraformConfig } from '../support/terraform-json';

/** Workflows of Logic Apps, whose triggers look into queues and keep times, and which no rule names. */
function unwatched(config: TerraformConfig): string[] {
  const rules = ['azurerm_monitor_scheduled_query_rules_alert_v2', 'azurerm_monitor_metric_alert']
    .flatMap((type) => Object.values(config.resource[type] ?? {}))
    .map((rule) => JSON.stringify(rule));
  const workflows = Object.entries<any>(config.resource.azapi_resource ?? {}).filter(([, { type }]) => type.startsWith('Microsoft.Logic/workflows@'));
  expect(workflows.length).toBeGreaterThan(0);
  return workflows.filter(([address, { name }]) => !rules.some((rule) => rule.includes(name) || rule.includes(`azapi_resource.${address}.id`))).map(([address]) => address);
}

test.each(['azure-level0', 'azure-level1', 'azure-level2', 'azure-integrations'])('%s has an alert for whatever starts, or runs, by itself', (name) => {
  expect(unwatched(terraformOf(name))).toEqual([]);
});
