// Over 300 lines: the constructor wires every concern to the alerts, the action groups and the workbook.
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { AlertProps, MonitoringStackProps } from './monitoring-stack-props';
import { IPrincipal } from './principal';
import { Schedule } from '../core/schedule';
import { warn } from '../terraform/annotations';
import { newActionGroup } from './private/base/action-group';
import { imageUri } from './private/base/image';
import { requireLakeOf } from './private/base/lake-of';
import { Machine, machineFor, machineNamed } from './private/base/machines';
import { foreignRegistry, hostOf } from './private/base/pulls';
import { grantSend, Queue } from './private/base/queue';
import { requireProps } from './private/base/require-props';
import { resourceGroupOf } from './private/base/resource-group-of';
import { AlertSpec, newAlertRule } from './private/monitoring/alert-rule';
import { azureMonitoring } from './private/monitoring/checks';
import { newDashboard } from './private/monitoring/dashboard';
import {
  ENDPOINT_LOGS,
  keepEndpointLogs,
  sendLogs,
  WORKFLOW_LOGS,
} from './private/monitoring/diagnostics';
import { drifted, silentRuns, worseThan } from './private/monitoring/drift-alarms';
import { hoursBetweenRuns } from './private/monitoring/drift-window';
import { DriftWorkflow, newDriftWorkflow } from './private/monitoring/drift-workflow';
import { endpointAlerts } from './private/monitoring/endpoint-alarms';
import { foreignSignals, isWatched, requireMeasured, unwatchedOf } from './private/monitoring/foreign-endpoint';
import { machineryOf } from './private/monitoring/machinery';
import { newModelMonitor } from './private/monitoring/model-monitor';
import { OwnMetrics, ownMetrics } from './private/monitoring/own-metrics';
import { needsProbe, newProbe } from './private/monitoring/probe';
import { newPrometheusRules } from './private/monitoring/prometheus';
import { failedRuns, failedTriggers, rolloutAlerts, trainingAlerts } from './private/monitoring/run-alarms';
import { burnAlerts } from './private/monitoring/service-level';
import { EndpointSignals, signalsOf } from './private/monitoring/signals';
import { IWatchedEndpoint } from './serving-endpoint-props';
import { seriesVariables } from '../core/private/prometheus-rules';
import { requireKept, ResolvedMonitoring, ResolvedRuns } from '../core/private/resolve/monitoring';
import { longestGapMinutes } from '../core/private/schedule-gaps';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Monitoring of a machine-learning system (a construct, not a stack): alerts, notifications, workbook and drift
 * detection.
 *
 * An action group notifies people and programs; rules on metrics and logs, each with what to do about it, watch
 * endpoint, training, rollouts and drift runs. Drift runs compare what was captured with the training reference and
 * write metrics, on which there is an alert, and can start the training again.
 *
 * Children: `Notify`, `Drift`, `Probe`, `ModelMonitor`, `Dashboard`, `Logs`, one rule for each concern
 * (`ServerErrorAlert`, `DriftAlert` …). A rule on logs costs 0.50 to 1.50 USD a month, by how often it looks, one
 * on a metric 0.10 USD; logs are billed by the GB, a drift run by the time of its machine.
 *
 * @see https://azure.microsoft.com/pricing/details/monitor/
 */
export class MonitoringStack extends Construct {
  /** ARM id of the action group that every alert goes to. */
  public readonly actionGroupId: string;
  /** ARM ids of the rules by their construct ids. */
  public readonly alertRules: { [id: string]: string } = {};
  /** ARM id of the workflow of a drift run; undefined where nothing is measured. */
  public readonly driftWorkflowId?: string;
  /** Its name alone. */
  public readonly driftWorkflowName?: string;
  /**
   * Address of the queue whose messages start a drift run: `{}`, or `{"end": "2026-11-21T06:00:00Z", "hours": 48}` for
   * another window.
   */
  public readonly driftQueueUrl?: string;
  /** Identity of the job in a drift run. */
  public readonly driftJobIdentity?: IManagedIdentity;
  /**
   * Rules of Prometheus with the limits of this monitoring, as YAML: for a server that exists; undefined where no
   * connection leads to Prometheus or nothing is measured.
   */
  public readonly prometheusRules?: string;
  /** Dashboard of Grafana over the same series, as JSON that is imported as it is; undefined where `prometheusRules` is. */
  public readonly grafanaDashboard?: string;
  /** Namespace of the metrics of drift and quality, `mlops/<name>`, in the metrics of the workspace. */
  public readonly metricNamespace: string;

