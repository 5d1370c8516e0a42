// Over 300 lines: the constructor wires every concern to the topic, the dashboard and `Health`.
import {
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  aws_iam as iam,
  aws_kms as kms,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  Duration,
  Resource,
  Validations,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { MonitoringStackProps } from './monitoring-stack-props';
import { instanceTypeFor } from './private/base/machines';
import { stableName } from './private/base/names';
import { requireSecurityGroups, requireSubnets } from './private/base/network-interfaces';
import {
  failedJobs,
  letAlarmsPublish,
  newAlarmTopic,
  newDeadLetterQueue,
  newNotice,
} from './private/base/notifications';
import { requireParts } from './private/base/parts';
import { arnPlace, requireOwnRegion } from './private/base/places';
import { jobNetwork } from './private/base/processing-role';
import { watchRegion } from './private/base/regions';
import { addAlarmAction, newAlarm, newHealthAlarm } from './private/monitoring/alarms';
import { AwsMonitoring, awsMonitoring, checkFit, checkStacks } from './private/monitoring/checks';
import { Concern, newDashboard } from './private/monitoring/dashboard';
import { driftConcern, endpointConcerns, trainingConcern } from './private/monitoring/dashboard-concerns';
import { newDataQuality } from './private/monitoring/data-quality';
import { DRIFT_METRICS } from './private/monitoring/drift-definition';
import { daysOf, windowBetweenRuns } from './private/monitoring/drift-window';
import { DriftWorkflow, newDriftWorkflow } from './private/monitoring/drift-workflow';
import { AlarmSpec, endpointAlarms } from './private/monitoring/endpoint-alarms';
import {
  foreignAlarms,
  foreignConcerns,
  foreignPromise,
  isWatched,
  requireMeasured,
  unwatchedOf,
} from './private/monitoring/foreign-endpoint';
import { newModelMonitor } from './private/monitoring/model-monitor';
import { newPrometheusRules } from './private/monitoring/prometheus';
import {
  driftRises, driftRunFails, gateIsMissed, newDataFails, queueFills, recordingFails, rolloutFails, trainingFails,
} from './private/monitoring/run-alarms';
import { newServiceLevel, promised, PromisedEndpoint } from './private/monitoring/service-level';
import { grantStart } from './private/rollout/workflow';
import { groupOf } from './private/serving/newest-version';
import { IServingEndpoint, IWatchedEndpoint } from './serving-endpoint-props';
import { seriesVariables } from '../core/private/prometheus-rules';
import { requireKept, ResolvedRuns } from '../core/private/resolve/monitoring';
import { longestGapMinutes } from '../core/private/schedule-gaps';
import { requireText } from '../core/private/texts';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Monitoring of a machine-learning system (a construct, not a stack): alarms, notifications, dashboard and drift
 * detection.
 *
 * A topic notifies people; alarms watch endpoint, training, rollouts, drift runs and undelivered starts; the alarm
 * `Health` is raised when any of them is. Drift runs compare what was captured with the training reference and publish
 * metrics, on which there is an alarm, and can start the training again.
 *
 * Children: `Topic`, `DeadLetters`, `Dashboard`, `Health`, `Drift`, one alarm for each concern (`ServerErrorAlarm`,
 * `DriftAlarm`, …). An alarm costs about 0.10 USD a month for each metric in it, a drift run the time of its machine.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, ContainerImage, QualityGate, Schedule, Serving } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1');
 * const data = new aws.DataLake(stack, 'Data');
 * const registry = new aws.ModelRegistry(stack, 'Registry', { modelName: 'churn' });
 * const endpoint = new aws.ServingEndpoint(stack, 'Serving', {
 *   data, model: aws.ModelSource.latestApproved(registry), serving: Serving.realTime(), capture: {},
 * });
 * new aws.MonitoringStack(stack, 'Monitoring', {
 *   data,
 *   endpoint,
 *   registry,
 *   image,
 *   alertEmails: ['ml-team@example.com'],
 *   drift: { schedule: Schedule.daily({ hour: 6 }), maxDriftShare: 0.3 },
 *   modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.85)] },
 * });
 */
