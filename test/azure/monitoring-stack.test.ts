import { ArmRenderer, DataLake, MonitoringStack, MonitoringStackProps, Principal, Workspace } from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { hoursBetweenRuns } from '../../src/azure/private/monitoring/drift-window';
import { ContainerImage } from '../../src/core/container-image';
import { Cloud, Parity } from '../../src/core/parity';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule, Weekday } from '../../src/core/schedule';
import { changed, isProven, named, Rendered } from '../parity/changed';
import { expectArmBodies } from '../support/arm-types';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized, TerraformConfig } from '../support/azure';
import { ForeignServing, watchedBy, WatchedWorld } from '../support/azure-watched';
import { expectProviderSchemas } from '../support/provider-schema';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const WORKSPACE = `${GROUP}/Microsoft.MachineLearningServices/workspaces/work`;
const ENDPOINT = `${WORKSPACE}/onlineEndpoints/churn`;
const PERSON = '12345678-1111-2222-3333-444444444444';

type Given = Partial<MonitoringStackProps>;

function watching(given: Given = {}, world: WatchedWorld = {}) {
  const stack = azureStack();
  return { ...watchedBy(stack, given, world), stack, config: () => synthesized(stack) };
}

const configOf = (given: Given = {}, world: WatchedWorld = {}) => watching(given, world).config();
const GATES = [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('log_loss', 0.3)];

/** The rules by the ids of their constructs. */
function rulesOf(config: TerraformConfig): { [id: string]: any } {
  const rules = ['azurerm_monitor_metric_alert', 'azurerm_monitor_scheduled_query_rules_alert_v2'].flatMap((type) => Object.entries(config.resource[type] ?? {}));
  return Object.fromEntries(rules.map(([address, rule]) => [address.replace(/^Monitoring_(.*)_[0-9A-F]{8}$/, '$1'), rule]));
}

/** The one condition of a rule. */
function criteriaOf(config: TerraformConfig, id: string): any {
  const rule = rulesOf(config)[id];
  if (rule === undefined) throw new Error(`no ${id} among ${Object.keys(rulesOf(config)).join(', ')}`);
  expect(rule.criteria).toHaveLength(1);
  return rule.criteria[0];
}

/** Definitions of the workflows, by the ids of their constructs. */
function workflowsOf(config: TerraformConfig): { [id: string]: any } {
  const all = Object.entries<any>(config.resource.azapi_resource ?? {}).filter(([, each]) => each.type.startsWith('Microsoft.Logic/workflows@'));
  return Object.fromEntries(all.map(([address, each]) => [address.replace(/^Monitoring_(.*)_[0-9A-F]{8}$/, '$1'), each.body.properties.definition]));
}

/** Every action of a definition, however deep. */
function actionsOf(definition: any): { [name: string]: any } {
  const found: { [name: string]: any } = {};
  const walk = (actions: any): void => {
    for (const [name, action] of Object.entries<any>(actions ?? {})) {
      found[name] = action;
      walk(action.actions);
      walk(action.else?.actions);
      walk(action.default?.actions);
      for (const each of Object.values<any>(action.cases ?? {})) walk(each.actions);
    }
  };
  walk(definition.actions);
  return found;
}

describe('who is told', () => {
  test('each address is in the action group, and every rule tells it', () => {
    const { config, monitoring } = watching({ alertEmails: ['ml@example.com', 'ops@example.com'], drift: {} });
    const synth = config();
    const group = onlyResource(synth, 'azurerm_monitor_action_group');
    expect(group.email_receiver.map(({ name, email_address }: any) => [name, email_address])).toEqual([['email-1', 'ml@example.com'], ['email-2', 'ops@example.com']]);
    const address = '${azurerm_monitor_action_group.Monitoring_Notify_';
    for (const [id, { action }] of Object.entries(rulesOf(synth))) {
      const told = Array.isArray(action) ? action.map(({ action_group_id }: any) => action_group_id) : action.action_groups;
      expect([id, told]).toEqual([id, [expect.stringContaining(address)]]);
    }
    expect(Object.keys(monitoring.alertRules)).toContain('ServerErrorAlert');
  });

  test('groups and programs of the user\'s', () => {
    const id = `${GROUP}/Microsoft.Insights/actionGroups/pager`;
    const synth = configOf({ actionGroupIds: [id], alertEventHub: { namespaceName: 'events', eventHubName: 'alerts' } });
    expect(rulesOf(synth).ServerErrorAlert.action.action_groups).toEqual([expect.anything(), id]);
    expect(onlyResource(synth, 'azurerm_monitor_action_group').event_hub_receiver).toEqual([
      { name: 'programs', event_hub_namespace: 'events', event_hub_name: 'alerts', subscription_id: SUBSCRIPTION, use_common_alert_schema: true },
    ]);
  });

  test('a rule says what to do, and how much it matters', () => {
    const { severity, description } = rulesOf(configOf()).ServerErrorAlert;
    expect(severity).toBe(0);
    expect(description).toContain('(Stack/Monitoring)');
    expect(description).toContain('Look at the logs of the deployment');
  });
});