  private readonly who: Speaker;
  private readonly resolved: ResolvedMonitoring;
  private readonly actionGroups: string[];
  private readonly logAnalyticsWorkspaceId: string;
  private readonly own: OwnMetrics;
  private readonly driftQueue?: Queue;

  public constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id);
    this.who = speakerFor('monitoring stack', scope, id);
    requireProps(this.who, 'MonitoringStackProps', props);
    requireLakeOf(this.who, props.workspace, props.data);
    resourceGroupOf(this);
    const watched = isWatched(props.endpoint) ? props.endpoint : undefined;
    if (props.endpoint !== undefined && props.endpoint.mode !== 'batch' && watched === undefined) {
      requireMeasured(this.who, props, props.endpoint);
    }
    const resolved = this.resolved = azureMonitoring(this.who, props);
    const { workspace, training, registry } = props;
    this.logAnalyticsWorkspaceId = workspace.logAnalyticsWorkspaceId;
    this.own = ownMetrics(this, workspace, props.endpoint?.endpointName || this.node.id);
    this.metricNamespace = this.own.namespace;
    this.actionGroupId = newActionGroup(this, 'Notify', {
      shortName: 'mlops',
      emails: resolved.alertEmails,
      hub: props.alertEventHub,
    }).id;
    this.actionGroups = [this.actionGroupId, ...(props.actionGroupIds ?? [])];

    // In batch mode there are runs, and no endpoint to watch.
    const answering = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
    const endpoint = answering && watched;
    const signals =
      endpoint === undefined
        ? answering?.metrics && foreignSignals(answering.metrics)
        : signalsOf(endpoint, workspace.workspaceName);
    const hasAccelerator = endpoint?.hasAccelerator ?? false;
    const logs = new Construct(this, 'Logs');
    if (endpoint?.mode === 'real-time') {
      sendLogs(logs, 'Endpoint', endpoint.endpointId, this.logAnalyticsWorkspaceId, ENDPOINT_LOGS);
    }
    if (props.logRetentionDays !== undefined) {
      keepEndpointLogs(logs, this.who, this.logAnalyticsWorkspaceId, props.logRetentionDays);
    }

    if (answering !== undefined && signals !== undefined) {
      this.watchEndpoint(answering.endpointId, signals, hasAccelerator);
    }
    if (props.endpoint !== undefined && watched === undefined) {
      warn(
        this,
        `${this.who.what} '${this.who.name}': '${props.endpoint.node.path}' is not an endpoint of Azure ML or Container Apps: ` +
          `its ${unwatchedOf(props.endpoint).join(', ')} are not watched: give its metrics, or add alerts on them with addAlert`,
      );
    }
    for (const spec of watched ? rolloutAlerts(watched) : []) this.watch(spec);
    for (const spec of training ? trainingAlerts(training, registry) : []) this.watch(spec);
    if (registry?.promotionWorkflowId !== undefined) {
      this.watch(failedRuns({
        id: 'Promotion',
        title: 'A version could not be promoted to this stage',
        workflowName: registry.promotionWorkflowId.slice(registry.promotionWorkflowId.lastIndexOf('/') + 1),
        runbook: ['The version is not here, and what served before serves. Promote it again when the reason is gone.'],
      }));
    }
    const drift = endpoint && resolved.runs && this.measure(endpoint, props, resolved.runs);
    const texts = endpoint && resolved.runs && newPrometheusRules(this, props.connections, {
      model: this.own.namespace.replace(/^mlops\//, ''),
      gapMinutes: longestGapMinutes(resolved.runs.schedule),
      maxDriftShare: resolved.drift?.maxDriftShare,
      gates: resolved.modelQuality?.gates ?? [],
      actionGroups: this.actionGroups,
    });
    this.prometheusRules = texts?.rules;
    this.grafanaDashboard = texts?.dashboard;
    this.driftWorkflowId = drift?.workflow.id;
    this.driftWorkflowName = drift?.workflow.name;
    this.driftQueue = drift?.queue;
    this.driftQueueUrl = drift?.queue.queueUrl;
    this.driftJobIdentity = drift?.jobIdentity;
    if (signals !== undefined && resolved.serviceLevel !== undefined) {
      for (const spec of burnAlerts(signals, resolved.serviceLevel, this.own)) this.watch(spec);
    }
    if (props.modelMonitor !== undefined) {
      newModelMonitor(new Construct(this, 'ModelMonitor'), {
        data: props.data,
        workspace,
        endpoint: { endpointId: endpoint!.endpointId, endpointName: endpoint!.endpointName, captureFolder: endpoint!.captureFolder! },
        options: props.modelMonitor,
        emails: resolved.alertEmails,
        schedule: resolved.runs?.schedule ?? Schedule.daily(),
      });
    }
    this.watchMachinery(logs, props);
    if (resolved.drawsDashboard) {
      newDashboard(this, 'Dashboard', {
        title: props.dashboardName ?? this.node.path,
        logAnalyticsWorkspaceId: this.logAnalyticsWorkspaceId,
        own: this.own,
        signals,
        resolved,
        hasAccelerator,
        hasDrift: drift !== undefined,
        workflowNames: machineryOf(props.endpoint, training, registry, this).map(({ name }) => name),
      });
    }
  }

  /** Adds an alert on what Log Analytics has; it goes to the same people and programs. */
  public addAlert(id: string, props: AlertProps): void {
    requireProps(this.who, 'AlertProps', props);
    const minutes = props.minutes ?? 15;
    if (![5, 10, 15, 30, 60, 120, 360, 1440].includes(minutes)) {
      refuse(this.who, 'minutes', props.minutes, '5, 10, 15, 30, 60, 120, 360 or 1440');
    }
    requireMatch(this.who, 'severity', props.severity, /^(CRITICAL|ERROR|WARNING)$/, 'CRITICAL, ERROR or WARNING');
    requireMatch(this.who, 'query', props.query, /\S/, 'KQL that has rows while something is wrong');
    this.watch({
      id,
      title: props.title,
      severity: (props.severity ?? 'ERROR') as AlertSpec['severity'],
      runbook: [props.runbook],
      condition: { query: props.query, everyMinutes: Math.min(minutes, 15), backMinutes: minutes },
    });
  }

  /** Allows starting drift runs by hand, with a message to `driftQueueUrl`. */
  public grantStartDriftRun(principal: IPrincipal): Grant {
    if (this.driftQueue === undefined) return refuseBecause(this.who, 'there are no drift runs to start: set drift');
    return grantSend(this, this.driftQueue, principal);
  }

  private watch(spec: AlertSpec, dependsOn: ITerraformDependable[] = []): void {
    this.alertRules[spec.id] = newAlertRule(this, spec, {
      actionGroups: this.actionGroups, logAnalyticsWorkspaceId: this.logAnalyticsWorkspaceId, dependsOn,
    });
  }

  private watchEndpoint(endpointId: string, signals: EndpointSignals, hasAccelerator: boolean): void {
    for (const spec of endpointAlerts(signals, this.resolved, this.own, hasAccelerator)) this.watch(spec);
    if (!needsProbe(signals)) return;
    const probe = newProbe(new Construct(this, 'Probe'), {
      endpointId, signals, own: this.own, hasAccelerator, serviceLevel: this.resolved.serviceLevel, needs: [],
    });
    this.watch(failedRuns({
      id: 'Probe',
      title: 'The machines or requests of the endpoint could not be read',
      workflowName: probe.name,
      runbook: ['The alerts on these numbers are silent meanwhile. Has its identity lost a role, or is Azure Monitor in trouble?'],
    }));
  }

  /** Logs and triggers of every workflow that is known. */
  private watchMachinery(logs: Construct, { endpoint, training, registry }: MonitoringStackProps): void {
    const made = machineryOf(endpoint, training, registry, this).map(({ id, name, path }) => ({ id, name, as: path }));
    const given = [
      { id: training?.workflowId, as: 'Training' },
      { id: isWatched(endpoint) ? endpoint.workflowId : undefined, as: 'Rollout' },
      { id: registry?.promotionWorkflowId, as: 'Promotion' },
    ].flatMap(({ id, as }) =>
      id === undefined || id === '' || made.some((each) => each.id === id)
        ? []
        : [{ id, as, name: id.slice(id.lastIndexOf('/') + 1) }],
    );
    const all = [...made, ...given];
    for (const { id, as } of all) {
      sendLogs(
        logs,
        `Of-${as.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}`,
        id,
        this.logAnalyticsWorkspaceId,
        WORKFLOW_LOGS,
      );
    }
    for (const spec of failedTriggers(all.map(({ name }) => name))) this.watch(spec);
  }

  private measure(endpoint: IWatchedEndpoint, props: MonitoringStackProps, runs: ResolvedRuns): DriftWorkflow {
    const { drift, modelQuality } = this.resolved;
    const hours = hoursBetweenRuns(runs.schedule);
    const series = this.metricNamespace.replace(/^mlops\//, '');
    requireKept(this.who, runs, Math.ceil(hours / 24), props.data.captureRetentionDays);
    const image = imageUri(this.who, props.image!);
    const images = foreignRegistry(this, this.who, 'image', image, [
      props.workspace.containerRegistryLoginServer,
      hostOf(props.registry!.imageRepositoryUri),
    ]);
    const made = newDriftWorkflow(new Construct(this, 'Drift'), {
      who: this.who,
      data: props.data,
      workspace: props.workspace,
      registry: props.registry!,
      endpoint: { endpointId: endpoint.endpointId, endpointName: endpoint.endpointName, captureFolder: endpoint.captureFolder! },
      imageUri: image,
      images,
      schedule: runs.schedule,
      labelsPrefix: runs.labelsPrefix,
      own: this.own,
      qualityMetrics: (modelQuality?.gates ?? []).map(({ metric }) => metric),
      featureMetrics: runs.featureMetrics,
      vmSize: this.machineOf(props).vmSize,
      timeoutMinutes: props.driftTimeoutMinutes ?? 60,
      command: props.driftCommand ?? 'python /opt/program/main.py',
      variables: { ...runs.variables, ...seriesVariables(props.connections, series) },
      connections: props.connections,
      retraining: runs.retraining && { ...runs.retraining, training: props.training! },
      needs: [],
    });
    const runbook = ['Drift and quality of this window are not known; the metrics keep their last values.'];
    this.watch(failedRuns({ id: 'Drift', title: 'A drift run failed', workflowName: made.workflow.name, runbook }));
    this.watch(
      failedRuns({
        id: 'DriftSchedule',
        title: 'A drift run could not be started at its time',
        workflowName: made.schedule.name,
        runbook,
      }),
    );
    for (const spec of silentRuns(made.workflow.name, hours)) this.watch(spec);
    if (drift !== undefined) this.watch(drifted(this.own, drift.maxDriftShare, drift.retrain));
    for (const gate of modelQuality?.gates ?? []) this.watch(worseThan(this.own, gate, modelQuality?.retrain === true));
    return made;
  }

  private machineOf({ driftVmSize, driftCompute }: MonitoringStackProps): Machine {
    const machine =
      driftVmSize === undefined
        ? machineFor(this.who, driftCompute, 'training')
        : machineNamed(this.who, driftVmSize, driftCompute, 'training', 'driftVmSize');
    if (machine.doubt !== undefined) warn(this, `${this.who.what} '${this.who.name}': ${machine.doubt}`);
    return machine;
  }
}