export class MonitoringStack extends Construct {
  /** Tells about alarms, failed jobs, rollouts and drift runs. */
  public readonly topic: sns.ITopic;
  /** Every alarm that is watched, those of the endpoint and those added later included. */
  public readonly alarms: cloudwatch.IAlarm[] = [];
  /**
   * In alarm while any of `alarms` is; it sends no notification of its own. For dashboards, on-call tools and
   * dependencies.
   */
  public readonly health: cloudwatch.IAlarm;
  /** Raised when more features drift than may; it stays as it is until the next measurement. */
  public readonly driftAlarm?: cloudwatch.Alarm;
  /**
   * Raised when a metric of the live answers misses its gate, by the name of the metric; each stays as it is until the
   * next measurement.
   */
  public readonly qualityAlarms: { [metric: string]: cloudwatch.Alarm } = {};
  /**
   * The workflow of a drift run; start it by hand with `{"time": "2026-11-21T06:00:00Z"}` to look back from another
   * time.
   */
  public readonly driftStateMachine?: sfn.IStateMachine;
  /** The role of the job in a drift run. */
  public readonly driftJobRole?: iam.IRole;
  /**
   * Rules of Prometheus with the limits of this monitoring, as YAML: for a server that exists; undefined where no
   * connection leads to Prometheus or nothing is measured.
   */
  public readonly prometheusRules?: string;
  /** Dashboard of Grafana over the same series, as JSON that is imported as it is; undefined where `prometheusRules` is. */
  public readonly grafanaDashboard?: string;
  /** Starts and messages that could not be delivered. */
  public readonly deadLetterQueue: sqs.IQueue;
  /** The dashboard, unless there is none. */
  public readonly dashboard?: cloudwatch.Dashboard;
  /** CloudWatch namespace of the drift and quality metrics. */
  public readonly metricNamespace: string;