describe('a managed online endpoint', () => {
  const limits = { maxErrorPercent: 2, maxLatencyP99Ms: 800, maxClientErrorPercent: 7, maxUtilizationPercent: 85, noTrafficMinutes: 60 };
  const synth = configOf(limits, { hasAccelerator: true });

  test('errors are shares of the requests that arrived in the log', () => {
    const { query, ...rest } = criteriaOf(synth, 'ServerErrorAlert');
    expect(query).toContain('where EndpointName =~ "churn" and AzureMLWorkspaceName =~ "work"');
    expect(query).toContain('| where arrived > ago(5m)\n| summarize all = count(), bad = countif(failed)');
    expect(query).toContain('| where percent > 2');
    expect(rest).toMatchObject({ operator: 'GreaterThan', threshold: 0, time_aggregation_method: 'Count' });
    expect(criteriaOf(synth, 'ClientErrorAlert').query).toContain('| where percent > 7');
    expect(rulesOf(synth).ServerErrorAlert).toMatchObject({ evaluation_frequency: 'PT5M', window_duration: 'PT5M', query_time_range_override: 'PT30M', skip_query_validation: true });
  });

  test('a container that answers 400 is not the server\'s fault, though Azure ML answers 424', () => {
    const { query } = criteriaOf(synth, 'ServerErrorAlert');
    expect(query).toContain('failed = code >= 500 or code == 408 or (code == 424 and not(inner between (400 .. 499)))');
  });

  test('latency is percentiles of the log', () => {
    expect(criteriaOf(synth, 'LatencyP99Alert').query).toContain('percentile(ms, 99)\n| where slow > 800');
    expect(criteriaOf(synth, 'LatencyP50Alert').query).toContain('percentile(ms, 50)\n| where slow > 400');
  });

  test('silence counts after there were requests', () => {
    expect(criteriaOf(synth, 'NoTrafficAlert').query).toContain('where isnotnull(newest) and newest < ago(60m)');
    expect(rulesOf(synth).NoTrafficAlert.query_time_range_override).toBe('P2D');
    expect(Object.keys(rulesOf(configOf()))).not.toContain('NoTrafficAlert');
  });

  test('machines of deployments, which no rule can name, are read by the probe', () => {
    const { metric_namespace: namespace, ...rest } = criteriaOf(synth, 'GPUAlert');
    expect(namespace).toMatch(/^mlops\/stack-monitoring-[0-9a-f]{8}$/);
    expect(rest).toMatchObject({
      metric_name: 'gpu_percent',
      aggregation: 'Average',
      operator: 'GreaterThan',
      threshold: 85,
      skip_metric_validation: true,
      dimension: [{ name: 'endpoint', operator: 'Include', values: ['churn'] }],
    });
    expect(rulesOf(synth).GPUAlert.scopes).toEqual([WORKSPACE]);
    expect(Object.keys(rulesOf(synth))).toEqual(expect.arrayContaining(['CPUAlert', 'MemoryAlert', 'DiskAlert', 'GPUAlert', 'GPUMemoryAlert', 'CapacityAlert', 'ProbeRunAlert']));
    expect(Object.keys(rulesOf(configOf()))).not.toContain('GPUAlert');
    const probe = actionsOf(workflowsOf(synth).Probe_Workflow);
    expect(probe.Look.inputs.uri).toBe(`https://management.azure.com${ENDPOINT}/deployments`);
    expect(probe.Read_use.inputs.queries.metricnames).toBe('CpuUtilizationPercentage,CpuMemoryUtilizationPercentage,DiskUtilization,GpuUtilizationPercentage,GpuMemoryUtilizationPercentage');
    expect(probe.Write_GpuUtilizationPercentage.inputs.uri).toBe(`https://westeurope.monitoring.azure.com${WORKSPACE}/metrics`);
    expect(actionsOf(workflowsOf(configOf()).Probe_Workflow)).not.toHaveProperty('Write_GpuUtilizationPercentage');
  });

  test('its logs and those of every workflow go to Log Analytics, those of the workspace are sent by itself', () => {
    const settings = resourcesOf(configOf({ drift: {} }, { training: true }), 'azurerm_monitor_diagnostic_setting');
    const of = (id: string) => settings.find(({ target_resource_id: target }) => target.includes(id));
    expect(of('onlineEndpoints/churn').enabled_log.map(({ category }: any) => category)).toEqual(['AmlOnlineEndpointConsoleLog', 'AmlOnlineEndpointEventLog', 'AmlOnlineEndpointTrafficLog']);
    expect(settings.find(({ target_resource_id: target }) => target === WORKSPACE)).toBeUndefined();
    expect(of('workflows/training').enabled_log).toEqual([{ category: 'WorkflowRuntime' }]);
    expect(of('workflows/rollout').enabled_log).toEqual([{ category: 'WorkflowRuntime' }]);
    for (const id of ['Drift_Workflow', 'Drift_Schedule', 'Probe_Workflow']) expect(of(id).enabled_log).toEqual([{ category: 'WorkflowRuntime' }]);
    for (const { log_analytics_workspace_id: id } of settings) expect(id).toBe(`${GROUP}/Microsoft.OperationalInsights/workspaces/logs`);
  });

  test('its logs are kept for a time of their own', () => {
    const tables = resourcesOf(configOf({ logRetentionDays: 90 }), 'azurerm_log_analytics_workspace_table');
    expect(tables.map(({ name, retention_in_days: days }) => [name, days])).toEqual([
      ['AmlOnlineEndpointConsoleLog', 90], ['AmlOnlineEndpointEventLog', 90], ['AmlOnlineEndpointTrafficLog', 90],
    ]);
    expect(resourcesOf(configOf(), 'azurerm_log_analytics_workspace_table')).toEqual([]);
  });
});

