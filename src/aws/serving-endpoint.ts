import { aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_iam as iam, aws_s3 as s3, aws_sns as sns, aws_sqs as sqs, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { ImportedEndpoint } from './imported-endpoint';
import { ModelSource } from './model-source';
import { BatchServing, Serving } from '../core/serving';
import { toApi } from './private/base/api-fields';
import { ofThisAccount } from './private/base/confused-deputy';
import { hasLocalNvme } from './private/base/machines';
import { pathText, stableName } from './private/base/names';
import { grantPublish } from './private/base/notifications';
import { requireParts } from './private/base/parts';
import { requireInRegion, watchRegion } from './private/base/regions';
import { grantObjects } from './private/data/bucket-access';
import { grantStart, workflowEndpoint } from './private/rollout/workflow';
import { batchEndpoint, batchPlan } from './private/serving/batch';
import { asynchronousConfig, CAPTURE_PREFIX, captureConfig } from './private/serving/capture';
import { checkBatch, checkChoices, checkEndpoint } from './private/serving/checks';
import { ConnectedEndpoint, connectEndpoint } from './private/serving/connected';
import { requireRollout, warnOfShare } from './private/serving/deployment-policy';
import { EndpointNetwork, endpointNetwork } from './private/serving/network';
import { groupOf } from './private/serving/newest-version';
import { AsynchronousPlan, HostingPlan, hostingPlan } from './private/serving/plan';
import { answeringAccess, grantHosting } from './private/serving/role';
import { rollbackAlarms, usualLimits } from './private/serving/rollback-alarms';
import { EndpointSettings } from './private/serving/settings';
import { groupOfVersion, ModelContainer, modelContainer, nameOfGroup } from './private/serving/source';
import { networkRelease } from './private/serving/teardown';
import { templateEndpoint, TemplateModels } from './private/serving/template-endpoint';
import { AsynchronousServing, SageMakerBatchServing } from './sagemaker-serving';
import { ServingEndpointAttributes } from './serving-endpoint-attributes';
import { ServingEndpointBase } from './serving-endpoint-base';
import { IWatchedEndpoint, ServingEndpointProps } from './serving-endpoint-props';
import { claimOutput } from '../core/private/batch-folders';
import { records } from '../core/private/capture';
import { rememberModel } from '../core/private/model-of';
import { resolvedLimits } from '../core/private/resolve/limits';
import { resolvedServing } from '../core/private/resolve/serving';
import { refuse, refuseBecause, Speaker, speakerFor } from '../core/private/validation';

/**
 * Serves a model, and brings new versions of it to its callers without interrupting them.
 *
 * With `ModelSource.latestApproved` the template holds a workflow (child `Rollout`, started by the rule `Approved`),
 * and the workflow makes the endpoint when the first version is approved; `Teardown` takes it down with the stack. When
 * the stack has been updated the rule `Updated` starts it as well: what serves gets the machines, the network and the
 * settings that the template says now, by the same rollout, and where none of them has changed nothing happens. Beside
 * a challenger a person starts it. With the other sources the template holds `Model`, `Config` and the endpoint
 * (`Resource`). Both have the same name, so a stack cannot change from the first kind of source to the second in one
 * deployment. `ErrorAlarm` and `LatencyAlarm` exist before any rollout.
 *
 * Replicas are billed as long as they run, with or without traffic; a challenger of an A/B test has its share of
 * `maxReplicas` all the time. Resources that the workflow creates have the tags that the template had then.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, Rollout, ScalingTarget, Serving } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const registry = new aws.ModelRegistry(stack, 'Registry', { modelName: 'churn' });
 * new aws.ServingEndpoint(stack, 'Serving', {
 *   data,
 *   model: aws.ModelSource.latestApproved(registry),
 *   serving: Serving.realTime({ scaling: { minReplicas: 2, maxReplicas: 8, target: ScalingTarget.requestsPerMinute(900) } }),
 *   rollout: Rollout.canary({ percent: 50, bakeMinutes: 15 }),
 *   capture: { samplingPercent: 20 },
 * });
 */
export class ServingEndpoint extends ServingEndpointBase implements IWatchedEndpoint {
  /** An endpoint that another stack, or another tool, has made. */
  public static fromEndpointAttributes(scope: Construct, id: string, attributes: ServingEndpointAttributes): IWatchedEndpoint {
    return new ImportedEndpoint(scope, id, attributes);
  }

  public readonly mode: string;
  public readonly instanceType?: string;
  public readonly inferenceComponentName?: string;
  public readonly captureBucket?: s3.IBucket;
  public readonly capturePrefix?: string;
  public readonly rollbackAlarms: cloudwatch.IAlarm[];
  public readonly maxErrorPercent?: number;
  public readonly maxLatencyP99Ms?: number;
  public readonly rolloutStateMachine?: sfn.IStateMachine;
  public readonly deadLetterQueue?: sqs.IQueue;
  /** The role that the containers run as. */
  public readonly executionRole: iam.IRole;
  /** Network rules of the machines; undefined outside a network of yours. */
  public readonly connections?: ec2.Connections;

  private readonly who: Speaker;
  private readonly name: string;
  private readonly data: IDataLake;
  private readonly network?: EndpointNetwork;
  private readonly queue?: AsynchronousPlan;
  private readonly machine?: sfn.StateMachine;

  public constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    watchRegion(this);
    this.who = speakerFor('serving endpoint', this);
    requireParts(this.who, props, 'data', 'model');
    checkChoices(this.who, props);
    const resolved = resolvedServing(this.who, props);
    const { serving, rollout } = resolved;

    this.mode = serving.mode;
    this.data = props.data;
    rememberModel(this, { model: servedGroup(props.model) });
    this.name = props.endpointName ?? stableName(this, undefined, 63);
    this.network = endpointNetwork(this, this.who, props);
    this.connections = this.network && new ec2.Connections({ securityGroups: this.network.securityGroups });
    this.executionRole = props.role ?? new iam.Role(this, 'Role', {
      description: `Runs the model of ${pathText(this)}`,
      assumedBy: ofThisAccount(this, 'sagemaker.amazonaws.com'),
    });
    const connected = connectEndpoint(this, this.who, serving, props, { network: this.network, role: this.executionRole });
    if (serving.mode === 'batch') {
      this.rollbackAlarms = [];
      const { machine, deadLetterQueue } = this.batch(serving as BatchServing | SageMakerBatchServing, props, connected);
      this.rolloutStateMachine = this.machine = machine;
      this.deadLetterQueue = deadLetterQueue;
      return;
    }

    if (props.endpointName !== undefined) this.requireOwnName(props.endpointName);
    const plan = hostingPlan(this.who, serving, props);
    checkEndpoint(this, this.who, plan, props);
    requireRollout(this.who, rollout, plan, resolved.challenger !== undefined);
    warnOfShare(this, rollout, plan);

    if (plan.component !== undefined) requireInRegion(this, this.who, 'AWS::SageMaker::InferenceComponent');

    this.instanceType = plan.instanceType;
    this.queue = plan.asynchronous;
    if (records(resolved.capture)) {
      this.captureBucket = this.data.artifactBucket;
      this.capturePrefix = CAPTURE_PREFIX;
    }
    this.inferenceComponentName = plan.component && stableName(this, 'model', 63);
    const thresholds = resolvedLimits(this.who, props, usualLimits(this.mode));
    this.maxErrorPercent = thresholds.maxErrorPercent;
    this.maxLatencyP99Ms = thresholds.maxLatencyP99Ms;
    this.rollbackAlarms = [...rollbackAlarms(this, this, thresholds), ...props.rollbackAlarms ?? []];
    const settings: EndpointSettings = {
      plan,
      rollout,
      endpointName: this.name,
      componentName: this.inferenceComponentName,
      challenger: resolved.challenger,
      executionRole: this.executionRole,
      environment: connected.environment,
      networkIsolation: connected.networkIsolation ?? plan.cannot.networkIsolation === undefined,
      vpcConfig: this.network?.vpcConfig,
      volumeKey: plan.instanceType === undefined || hasLocalNvme(plan.instanceType) ? undefined : this.data.encryptionKey,
      capture: captureConfig(resolved.capture, this.data),
      asynchronous: plan.asynchronous && asynchronousConfig(this.who, plan.asynchronous, this.data, topicsOf(serving)),
      alarmNames: this.rollbackAlarms.map((alarm) => alarm.alarmName),
    };

    const place = { artifactBucket: archivesOf(props.model, this.data), image: props.image, isMultiModel: plan.multiModel !== undefined };
    const champion = modelContainer(this, 'Image', props.model, place);
    const challenger = props.challengerModel && modelContainer(this, 'ChallengerImage', props.challengerModel, place);
    this.grantToContainers(serving, plan, challenger === undefined ? [champion] : [champion, challenger]);

    const byTemplate = (models: TemplateModels) =>
      templateEndpoint(this, settings, models, networkRelease(this, settings, this.network, this.data.encryptionKey));
    const registry = props.model._registry;
    if (registry === undefined) {
      byTemplate({ champion: champion.definition, challenger: challenger?.definition });
      return;
    }
    const shared = plan.component && byTemplate({});
    const { machine, deadLetterQueue } = workflowEndpoint(this, settings, {
      modelPackageGroup: groupOf(registry),
      stage: registry.promotionStage,
      approvedPattern: registry.approvedPattern,
      namePrefix: stableName(this, props.endpointName, 40),
      encryptionKey: this.data.encryptionKey,
      network: this.network,
      shared,
      notificationTopicArn: () => this._topic?.topicArn,
    });
    this.rolloutStateMachine = this.machine = machine;
    this.deadLetterQueue = deadLetterQueue;
  }

  /** Lets the grantee send requests; in asynchronous mode also put them into the input prefix and read the answers. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    if (this.queue === undefined) return super.grantInvoke(grantee);
    const { inputPrefix, outputPrefix, failurePrefix } = this.queue;
    const objects = { bucket: this.data.artifactBucket, encryptionKey: this.data.encryptionKey };
    return this._grantAsk(grantee, 'sagemaker:InvokeEndpointAsync')
      .combine(grantObjects(grantee, { ...objects, prefix: inputPrefix, may: ['write'] }))
      .combine(grantObjects(grantee, { ...objects, prefix: outputPrefix, may: ['read'] }))
      .combine(grantObjects(grantee, { ...objects, prefix: failurePrefix, may: ['read'] }));
  }

  /**
   * Lets the grantee start a rollout manually: of any approved version (`{"modelPackageArn": "…"}`), which is also how
   * to roll back, of the newest (`{}`), or of a challenger that takes over (`"promote": true`). With
   * `"ignoreAlarms": true` it goes out all at once and without automatic rollback: while the live version is broken and
   * its alarms fire, SageMaker rolls back every other update. In batch mode it starts a run.
   */
  public grantStartRollout(grantee: iam.IGrantable): iam.Grant {
    if (this.rolloutStateMachine === undefined) {
      refuseBecause(this.who, 'grantStartRollout: the template makes this endpoint: deploy the stack with another model, or use ModelSource.latestApproved');
    }
    return grantStart(this.rolloutStateMachine, this.data.encryptionKey, grantee);
  }

  /** @internal */
  protected _tell(topic: sns.ITopic): void {
    if (this.machine === undefined) super._tell(topic);
    else grantPublish(topic, this.machine.role);
  }

  /** @internal */
  protected _nameFor(member: string): string {
    if (this.mode !== 'batch') return this.name;
    return refuseBecause(this.who, `${member}: there is no endpoint in batch mode: use Serving.realTime, or rolloutStateMachine for the runs`);
  }

  /**
   * Nothing else would notice: rollouts make the endpoint, not CloudFormation, and each of two would undo what the
   * other does.
   */
  private requireOwnName(name: string): void {
    const others = this.stack.node.findAll().filter((each): each is ServingEndpoint => each instanceof ServingEndpoint && each !== this && each.mode !== 'batch');
    const other = others.find((each) => each.name?.toLowerCase() === name.toLowerCase());
    if (other !== undefined) refuse(this.who, 'endpointName', name, `another than that of '${other.node.path}'`);
  }

  private batch(serving: BatchServing | SageMakerBatchServing, props: ServingEndpointProps, connected: ConnectedEndpoint) {
    checkBatch(this, this.who, props);
    const plan = batchPlan(this.who, serving, props.instanceType);
    claimOutput(this.who, this, this.data.artifactBucket.bucketName, plan.outputPrefix);
    const { artifactBucket, rawBucket, encryptionKey } = this.data;
    const { reads, pullsFrom } = modelContainer(this, 'Image', props.model, {
      artifactBucket: archivesOf(props.model, this.data), image: props.image, isMultiModel: false,
    });
    grantHosting(this, this.executionRole, {
      encryptionKey,
      reads: [...reads, { bucket: rawBucket, pattern: `${plan.inputPrefix}*`, list: true }],
      writes: [{ bucket: artifactBucket, pattern: `${plan.outputPrefix}*` }],
      pullsFrom: pullsFrom === undefined ? [] : [pullsFrom],
      network: this.network?.place,
      watchesAlarms: false,
    });
    const { _registry: registry, _version: version } = props.model;
    return batchEndpoint(this, {
      plan,
      modelPackageGroup: registry !== undefined ? groupOf(registry) : groupOfVersion(this.who, version!),
      stage: registry?.promotionStage,
      modelPackageArn: version,
      executionRole: this.executionRole,
      environment: connected.environment,
      networkIsolation: connected.networkIsolation ?? true,
      vpcConfig: this.network && toApi(this.network.vpcConfig),
      inputBucketName: rawBucket.bucketName,
      outputBucketName: artifactBucket.bucketName,
      encryptionKey,
      namePrefix: stableName(this, undefined, 30),
      notificationTopicArn: () => this._topic?.topicArn,
    });
  }

  private grantToContainers(serving: Serving, plan: HostingPlan, models: ModelContainer[]): void {
    const { artifactBucket, encryptionKey } = this.data;
    const { endpointName, capturePrefix } = this;
    const [asynchronous, network] = [plan.asynchronous, this.network?.place];
    const touched = { artifactBucket, encryptionKey, models, asynchronous, endpointName, capturePrefix, network };
    grantHosting(this, this.executionRole, answeringAccess(touched));
    const { successTopic, errorTopic } = topicsOf(serving);
    for (const topic of [successTopic, errorTopic]) if (topic !== undefined) grantPublish(topic, this.executionRole);
  }
}

function topicsOf(serving: Serving): { readonly successTopic?: sns.ITopic; readonly errorTopic?: sns.ITopic; readonly includeAnswers?: boolean } {
  return serving.mode === 'asynchronous' ? (serving as AsynchronousServing).options : {};
}

/** Name of the group whose versions are served; undefined of an artifact. */
function servedGroup(model: ModelSource): string | undefined {
  return model._registry?.modelPackageGroupName ?? (model._version === undefined ? undefined : nameOfGroup(model._version));
}

/** Where the archives of registered versions are: a registry of another account has them in a lake there. */
function archivesOf(model: ModelSource, own: IDataLake): s3.IBucket {
  return (model._registry?.data ?? own).artifactBucket;
}