  private readonly who: Speaker;
  /** Name of the metrics of this stack, here and in Prometheus. */
  private readonly series: string;
  private readonly encryptionKey: kms.IKey;
  private readonly resolved: AwsMonitoring;
  private readonly endpoint?: IWatchedEndpoint;
  private readonly promise?: PromisedEndpoint;
  private readonly onAlarmActions: cloudwatch.IAlarmAction[] = [];
  private readonly dimensions: { [name: string]: string };

  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id);
    watchRegion(this);
    this.who = speakerFor('monitoring stack', scope, id);
    requireParts(this.who, props, 'data');
    this.encryptionKey = props.data.encryptionKey;
    // In batch mode there are runs, and no endpoint to watch.
    const answering = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
    const watched = isWatched(props.endpoint) ? props.endpoint : undefined;
    this.endpoint = answering && watched;
    const foreign = this.endpoint === undefined ? answering : undefined;
    if (foreign !== undefined) requireMeasured(this.who, props, foreign);
    const resolved = (this.resolved = awsMonitoring(this.who, props, answering));
    checkFit(this.who, props, this.endpoint);
    if (props.topic !== undefined) {
      requireOwnRegion(
        this,
        this.who,
        'topic',
        arnPlace(props.topic.topicArn),
        'alarms and rules publish in their own region',
      );
    }
    if (props.endpoint !== undefined) checkStacks(this.who, this, 'endpoint', props.endpoint, props.topic);

    this.series = stableName(this, undefined, 200);
    this.metricNamespace = `MLOps/${this.series}`;
    this.dimensions = this.endpoint === undefined ? {} : { EndpointName: this.endpoint.endpointName };
    this.topic = props.topic ?? newAlarmTopic(this, 'Topic', props.data.encryptionKey);
    if (props.topic !== undefined) letAlarmsPublish(this, props.topic);
    for (const email of resolved.alertEmails) {
      // A topic of several monitoring stacks tells each address once.
      if (this.topic.node.tryFindChild(email) === undefined) {
        this.topic.addSubscription(new subscriptions.EmailSubscription(email));
      }
    }
    this.deadLetterQueue = newDeadLetterQueue(this, 'DeadLetters', props.data.encryptionKey);
    this.onAlarmActions.push(new actions.SnsAction(this.topic));

    newNotice(this, 'FailedJobs', failedJobs(props.jobRoles), this);
    if (this.endpoint !== undefined) this.watchEndpoint(this.endpoint);
    if (foreign !== undefined) for (const spec of foreignAlarms(foreign, resolved)) this.watch(spec);
    if (watched !== undefined) this.watchRollouts(watched);
    else if (props.endpoint !== undefined) this.sayUnwatched(props.endpoint);
    if (props.training !== undefined) this.watch(trainingFails(props.training));
    const intakes = props.training?.newDataStateMachines ?? [];
    if (intakes.length > 0) this.watch(newDataFails(props.training!, ...intakes));
    if (props.training?.unrecordedRuns !== undefined) {
      this.watch(recordingFails(props.training, props.training.unrecordedRuns));
    }
    if (resolved.runs !== undefined) {
      const { machine, jobRole, reports } = this.newDrift(props, resolved.runs);
      const runs = { reports, retrains: resolved.runs.retraining !== undefined };
      this.driftStateMachine = machine;
      this.driftJobRole = jobRole;
      this.watch(driftRunFails(machine));
      const texts = newPrometheusRules(this, props.connections, this.topic, {
        model: this.series,
        gapMinutes: longestGapMinutes(resolved.runs.schedule),
        maxDriftShare: resolved.drift?.maxDriftShare,
        gates: resolved.modelQuality?.gates ?? [],
      });
      this.prometheusRules = texts?.rules;
      this.grafanaDashboard = texts?.dashboard;
      if (resolved.drift !== undefined) {
        this.driftAlarm = this.watch(driftRises(this.metricDriftShare(), resolved.drift.maxDriftShare, runs));
      }
      for (const gate of resolved.modelQuality?.gates ?? []) {
        this.qualityAlarms[gate.metric] = this.watch(
          gateIsMissed(this.metricQuality(gate.metric, { statistic: 'Average' }), gate, runs),
        );
      }
    }
    this.promise = this.endpoint === undefined ? foreign && foreignPromise(foreign) : promised(this.endpoint);
    if (this.promise !== undefined && resolved.serviceLevel !== undefined) {
      for (const alarm of newServiceLevel(this, this.promise, resolved.serviceLevel)) this.addAlarm(alarm);
    }
    for (const rules of props.dataQuality ?? []) newDataQuality(this, rules, props.data, this);
    if (this.endpoint !== undefined && props.legacyModelMonitor !== undefined) {
      const { endpointName, captureBucket, capturePrefix } = this.endpoint;
      const { artifactBucket, encryptionKey } = props.data;
      newModelMonitor(new Construct(this, 'ModelMonitor'), this.who, props.legacyModelMonitor, {
        endpointName,
        captureBucket: captureBucket!,
        capturePrefix: capturePrefix!,
        artifactBucket,
        encryptionKey,
        endpoint: this.endpoint.node.tryFindChild('Resource'),
      });
    }
    this.watch(
      queueFills(
        'DeadLetterAlarm',
        `Starts or messages of ${this.node.path} could not be delivered`,
        this.deadLetterQueue,
      ),
    );
    this.watchStarts('RolloutDeadLetterAlarm', 'could not be started: nothing is rolled out, or predicted', watched);
    // The queue of a pipeline comes with its first trigger.
    this.watchStarts('TrainingDeadLetterAlarm', 'could not be started', props.training);

    this.health = newHealthAlarm(this, 'Health', this.alarms);
    if (resolved.drawsDashboard) this.dashboard = this.newDashboard(props, foreign);
  }

  /** Does something else as well when an alarm is raised: all alarms, those added before and after. */
  public onAlarm(action: cloudwatch.IAlarmAction): void {
    this.onAlarmActions.push(action);
    for (const alarm of this.alarms) addAlarmAction(alarm, action);
  }

  /**
   * Adds an existing alarm: it notifies the topic, is on the dashboard and counts for `health`, which takes 100 alarms
   * at most. One of another stack needs a `topic` of a third.
   */
  public addAlarm(alarm: cloudwatch.IAlarm): void {
    if (Resource.isOwnedResource(alarm)) checkStacks(this.who, this, 'alarm', alarm, this.topic);
    if (this.alarms.length === MOST_ALARMS) {
      refuseBecause(this.who, `health sums up ${MOST_ALARMS} alarms at most: add no more, or make a second stack`);
    }
    this.alarms.push(alarm);
    for (const action of this.onAlarmActions) addAlarmAction(alarm, action);
  }

  /**
   * Lets the grantee start drift runs by hand; the input of a run is encrypted with the lake's key, which the grant
   * includes.
   */
  public grantStartDriftRun(grantee: iam.IGrantable): iam.Grant {
    if (this.driftStateMachine === undefined) {
      return refuseBecause(this.who, 'there are no drift runs to start: set drift');
    }
    return grantStart(this.driftStateMachine, this.encryptionKey, grantee);
  }

  /** Share of the features that drifted, 0 to 1; one value a drift run. */
  public metricDriftShare(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(DRIFT_METRICS.share, options);
  }

  /** Number of the features that drifted. */
  public metricDriftedFeatures(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(DRIFT_METRICS.features, options);
  }

  /** Rows that a drift run compared. */
  public metricCapturedRows(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric(DRIFT_METRICS.rows, options);
  }

  /**
   * Distance of one feature from the reference, 0 to 1: the higher, the more drift; above 0.1 it has drifted. Exists
   * with `featureMetrics` only.
   */
  public metricFeatureDrift(feature: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    requireText(this.who, 'feature', feature);
    requireMatch(this.who, 'feature', feature, /^[^]{1,255}$/, 'the name of a feature, at most 255 characters');
    return this.metric(DRIFT_METRICS.feature, { ...options, dimensionsMap: { ...this.dimensions, Feature: feature } });
  }

  /** A quality metric of the live answers, `accuracy`; one value for each drift run that found labels enough. */
  public metricQuality(name: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    requireText(this.who, 'name', name);
    return this.metric(DRIFT_METRICS.quality(name), options);
  }

  private metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.metricNamespace,
      metricName,
      dimensionsMap: this.dimensions,
      statistic: 'Maximum',
      period: Duration.hours(1),
      ...options,
    });
  }

  private watch(spec: AlarmSpec): cloudwatch.Alarm {
    const alarm = newAlarm(this, spec);
    this.addAlarm(alarm);
    return alarm;
  }

  private watchEndpoint(endpoint: IWatchedEndpoint): void {
    for (const alarm of endpoint.rollbackAlarms) this.addAlarm(alarm);
    const { maxErrorPercent, maxLatencyP99Ms } = this.resolved;
    const specs = endpointAlarms(endpoint, {
      ...this.resolved,
      errorsAreWatched: endpoint.maxErrorPercent === maxErrorPercent,
      p99IsWatched: endpoint.maxLatencyP99Ms === maxLatencyP99Ms,
    });
    for (const spec of specs) this.watch(spec);
  }

  private sayUnwatched(endpoint: IServingEndpoint): void {
    Validations.of(this).addWarning(
      'mlops-constructs:unwatchedEndpoint',
      `'${endpoint.node.path}' is not an endpoint of SageMaker: ` +
        `its ${unwatchedOf(endpoint).join(', ')} are not watched: give more of its metrics, or add alarms on them with addAlarm`,
    );
  }

  private watchRollouts(endpoint: IWatchedEndpoint): void {
    endpoint.notifyOn(this.topic);
    if (endpoint.rolloutStateMachine === undefined) return;
    this.watch(rolloutFails(endpoint, endpoint.rolloutStateMachine));
  }

  private watchStarts(
    id: string,
    what: string,
    started: (IConstruct & { readonly deadLetterQueue?: sqs.IQueue }) | undefined,
  ): void {
    if (started?.deadLetterQueue !== undefined) {
      this.watch(queueFills(id, `${started.node.path} ${what}`, started.deadLetterQueue));
    }
  }

  private newDrift(props: MonitoringStackProps, runs: ResolvedRuns): DriftWorkflow {
    const scope = new Construct(this, 'Drift');
    const { data } = props;
    const { endpointName, inferenceComponentName, captureBucket, capturePrefix } = this.endpoint!;
    if (captureBucket === data.artifactBucket) {
      requireKept(this.who, runs, daysOf(windowBetweenRuns(runs.schedule)), data.captureRetentionDays);
    }
    const network = props.vpc && jobNetwork(scope, props.vpc, props);
    if (network !== undefined) requireSubnets(this.who, 'vpcSubnets', network.subnets, props.vpc);
    requireSecurityGroups(this.who, 'securityGroups', props.securityGroups);
    return newDriftWorkflow(scope, this.who, {
      endpointName,
      inferenceComponentName,
      captureBucket: captureBucket!,
      capturePrefix: capturePrefix!,
      modelPackageGroup: groupOf(props.registry!),
      stage: props.registry!.promotionStage,
      referenceBucket: (props.registry!.data ?? data).artifactBucket,
      artifactBucket: data.artifactBucket,
      encryptionKey: data.encryptionKey,
      image: props.image!,
      schedule: runs.schedule,
      labels: runs.labelsPrefix === undefined ? undefined : { bucket: data.rawBucket, prefix: runs.labelsPrefix },
      metricNamespace: this.metricNamespace,
      metricDimensions: this.dimensions,
      featureMetrics: runs.featureMetrics,
      environment: { ...runs.variables, ...seriesVariables(props.connections, this.series) },
      connections: props.connections,
      labelDelayDays: runs.labelDelayDays,
      retrain: runs.retraining && { ...runs.retraining, pipelineName: props.training!.pipelineRef.pipelineName },
      instanceType: props.driftInstanceType ?? instanceTypeFor(this.who, props.driftCompute, 'processing'),
      volumeGiB: props.driftCompute?.volumeGiB,
      vpc: props.vpc,
      network,
      topic: this.topic,
      deadLetterQueue: this.deadLetterQueue,
    });
  }

  private newDashboard(props: MonitoringStackProps, foreign: IServingEndpoint | undefined): cloudwatch.Dashboard {
    const { dashboardName, training } = props;
    const { serviceLevel } = this.resolved;
    return newDashboard(this, 'Dashboard', {
      dashboardName,
      alarms: this.alarms,
      promise: this.promise && serviceLevel && { endpoint: this.promise, level: serviceLevel },
      concerns: [
        ...(this.endpoint === undefined ? [] : endpointConcerns(this.endpoint, this.resolved)),
        ...(foreign === undefined ? [] : foreignConcerns(foreign, this.resolved)),
        ...(this.driftStateMachine === undefined ? [] : [this.driftConcern()]),
        ...(training === undefined ? [] : [trainingConcern(training)]),
      ],
    });
  }

  private driftConcern(): Concern {
    const { drift, modelQuality } = this.resolved;
    return driftConcern({
      share: this.metricDriftShare(),
      maxDriftShare: drift?.maxDriftShare,
      rows: this.metricCapturedRows(),
      quality: (modelQuality?.gates ?? []).map(({ metric, threshold }) => ({
        metric: this.metricQuality(metric),
        name: metric,
        gate: threshold,
      })),
    });
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html */
const MOST_ALARMS = 100;