describe('a container app', () => {
  const synth = configOf({ maxErrorPercent: 2, maxLatencyP99Ms: 800 }, { mode: 'serverless', captures: false, hasAccelerator: true });

  test('the shares of its errors are written by the probe', () => {
    expect(criteriaOf(synth, 'ServerErrorAlert')).toMatchObject({ metric_name: 'server_error_percent', threshold: 2 });
    const probe = actionsOf(workflowsOf(synth).Probe_Workflow);
    expect(probe.Read_Failed_5.inputs.queries).toMatchObject({ metricnames: 'Requests', aggregation: 'Total', interval: 'FULL', $filter: '(statusCodeCategory eq \'5xx\')' });
    expect(probe.Write_server_errors.inputs.body.data.baseData.metric).toBe('server_error_percent');
    expect(probe).not.toHaveProperty('Look');
  });

  test('its latency is an average, and its machines are metrics of its own', () => {
    expect(criteriaOf(synth, 'LatencyP99Alert')).toMatchObject({ metric_namespace: 'Microsoft.App/containerapps', metric_name: 'ResponseTime', aggregation: 'Average', threshold: 800 });
    expect(criteriaOf(synth, 'CPUAlert')).toMatchObject({ metric_name: 'CpuPercentage', threshold: 90 });
    expect(Object.keys(rulesOf(synth))).not.toContain('CapacityAlert');
    expect(rulesOf(synth).MemoryAlert.scopes).toEqual([`${GROUP}/Microsoft.App/containerApps/churn`]);
  });

  test('its service level is watched by the probe', () => {
    const level = configOf({ serviceLevel: { availabilityPercent: 99 } }, { mode: 'serverless', captures: false });
    expect(criteriaOf(level, 'FastBurnAlert')).toMatchObject({ metric_name: 'fast_burn', threshold: 13.44 });
    const probe = actionsOf(workflowsOf(level).Probe_Workflow);
    expect(Object.keys(probe)).toEqual(expect.arrayContaining(['Read_All_60', 'Read_Failed_60', 'Read_All_360', 'Read_Failed_30', 'Write_FastBurn', 'Write_SlowBurn']));
    expect(probe.Write_FastBurn.inputs.body.data.baseData.series[0].max).toContain('0.0001)');
  });
});

describe('an endpoint of another runtime', () => {
  const metrics = {
    resourceId: `${GROUP}/Microsoft.ApiManagement/service/gateway`,
    metricNamespace: 'Microsoft.ApiManagement/service',
    requests: { metricName: 'Requests' },
    serverErrors: { metricName: 'Requests', dimensions: { BackendResponseCodeCategory: ['5xx'] } },
    clientErrors: { metricName: 'Requests', dimensions: { BackendResponseCodeCategory: ['4xx'] } },
    latency: { metricName: 'Duration', aggregation: 'Average' },
  };
  const foreign = (given: Given = {}, of: typeof metrics | undefined = metrics) => watching(given, { endpoint: (scope) => new ForeignServing(scope, 'Gateway', of) });

  test('its metrics are watched', () => {
    const synth = foreign({ maxLatencyP99Ms: 500 }).config();
    expect(criteriaOf(synth, 'LatencyP99Alert')).toMatchObject({ metric_name: 'Duration', threshold: 500 });
    expect(actionsOf(workflowsOf(synth).Probe_Workflow).Read_Failed_5.inputs.queries.$filter).toBe('(BackendResponseCodeCategory eq \'5xx\')');
    expect(Object.keys(rulesOf(synth))).not.toContain('RolloutRunAlert');
  });

  test.each([
    [{ drift: {} }, 'drift is asked of a managed online endpoint or a container app, and \'Gateway\' is neither: leave it out'],
    [{ maxUtilizationPercent: 50 }, 'maxUtilizationPercent is asked of a managed online endpoint or a container app, and \'Gateway\' is neither: leave it out'],
  ])('%j is refused', (given: Given, message) => {
    expect(() => foreign(given)).toThrow(`monitoring stack 'Stack/Monitoring': ${message}`);
  });

  test('what nothing tells is refused', () => {
    expect(() => watching({ maxErrorPercent: 1 }, { endpoint: (scope) => new ForeignServing(scope, 'Gateway') }))
      .toThrow('maxErrorPercent has nothing to look at: give the metrics of \'Gateway\'');
    expect(() => foreign({}, { ...metrics, latency: { metricName: 'Duration', aggregation: 'Mean' } }))
      .toThrow('metrics.latency.aggregation of \'Gateway\' must be Average, Minimum, Maximum, Total or Count, got \'Mean\'');
  });
});

