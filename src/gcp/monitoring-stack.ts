// Over 300 lines: the constructor wires every concern to the alerts, the channels and the dashboard.
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { AlertProps, MonitoringStackProps } from './monitoring-stack-props';
import { IPrincipal } from './principal';
import { warn } from '../terraform/annotations';
import { connectedVariables, requireReachedFromVertex, withReferences } from './private/base/connections';
import { imageUri } from './private/base/image';
import { peeredNetwork } from './private/base/job-network';
import { requireKnown } from '../core/private/known-values';
import { newAlertTopic, newEmailChannels, newTopicChannel } from './private/base/notification-channels';
import { after } from './private/base/ordering';
import { grantInProject } from './private/base/project-roles';
import { capturedTable } from './private/data/captured-table';
import { AlertSpec, newAlertPolicy, promql } from './private/monitoring/alert-policy';
import { googleMonitoring } from './private/monitoring/checks';
import { newDashboard } from './private/monitoring/dashboard';
import { dashboardConcerns } from './private/monitoring/dashboard-concerns';
import { newDataQualityScan } from './private/monitoring/data-quality';
import { driftAlerts } from './private/monitoring/drift-alarms';
import { driftMachine } from './private/monitoring/drift-machine';
import { DriftMetrics, driftMetrics, newDescriptors } from './private/monitoring/drift-metrics';
import { hoursBetweenRuns } from './private/monitoring/drift-window';
import { DriftWorkflow, newDriftWorkflow } from './private/monitoring/drift-workflow';
import { endpointAlerts } from './private/monitoring/endpoint-alarms';
import { foreignSignals, isWatched, requireMeasured, warnUnwatched } from './private/monitoring/foreign-endpoint';
import { newLogBucket } from './private/monitoring/log-bucket';
import { machineryOf } from './private/monitoring/machinery';
import { promotionAlerts, promotionOf } from './private/monitoring/promotion-alarms';
import { failedRuns, failedStarts, leftJobs, rolloutAlerts, stuckEvents } from './private/monitoring/run-alarms';
import { burnAlerts, newObjective } from './private/monitoring/service-level';
import { signalsOf } from './private/monitoring/signals';
import { trainingAlerts } from './private/monitoring/training-alarms';
import { IServiceAccount } from './service-account-props';
import { IWatchedEndpoint } from './serving-endpoint-props';
import { prometheusTexts } from '../core/private/grafana-dashboard';
import { seriesVariables } from '../core/private/prometheus-rules';
import { requireKept, ResolvedMonitoring, ResolvedRuns } from '../core/private/resolve/monitoring';
import { longestGapMinutes } from '../core/private/schedule-gaps';
import { requireTexts } from '../core/private/texts';
import { refuseBecause, requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Monitoring of a machine-learning system (a construct, not a stack): alarms, notifications, dashboard and drift
 * detection.
 *
 * Notification channels notify people and programs; alert policies, each with what to do about it, watch endpoint,
 * training, rollouts and drift runs. Drift runs compare what was captured with the training reference and write
 * metrics, on which there is an alert, and can start the training again.
 *
 * Children: `Email-<address>`, `Topic`, `Drift`, `ServiceLevel`, `Logs`, `Dashboard`, one alert policy for each concern
 * (`ServerErrorAlert`, `DriftAlert` …). A drift run costs the time of its machine and the bytes of its query, an alert
 * policy nothing or little. The job of a drift run that somebody cancels goes on until `driftTimeoutMinutes`.
 *
 * @see https://cloud.google.com/stackdriver/pricing
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { ContainerImage, gcp, Serving } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * const registry = new gcp.ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
 * const endpoint = new gcp.ServingEndpoint(stack, 'Serving', {
 *   data, model: gcp.ModelSource.latestApproved(registry), serving: Serving.realTime(), capture: {},
 * });
 * new gcp.MonitoringStack(stack, 'Monitoring', {
 *   data,
 *   endpoint,
 *   registry,
 *   image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1'),
 *   alertEmails: ['ml-team@example.com'],
 *   drift: {},
 * });
 */
export class MonitoringStack extends Construct {
  /** Names of the notification channels. */
  public readonly notificationChannels: string[];
  /** Id of the topic that alerts are published to, `projects/<id>/topics/<name>`, when there is one. */
  public readonly alertTopicId?: string;
  /** Names of the alert policies by their construct ids, `projects/<id>/alertPolicies/<number>`. */
  public readonly alertPolicies: { [id: string]: string } = {};
  /** Name of the workflow of a drift run; `gcloud workflows run <name> --data '{"hours": 48}'` looks back further. */
  public readonly driftWorkflowName?: string;
  /** Identity of the job in a drift run. */
  public readonly driftJobAccount?: IServiceAccount;
  /**
   * Rules of Prometheus with the limits of this monitoring, as YAML: for a server that exists; undefined where no
   * connection leads to Prometheus or nothing is measured.
   */
  public readonly prometheusRules?: string;
  /** Dashboard of Grafana over the same series, as JSON that is imported as it is; undefined where `prometheusRules` is. */
  public readonly grafanaDashboard?: string;
  /** Prefix of the types of the drift and quality metrics, `custom.googleapis.com/mlops/<name>/`. */
  public readonly metricPrefix: string;

  private readonly makeObjective?: () => string;
  private readonly who: Speaker;
  /** Name of the metrics of this stack in Prometheus. */
  private readonly series: string;
  private readonly resolved: ResolvedMonitoring;
  private readonly people: string[];
  private readonly reminderMinutes?: number;
  private readonly metrics: DriftMetrics;

  public constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id);
    this.who = speakerFor('monitoring stack', scope, id);
    const watched = isWatched(props.endpoint) ? props.endpoint : undefined;
    if (props.endpoint !== undefined && props.endpoint.mode !== 'batch' && watched === undefined) {
      requireMeasured(this.who, props, props.endpoint);
    }
    const resolved = this.resolved = googleMonitoring(this.who, props);
    this.metrics = driftMetrics(this);
    this.metricPrefix = this.metrics.prefix;
    this.series = this.metricPrefix.split('/').slice(-2)[0];
    this.reminderMinutes = props.reminderMinutes;

    this.people = [...newEmailChannels(this, [...resolved.alertEmails]), ...(props.notificationChannels ?? [])];
    this.notificationChannels = [...this.people];
    if (props.alertTopic === true) {
      const topic = newAlertTopic(this, 'Topic', props.data.encryptionKey);
      this.alertTopicId = topic.id;
      this.notificationChannels.push(newTopicChannel(this, 'Topic', topic.id).name);
    }

    // In batch mode there are runs, and no endpoint to watch.
    const answering = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
    const endpoint = answering && watched;
    const { region } = GoogleProject.of(this);
    const replicaVcpus = props.replicaVcpus ?? endpoint?.replicaVcpus;
    const signals = endpoint === undefined ? answering?.metrics && foreignSignals(answering.metrics) : signalsOf({
      mode: endpoint.mode,
      endpointId: endpoint.endpointId,
      region,
      replicaVcpus,
      hasAccelerator: endpoint.hasAccelerator,
      isPrivate: endpoint.isPrivate,
    });
    const limits = { ...resolved, maxMemoryGiB: props.maxMemoryGiB };
    for (const spec of signals ? endpointAlerts(signals, limits) : []) this.watch(spec);
    if (props.endpoint !== undefined && watched === undefined) warnUnwatched(this, this.who, props.endpoint);
    const { training, registry } = props;
    const { workflows: ofEndpoint } = machineryOf(watched);
    const endpointWorkflows = watched && {
      mode: watched.mode,
      workflowName: watched.workflowName,
      approvalWorkflowName: watched.mode === 'batch' ? ofEndpoint.Rollout : undefined,
      teardownWorkflowName: ofEndpoint.Teardown,
    };
    for (const spec of endpointWorkflows ? rolloutAlerts(endpointWorkflows, region) : []) this.watch(spec);
    for (const spec of training ? trainingAlerts(training, registry, region) : []) this.watch(spec);
    const promotion = promotionOf(registry);
    for (const spec of promotion ? promotionAlerts(promotion, region) : []) this.watch(spec);
    const drift = endpoint && resolved.runs && this.measure(endpoint, props, resolved.runs);
    const texts = endpoint && resolved.runs && prometheusTexts(props.connections, {
      model: this.series,
      gapMinutes: longestGapMinutes(resolved.runs.schedule),
      mostDays: 95,
      maxDriftShare: resolved.drift?.maxDriftShare,
      gates: resolved.modelQuality?.gates ?? [],
    });
    this.prometheusRules = texts?.rules;
    this.grafanaDashboard = texts?.dashboard;
    this.driftWorkflowName = drift?.workflow.name;
    this.driftJobAccount = drift?.jobAccount;
    if (answering !== undefined && signals !== undefined && resolved.serviceLevel !== undefined) {
      const level = resolved.serviceLevel;
      const { filters } = signals;
      for (const spec of burnAlerts(signals, level)) this.watch(spec);
      this.makeObjective = () =>
        filters === undefined
          ? refuseBecause(
            this.who,
            `an objective counts by filters of Cloud Monitoring, and '${answering.node.id}' gives its metrics in PromQL: the alerts do without`,
          )
          : newObjective(new Construct(this, 'ServiceLevel'), answering.endpointId, filters, level).name;
    }
    for (const scan of props.dataQuality ?? []) {
      const { featureDatasetId } = props.data;
      this.watch(
        newDataQualityScan(new Construct(this, `DataQuality-${scan.tableId}`), this.who, scan, featureDatasetId),
      );
    }
    const { schedules, triggers } = machineryOf(watched, training, promotion && registry, this);
    const withJobs = [
      training?.workflowName,
      watched?.mode === 'batch' ? watched.workflowName : undefined,
      this.driftWorkflowName,
    ].filter((name) => name !== undefined);
    for (const spec of [...leftJobs(withJobs), ...failedStarts(schedules), ...stuckEvents(triggers, region)]) {
      this.watch(spec);
    }
    const runs = [training?.workflowName, watched?.workflowName, this.driftWorkflowName, promotion?.workflowName];
    const workflows = runs.filter((name) => name !== undefined);
    if (props.logRetentionDays !== undefined) {
      if (workflows.length === 0) {
        refuseBecause(
          this.who,
          'logRetentionDays has nothing to keep: give training or endpoint, whose workflows write it',
        );
      }
      newLogBucket(new Construct(this, 'Logs'), props.data.encryptionKey, props.logRetentionDays, workflows);
    }
    if (resolved.drawsDashboard) {
      const { drift: watchedDrift, modelQuality } = resolved;
      const drawn = { endpoint: watched, training, signals, limits: resolved, drift: watchedDrift, modelQuality };
      const concerns = dashboardConcerns(drawn, this.metrics, this.driftWorkflowName);
      newDashboard(
        this,
        'Dashboard',
        props.dashboardName ?? this.node.path,
        Object.values(this.alertPolicies),
        concerns,
      );
    }
  }

  /** Adds an alert of your own, which notifies the same channels. */
  public addAlert(id: string, props: AlertProps): void {
    const who: Speaker = speakerFor('alert', this, id);
    requireKnown(who, props);
    requireTexts(who, props, { title: 'text', query: 'text', runbook: 'text' });
    requireMatch(who, 'runbook', props.runbook, /^[^]{1,8000}$/, 'at most 8000 characters');
    requireInteger(who, 'minutes', props.minutes, 0, 1440);
    requireMatch(who, 'severity', props.severity, /^(CRITICAL|ERROR|WARNING)$/, 'CRITICAL, ERROR or WARNING');
    this.watch({
      id,
      title: props.title,
      severity: (props.severity ?? 'ERROR') as AlertSpec['severity'],
      runbook: [props.runbook],
      conditions: [promql(props.title, props.query, props.minutes ?? 5)],
    });
  }

  /**
   * Has Cloud Monitoring keep the budget of `serviceLevel` as an objective of its own, with a page in the console. The
   * alerts need none.
   *
   * To be called once the endpoint has answered: Cloud Monitoring refuses an objective on a metric that the project has
   * never had.
   *
   * @returns name of the objective, `projects/<id>/services/<id>/serviceLevelObjectives/<id>`
   */
  public addObjective(): string {
    if (this.makeObjective === undefined) {
      return refuseBecause(this.who, 'an objective keeps the budget of a promise: set serviceLevel');
    }
    return this.makeObjective();
  }

  /**
   * Lets the principal start drift runs by hand, and other workflows of the project with them: workflows carry no
   * permissions of their own.
   */
  public grantStartDriftRun(principal: IPrincipal): Grant {
    if (this.driftWorkflowName === undefined) {
      return refuseBecause(this.who, 'there are no drift runs to start: set drift');
    }
    return grantInProject(this, principal, 'workflows.invoker');
  }

  private watch(spec: AlertSpec, dependsOn: ITerraformDependable[] = []): void {
    const policy = newAlertPolicy(this, spec, {
      channels: this.notificationChannels,
      reminded: this.people,
      reminderMinutes: this.reminderMinutes,
      dependsOn,
    });
    this.alertPolicies[spec.id] = policy.name;
  }

  private measure(endpoint: IWatchedEndpoint, props: MonitoringStackProps, runs: ResolvedRuns): DriftWorkflow {
    const scope = new Construct(this, 'Drift');
    const { region } = GoogleProject.of(this);
    const captured = capturedTable(this.who, 'captureTable', endpoint.captureTable!);
    if (captured.datasetId === props.data.captureDatasetId) {
      requireKept(this.who, runs, Math.ceil(hoursBetweenRuns(runs.schedule) / 24), props.data.captureRetentionDays);
    }
    const descriptors = newDescriptors(scope, this.metrics, {
      quality: this.resolved.modelQuality !== undefined,
      features: runs.featureMetrics,
    });
    requireReachedFromVertex(this.who, props.connections);
    const { machine, diskGiB } = driftMachine(this.who, props, region);
    if (machine.doubt !== undefined) warn(this, `${this.who.what} '${this.who.name}': ${machine.doubt}`);
    const made = newDriftWorkflow(scope, {
      data: props.data,
      registry: props.registry!,
      endpoint: { mode: endpoint.mode, endpointId: endpoint.endpointId, captureTable: endpoint.captureTable! },
      imageUri: imageUri(this.who, props.image!),
      schedule: runs.schedule,
      labelsPrefix: runs.labelsPrefix,
      metrics: this.metrics,
      featureMetrics: runs.featureMetrics,
      machine,
      diskGiB,
      timeoutMinutes: props.driftTimeoutMinutes ?? 60,
      labelDelayDays: runs.labelDelayDays,
      environment: {
        ...withReferences(connectedVariables(this.who, props.connections)),
        ...seriesVariables(props.connections, this.series),
        ...runs.variables,
      },
      connections: props.connections ?? [],
      network: props.network && peeredNetwork(this, this.who, props.network),
      retrain: runs.retraining && { ...runs.retraining, training: props.training! },
      needs: [...descriptors, ...after(props.network?.privateServices)],
    });
    this.watch(failedRuns({
      id: 'Drift',
      title: 'A drift run failed',
      workflowName: made.workflow.name,
      region,
      runbook: ['Drift and quality of this window are not known; the metrics keep their last values.'],
    }));
    for (const spec of driftAlerts(this.metrics, endpoint.endpointId, runs, this.resolved)) {
      this.watch(spec, descriptors);
    }
    return made;
  }
}