describe('runs', () => {
  const synth = configOf({}, { training: true });

  test('one that failed is told with its reason', () => {
    const { query, dimension } = criteriaOf(synth, 'TrainingRunAlert');
    expect(query).toContain('where Workflow in~ ("training")');
    expect(query).toContain('where Operation has "RunCompleted" and Status in~ ("Failed", "TimedOut", "Aborted")');
    expect(dimension.map(({ name }: any) => name)).toEqual(['Run', 'Reason']);
  });

  test('what they say of themselves', () => {
    expect(criteriaOf(synth, 'VersionWaitsAlert').query).toContain('where Finding == "registered"');
    expect(rulesOf(synth).VersionWaitsAlert.description)
      .toContain('az storage message put --auth-mode login --account-name store --queue-name approvals --content \'{"version":"<version>"}\'');
    expect(Object.keys(rulesOf(configOf({}, { training: true, approvesByItself: true })))).not.toContain('VersionWaitsAlert');
    expect(Object.keys(rulesOf(synth))).toEqual(expect.arrayContaining(['GateMissedAlert', 'NotRecordedAlert', 'RolloutRunAlert', 'RolledBackAlert', 'RollbackPendingAlert', 'LeftoverAlert']));
  });

  test('triggers that cannot look', () => {
    const { query } = criteriaOf(synth, 'StartAlert');
    for (const name of ['"training"', '"rollout"']) expect(query).toContain(name);
    expect(query).toContain('where failed >= 5 and good == 0');
  });

  test('in batch mode there are runs, and no endpoint', () => {
    const batch = rulesOf(configOf({}, { mode: 'batch', captures: false }));
    expect(Object.keys(batch)).toContain('BatchRunAlert');
    expect(Object.keys(batch)).not.toContain('ServerErrorAlert');
    expect(() => watching({ maxErrorPercent: 1 }, { mode: 'batch' })).toThrow('maxErrorPercent is asked of answers, and \'Serving\' predicts in batches: leave it out');
  });
});

describe('drift', () => {
  const synth = configOf({
    drift: { schedule: Schedule.weekly({ weekday: Weekday.MONDAY, hour: 6 }), maxDriftShare: 0.2, minRows: 50 },
    modelQuality: { gates: GATES, minLabelledRows: 20, labelDelayDays: 3 },
  });
  const drift = actionsOf(workflowsOf(synth).Drift_Workflow);

  test('its alerts hold for a day after a run', () => {
    expect(criteriaOf(synth, 'DriftAlert')).toMatchObject({ metric_name: 'drift_share', aggregation: 'Maximum', operator: 'GreaterThan', threshold: 0.2 });
    expect(rulesOf(synth).DriftAlert).toMatchObject({ window_size: 'P1D', frequency: 'PT1H' });
    expect(criteriaOf(synth, 'QualityAlert-auc')).toMatchObject({ metric_name: 'quality', aggregation: 'Minimum', operator: 'LessThan', threshold: 0.9 });
    expect(criteriaOf(synth, 'QualityAlert-log_loss')).toMatchObject({ operator: 'GreaterThan', threshold: 0.3 });
    expect(criteriaOf(synth, 'QualityAlert-auc').dimension).toContainEqual({ name: 'metric', operator: 'Include', values: ['auc'] });
  });

  test('the job has folders, the window and the limits', () => {
    const { properties } = drift.Monitor_put.inputs.body;
    expect(properties).toMatchObject({
      jobType: 'Command',
      limits: { jobLimitsType: 'Command', timeout: 'PT60M' },
      resources: { instanceCount: 1 },
      outputs: { report: { jobOutputType: 'uri_folder', mode: 'ReadWriteMount', uri: 'azureml://datastores/lake_artifacts/paths/drift/@{variables(\'run\')}/' } },
    });
    expect(properties.environmentVariables).toMatchObject({
      MLOPS_CAPTURE_FORMAT: 'azureml', MLOPS_MAX_DRIFT_SHARE: '0.2', MLOPS_MIN_ROWS: '50', MLOPS_MIN_LABELS: '20', MLOPS_LABEL_DELAY_DAYS: '3', MLOPS_MODEL_NAME: 'churn',
    });
    expect(drift.Command_with_labels.inputs.value).toBe(
      'MLOPS_CAPTURED_DIR="$${{inputs.captured}}" MLOPS_REFERENCE_DIR="$${{inputs.reference}}" MLOPS_LABELS_DIR="$${{inputs.labels}}" '
      + 'MLOPS_OUTPUT_DIR="$${{outputs.report}}" python /opt/program/main.py monitor',
    );
    expect(drift.Inputs_with_labels.inputs.value.labels).toEqual({ jobInputType: 'uri_folder', mode: 'ReadOnlyMount', uri: 'azureml://datastores/lake_raw/paths/labels/' });
  });

  test('the window is the longest time between two runs', () => {
    expect(drift.Hours.inputs).toContain('168');
    expect(hoursBetweenRuns(Schedule.daily())).toBe(24);
    expect(workflowsOf(synth).Drift_Schedule.triggers.Time.recurrence).toMatchObject({ frequency: 'Week', schedule: { hours: [6], minutes: [0], weekDays: ['Monday'] } });
  });

  test('silence is told where runs are frequent enough to see it', () => {
    expect(Object.keys(rulesOf(synth))).not.toContain('DriftSilentAlert');
    const daily = rulesOf(configOf({ drift: {} })).DriftSilentAlert;
    expect(daily).toMatchObject({ evaluation_frequency: 'PT4H', query_time_range_override: 'P2D' });
    expect(daily.criteria[0].failing_periods).toEqual({ minimum_failing_periods_to_trigger_alert: 6, number_of_evaluation_periods: 6 });
  });

  test('the job sees files alone, and the workflow submits it', () => {
    const roles = (identity: string) => resourcesOf(synth, 'azurerm_role_assignment')
      .filter(({ principal_id: id }) => id.includes(identity))
      .map(({ role_definition_id: id, scope, condition }) => [Object.entries(ROLES).find(([, guid]) => id.endsWith(guid))?.[0] ?? 'own', scope.split('/').slice(-1)[0], condition]);
    expect(roles('Drift_Job')).toEqual(expect.arrayContaining([
      ['storageBlobDataReader', 'artifacts', 'path StringLike \'training/*\''],
      ['storageBlobDataContributor', 'artifacts', 'path StringLike \'drift/*\''],
      ['storageBlobDataReader', 'captured', 'path StringLike \'churn/*\''],
      ['storageBlobDataReader', 'raw', 'path StringLike \'labels/*\''],
    ]));
    expect(roles('Drift_Job').map(([role]) => role)).not.toContain('monitoringMetricsPublisher');
    expect(roles('Drift_Runner').map(([role]) => role)).toEqual(expect.arrayContaining(['monitoringMetricsPublisher', 'storageQueueDataMessageProcessor', 'azureMlComputeOperator']));
  });

  test('an empty cluster waits for runs', () => {
    expect(onlyResource(synth, 'azurerm_machine_learning_compute_cluster')).toMatchObject({ vm_size: expect.stringMatching(/^Standard_/), scale_settings: { min_node_count: 0, max_node_count: 1 } });
    const other = configOf({ drift: {}, driftVmSize: 'Standard_E8ds_v5', driftTimeoutMinutes: 30, driftCommand: 'python run.py' });
    expect(onlyResource(other, 'azurerm_machine_learning_compute_cluster').vm_size).toBe('Standard_E8ds_v5');
    const job = actionsOf(workflowsOf(other).Drift_Workflow);
    expect(job.Command.inputs.value).toMatch(/ python run.py monitor$/);
    expect(job.Monitor_put.inputs.body.properties.limits.timeout).toBe('PT30M');
  });

  test('each feature has a series where that is wanted', () => {
    expect(drift).not.toHaveProperty('Features');
    const features = actionsOf(workflowsOf(configOf({ drift: {}, featureMetrics: true })).Drift_Workflow);
    expect(features.Write_feature.inputs.body.data.baseData).toMatchObject({ metric: 'feature_drift', dimNames: ['endpoint', 'feature'] });
  });

  test('people may start runs by a message', () => {
    const { config, monitoring } = watching({ drift: {} });
    monitoring.grantStartDriftRun(Principal.group(PERSON));
    expect(monitoring.driftQueueUrl).toMatch(/^https:\/\/store\.queue\.core\.windows\.net\//);
    const assignment = resourcesOf(config(), 'azurerm_role_assignment').find(({ principal_id: id }) => id === PERSON);
    expect(assignment.role_definition_id).toMatch(new RegExp(ROLES.storageQueueDataMessageSender));
    expect(() => watching().monitoring.grantStartDriftRun(Principal.group(PERSON))).toThrow('there are no drift runs to start: set drift');
  });

  test('retraining puts a message into the queue of the training', () => {
    const retrains = watching({ drift: { retrain: true }, minDaysBetweenRetrainings: 3 }, { training: true }).config();
    const actions = actionsOf(workflowsOf(retrains).Drift_Workflow);
    expect(actions.Start_training.inputs.uri).toBe('https://store.queue.core.windows.net/start/messages');
    expect(actions.Is_soon.inputs).toContain(`${3 * 86_400 - 3600}`);
    expect(actions).toHaveProperty('Waiting_versions');
    expect(drift).not.toHaveProperty('Start_training');
    expect(actionsOf(workflowsOf(configOf({ drift: { retrain: true } }, { training: true, approvesByItself: true })).Drift_Workflow)).not.toHaveProperty('Waiting_versions');
  });
});

describe('a service level', () => {
  test('both paces look at two windows of the log', () => {
    const synth = configOf({ serviceLevel: { availabilityPercent: 99.9, windowDays: 30 } });
    const { query } = criteriaOf(synth, 'FastBurnAlert');
    expect(query).toContain('long = todouble(countif(failed and TimeGenerated > ago(60m))) / max_of(1, countif(TimeGenerated > ago(60m)))');
    expect(query).toContain('where long > 0.0144 and short > 0.0144');
    expect(rulesOf(synth).SlowBurnAlert).toMatchObject({ evaluation_frequency: 'PT15M', query_time_range_override: 'PT6H' });
    expect(criteriaOf(synth, 'SlowBurnAlert').query).toContain('where long > 0.006 and short > 0.006');
  });

  test('needs an endpoint', () => {
    expect(() => watching({ serviceLevel: {} }, { mode: 'none' })).toThrow('serviceLevel promises nothing: give endpoint, one that answers requests');
  });
});

describe('Azure ML\'s own monitor', () => {
  const options = { deploymentName: 'v3-abc', referenceData: 'azureml:reference:1', targetColumn: 'churned' };

  test('has the assets, the identity and the signals', () => {
    const synth = configOf({ modelMonitor: options, alertEmails: ['ml@example.com'] });
    const bodies = resourcesOf(synth, 'azapi_resource');
    const schedule = bodies.find(({ type }) => type.includes('workspaces/schedules@')).body.properties;
    const { signals, monitoringTarget, alertNotificationSettings } = schedule.action.monitorDefinition;
    expect(schedule.trigger).toEqual({ triggerType: 'Cron', expression: expect.any(String), timeZone: 'UTC' });
    expect(monitoringTarget).toEqual({ taskType: 'Classification', deploymentId: `${ENDPOINT}/deployments/v3-abc` });
    expect(alertNotificationSettings).toEqual({ emailNotificationSettings: { emails: ['ml@example.com'] } });
    expect(Object.values<any>(signals).map(({ signalType }) => signalType)).toEqual(['DataDrift', 'PredictionDrift', 'DataQuality']);
    const assets = bodies.filter(({ type }) => type.includes('data/versions@'));
    expect(assets.map(({ body }) => body.properties.dataUri)).toEqual([
      'azureml://datastores/lake_captured/paths/churn/v3-abc/model_inputs/', 'azureml://datastores/lake_captured/paths/churn/v3-abc/model_outputs/',
    ]);
    expect(onlyResource(synth, 'azapi_resource_action')).toMatchObject({ when: 'destroy', method: 'PATCH', body: { properties: { isEnabled: false } } });
  });

  test.each([
    [{ ...options, referenceData: 'reference' }, 'modelMonitor.referenceData must be an asset of the workspace, azureml:reference:1, got \'reference\''],
    [{ ...options, taskType: 'Ranking' }, 'modelMonitor.taskType must be Classification or Regression, got \'Ranking\''],
    [{ ...options, maxNullValueRate: 2 }, 'modelMonitor.maxNullValueRate must be between 0 and 1, got 2'],
  ])('%j is refused', (modelMonitor, message) => {
    expect(() => watching({ modelMonitor })).toThrow(message);
  });

  test('it needs what is collected', () => {
    expect(() => watching({ modelMonitor: options }, { captures: false })).toThrow('modelMonitor has nothing to look at: the endpoint \'Serving\' records nothing, set its capture');
    expect(() => watching({ modelMonitor: options }, { mode: 'none' })).toThrow('modelMonitor looks at a deployment of a managed online endpoint: give one as endpoint');
  });
});

describe('the workbook', () => {
  test('has the same name in every synthesis, and draws what is watched', () => {
    const workbook = () => onlyResource(configOf({ drift: {}, modelQuality: { gates: GATES } }, { training: true }), 'azurerm_application_insights_workbook');
    const [one, two] = [workbook(), workbook()];
    expect(one).toEqual(two);
    expect(one.name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const titles = JSON.parse(one.data_json.replace(/\$\$\{/g, '${').replace(/\$\{jsonencode\("([^]*)"\)\}/g, '"x"')).items.map(({ content }: any) => content.title ?? content.json);
    expect(titles).toEqual(expect.arrayContaining(['## Endpoint', 'Requests', 'Latency in ms (p99 1000 at most)', 'Share of features that drifted', 'Live quality (auc: 0.9, log_loss: 0.3)', 'Runs of the workflows']));
  });

  test('is left out on request', () => {
    expect(resourcesOf(configOf({ dashboard: false }), 'azurerm_application_insights_workbook')).toEqual([]);
    expect(onlyResource(configOf({ dashboardName: 'Churn' }), 'azurerm_application_insights_workbook').display_name).toBe('Churn');
  });
});

describe('alerts of the user\'s', () => {
  test('ask Log Analytics', () => {
    const { config, monitoring } = watching();
    monitoring.addAlert('Queue', { title: 'The queue is long', query: 'AppMetrics | where Max > 1000', runbook: 'Look at it.', minutes: 60, severity: 'WARNING' });
    expect(rulesOf(config()).Queue).toMatchObject({ display_name: 'The queue is long', severity: 2, evaluation_frequency: 'PT15M', query_time_range_override: 'PT1H' });
    expect(() => monitoring.addAlert('Odd', { title: 'x', query: 'x', runbook: 'x', minutes: 7 })).toThrow('minutes must be 5, 10, 15, 30, 60, 120, 360 or 1440, got 7');
    expect(() => monitoring.addAlert('Odd', { title: 'x', query: 'x', runbook: 'x', severity: 'INFO' })).toThrow('severity must be CRITICAL, ERROR or WARNING, got \'INFO\'');
  });
});

describe('what is written', () => {
  const everything: Given = {
    alertEmails: ['ml@example.com'],
    alertEventHub: { namespaceName: 'events', eventHubName: 'alerts' },
    noTrafficMinutes: 60,
    serviceLevel: {},
    drift: { retrain: true },
    modelQuality: { gates: GATES, retrain: true },
    featureMetrics: true,
    logRetentionDays: 90,
    modelMonitor: { deploymentName: 'v3-abc', referenceData: 'azureml:reference:1' },
  };
  const worlds: [string, Given, WatchedWorld][] = [
    ['an online endpoint, with every option', everything, { training: true, hasAccelerator: true }],
    ['a container app', { serviceLevel: {}, noTrafficMinutes: 60 }, { mode: 'serverless', captures: false, training: true }],
    ['batch predictions', {}, { mode: 'batch', captures: false }],
    ['a training alone', {}, { mode: 'none', training: true }],
  ];

  test.each(worlds)('of %s fits the schemas of the providers and of Azure', (_, given, world) => {
    const synth = configOf(given, world);
    expectProviderSchemas(synth);
    expectArmBodies(synth);
  });

  test('is the same in two syntheses', () => {
    expect(configOf(everything, { training: true })).toEqual(configOf(everything, { training: true }));
  });

  test('can be template deployments', () => {
    const stack = azureStack({ armRenderer: ArmRenderer.TEMPLATE });
    watchedBy(stack, everything, { training: true });
    const synth = synthesized(stack);
    expect(Object.keys(synth.resource).filter((type) => type.startsWith('azapi_'))).toEqual([]);
    expect(Object.keys(synth.resource.azurerm_resource_group_template_deployment)).toEqual(expect.arrayContaining([expect.stringContaining('Drift_Workflow'), expect.stringContaining('ModelMonitor_Schedule')]));
  });
});

describe('each word of the intent', () => {
  const retrains: Given = { drift: { retrain: true } };
  const quality = (more: object = {}): Given => ({ modelQuality: { gates: GATES, ...more } });
  /** A word, what it is compared with, and what it is said with. */
  const samples: { readonly [word: string]: readonly [Given, Given] } = {
    'MonitoringIntent.alertEmails': [{}, { alertEmails: ['ml@example.com'] }],
    'MonitoringIntent.maxErrorPercent': [{}, { maxErrorPercent: 3 }],
    'MonitoringIntent.maxLatencyP99Ms': [{}, { maxLatencyP99Ms: 700 }],
    'MonitoringIntent.noTrafficMinutes': [{}, { noTrafficMinutes: 30 }],
    'MonitoringIntent.drift': [{}, { drift: {} }],
    'MonitoringIntent.modelQuality': [{ drift: {} }, { drift: {}, ...quality() }],
    'MonitoringIntent.minDaysBetweenRetrainings': [retrains, { ...retrains, minDaysBetweenRetrainings: 2 }],
    'MonitoringIntent.serviceLevel': [{}, { serviceLevel: {} }],
    'DriftSpec.schedule': [{ drift: {} }, { drift: { schedule: Schedule.daily({ hour: 5 }) } }],
    'DriftSpec.maxDriftShare': [{ drift: {} }, { drift: { maxDriftShare: 0.1 } }],
    'DriftSpec.minRows': [{ drift: {} }, { drift: { minRows: 70 } }],
    'DriftSpec.retrain': [{ drift: {} }, retrains],
    'ModelQualitySpec.labelsPrefix': [quality(), quality({ labelsPrefix: 'truth/' })],
    'ModelQualitySpec.labelDelayDays': [quality(), quality({ labelDelayDays: 9 })],
    'ModelQualitySpec.minLabelledRows': [quality(), quality({ minLabelledRows: 9 })],
    'ModelQualitySpec.gates': [quality(), quality({ gates: [QualityGate.atLeast('auc', 0.8)] })],
    'ModelQualitySpec.retrain': [quality(), quality({ retrain: true })],
    'ServiceLevelSpec.availabilityPercent': [{ serviceLevel: {} }, { serviceLevel: { availabilityPercent: 99 } }],
    'ServiceLevelSpec.windowDays': [{ serviceLevel: {} }, { serviceLevel: { windowDays: 14 } }],
  };
  const rows = Parity.ROWS.filter(({ cloud, intent }) => cloud === Cloud.AZURE && /^(MonitoringIntent|DriftSpec|ModelQualitySpec|ServiceLevelSpec)$/.test(intent));
  const rendered = (given: Given): Rendered => {
    const { resource } = configOf(given, { training: true });
    const bodies = Object.values<any>(resource.azapi_resource ?? {}).map(({ type, ...rest }) => [type.split('@')[0], JSON.stringify(rest)]);
    const types = new Map<string, string>(Object.entries(resource).map(([type, each]) => [type, JSON.stringify(each)]));
    for (const [type, body] of bodies) types.set(type, `${types.get(type) ?? ''}${body}`);
    return { resources: types, files: new Map() };
  };

  test.each(rows.map((row) => [`${row.intent}.${row.prop}`, row] as const))('%s changes what its row names', (word, row) => {
    const [without, given] = samples[word];
    const changes = changed(rendered(without), rendered(given));
    expect({ named: named(row), changes, isProven: isProven(row, changes) }).toMatchObject({ isProven: true });
  });
});

test.each<[string, Given, WatchedWorld, string]>([
  ['an action group by its name', { actionGroupIds: ['pager'] }, {}, 'actionGroupIds must be ids like …/providers/Microsoft.Insights/actionGroups/<name>, got \'pager\''],
  ['five groups', { actionGroupIds: [1, 2, 3, 4, 5].map((n) => `${GROUP}/Microsoft.Insights/actionGroups/g${n}`) }, {}, 'actionGroupIds must be four ids at most'],
  ['drift of what is not captured', { drift: {} }, { captures: false }, 'drift has nothing to look at: the endpoint \'Serving\' records nothing, set its capture'],
  ['drift without a registry', { drift: {}, registry: undefined }, {}, 'drift has nothing to compare with: give registry'],
  ['an image of a directory', { drift: {}, image: ContainerImage.fromDirectory('.') }, {}, 'image of the directory \'.\' cannot be built by Terraform'],
  ['drift of a container app', { drift: {} }, { mode: 'serverless' }, 'drift asks Azure ML which deployment is live, and \'Serving\' is a container app: leave it out, or serve with Serving.realTime()'],
  ['drift of a container app that records nothing', { drift: {} }, { mode: 'serverless', captures: false }, 'drift asks Azure ML which deployment is live, and \'Serving\' is a container app: leave it out, or serve with Serving.realTime()'],
  ['retraining without a training', { drift: { retrain: true } }, {}, 'drift.retrain has nothing to start: give training'],
  ['a machine twice', { drift: {}, driftVmSize: 'Standard_E8ds_v5', driftCompute: { vcpus: 4 } }, {}, 'say the same thing twice'],
  ['a command with blanks around', { drift: {}, driftCommand: ' x' }, {}, 'driftCommand must be a command without blanks around it'],
  ['a command with a binding', { drift: {}, driftCommand: 'python ${{inputs.x}}' }, {}, 'driftCommand must be a command without blanks around it and without ${{'],
  ['a machine for no drift', { driftVmSize: 'Standard_E8ds_v5' }, {}, 'driftVmSize is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
  ['logs of a container app', { logRetentionDays: 30 }, { mode: 'serverless', captures: false }, 'logRetentionDays is for the logs of a managed online endpoint: give one as endpoint, or leave it out'],
])('%s is refused', (_, given, world, message) => {
  expect(() => watching(given, world)).toThrow(message);
});

describe('what Azure takes once', () => {
  /** Targets, places and categories of the diagnostic settings. */
  const settings = (config: TerraformConfig) => resourcesOf(config, 'azurerm_monitor_diagnostic_setting').flatMap(({ target_resource_id: target, log_analytics_workspace_id: sink, enabled_log: logs }) =>
    logs.map(({ category, category_group: group }: any) => [target, sink ?? 'an account', category ?? group].join(' ').toLowerCase()));

  test('two monitoring stacks of one app send the same logs to the same place once', () => {
    const { stack, data, workspace, registry, endpoint } = watching({}, { training: true });
    const training = stack.node.findChild('Training') as any;
    new MonitoringStack(stack, 'Again', { data, workspace, registry, endpoint, training });
    const sent = settings(synthesized(stack));
    expect(sent).toHaveLength(new Set(sent).size);
    expect(sent.filter((each) => each.includes('amlonlineendpointtrafficlog'))).toHaveLength(1);
    expect(sent.filter((each) => each.includes('workflows/training'))).toHaveLength(1);
  });

  test('a workspace of the stack sends its own logs, and monitoring does not do it again', () => {
    const stack = azureStack();
    const data = new DataLake(stack, 'Data');
    const workspace = new Workspace(stack, 'Workspace', { data });
    new MonitoringStack(stack, 'Monitoring', { data, workspace });
    const sent = settings(synthesized(stack)).filter((each) => each.endsWith(' alllogs'));
    expect(sent).toHaveLength(new Set(sent).size);
  });

  test('the tables of a workspace are kept for one time', () => {
    const { stack, data, workspace, endpoint } = watching({ logRetentionDays: 90 });
    new MonitoringStack(stack, 'Again', { data, workspace, endpoint, logRetentionDays: 90 });
    expect(resourcesOf(synthesized(stack), 'azurerm_log_analytics_workspace_table')).toHaveLength(3);
    expect(() => new MonitoringStack(stack, 'Other', { data, workspace, endpoint, logRetentionDays: 30 })).toThrow(new Error(
      "monitoring stack 'Stack/Other': logRetentionDays: the endpoints of a workspace share the tables of their logs: 'Stack/Again' of the same stack says otherwise",
    ));
  });
});
