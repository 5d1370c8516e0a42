import {
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_s3 as s3,
  aws_sagemaker as sagemaker,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  Resource,
  Token,
} from 'aws-cdk-lib';
import { sageMakerArns } from './private/base/state-permissions';
import { answerMetric, errorPercent, machineMetric } from './private/serving/metrics';
import { LIVE_VARIANT } from './private/serving/variants';
import { IWatchedEndpoint } from './serving-endpoint-props';
import { refuseBecause, speakerFor } from '../core/private/validation';

/**
 * Behaviour of every endpoint, created here or imported.
 *
 * @internal
 */
export abstract class ServingEndpointBase extends Resource implements IWatchedEndpoint {
  public abstract readonly mode: string;
  public readonly variantName: string = LIVE_VARIANT;
  public abstract readonly instanceType?: string;
  public abstract readonly inferenceComponentName?: string;
  public abstract readonly captureBucket?: s3.IBucket;
  public abstract readonly capturePrefix?: string;
  public abstract readonly rollbackAlarms: cloudwatch.IAlarm[];
  public abstract readonly rolloutStateMachine?: sfn.IStateMachine;
  public abstract readonly deadLetterQueue?: sqs.IQueue;

  /**
   * The notification topic, once it is known.
   *
   * @internal
   */
  protected _topic?: sns.ITopic;

  /** Name of the endpoint. It is known before the endpoint exists. */
  public get endpointName(): string {
    return this._nameFor('endpointName');
  }

  /** ARN of the endpoint. */
  public get endpointArn(): string {
    const name = this._nameFor('endpointArn');
    return this.stack.formatArn({
      service: 'sagemaker',
      resource: 'endpoint',
      resourceName: Token.isUnresolved(name) ? name : name.toLowerCase(),
    });
  }

  /** The endpoint as resources of the CDK refer to it. */
  public get endpointRef(): sagemaker.EndpointReference {
    return { endpointArn: this.endpointArn };
  }

  /** Lets the grantee send requests; in asynchronous mode also put them into the input prefix and read the answers. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this._grantAsk(grantee, 'sagemaker:InvokeEndpoint');
  }

  /**
   * Notifies the topic of rollouts (or batch runs) that succeed, roll back or fail; once, at any time after creation.
   */
  public notifyOn(topic: sns.ITopic): void {
    if (this._topic === topic) return;
    if (this._topic !== undefined) {
      refuseBecause(speakerFor('serving endpoint', this), 'notifyOn has a topic already: subscribe to that one');
    }
    this._topic = topic;
    this._tell(topic);
  }

  /**
   * Any metric of the variant (of the component, in the mode that has them), of the namespace `AWS/SageMaker`, each
   * minute unless the options say otherwise.
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return answerMetric(this, metricName, options);
  }

  /** Requests; asynchronous endpoints do not have it. */
  public metricInvocations(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocations', { statistic: 'Sum', ...options });
  }

  /**
   * Share of the requests that failed by the server's fault, in percent; in asynchronous mode, that failed for any
   * reason.
   */
  public metricErrorPercent(options: cloudwatch.MathExpressionOptions = {}): cloudwatch.MathExpression {
    return errorPercent(this, options);
  }

  /** Requests that failed by the server's fault. */
  public metricErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation5XXErrors', { statistic: 'Sum', ...options });
  }

  /** Requests that failed by the caller's fault. */
  public metricClientErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation4XXErrors', { statistic: 'Sum', ...options });
  }

  /** Time that the model takes for 99 % of the answers, in microseconds. */
  public metricModelLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ModelLatency', { statistic: 'p99', ...options });
  }

  /** Time that SageMaker adds to the model's, in microseconds; asynchronous endpoints do not have it. */
  public metricOverheadLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('OverheadLatency', { statistic: 'p99', ...options });
  }

  /**
   * A metric of the machines (`CPUUtilization`, `GPUUtilization`, `MemoryUtilization` …); CPUs and GPUs are added up,
   * so 4 of them make 400 %.
   */
  public metricMachine(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return machineMetric(this, metricName, options);
  }

  /**
   * Lets the grantee ask the endpoint, and the component in the mode that has them.
   *
   * @internal
   */
  protected _grantAsk(grantee: iam.IGrantable, action: string): iam.Grant {
    const endpoint = sageMakerArns('endpoint', this._nameFor('grantInvoke'));
    const component =
      this.inferenceComponentName === undefined
        ? []
        : sageMakerArns('inference-component', this.inferenceComponentName);
    return iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [...endpoint, ...component] });
  }

  /**
   * Notifies the topic when the endpoint rolls back or fails.
   *
   * @internal
   */
  protected _tell(topic: sns.ITopic): void {
    new events.Rule(this, 'Trouble', {
      description: `${this.endpointName} rolled back to an earlier version, or failed`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Endpoint State Change'],
        detail: { EndpointName: [this.endpointName], EndpointStatus: ['FAILED', 'ROLLING_BACK', 'OUT_OF_SERVICE', 'UPDATE_ROLLBACK_FAILED'] },
      },
      targets: [new targets.SnsTopic(topic)],
    });
  }

  /**
   * Name of the endpoint; an error that names the member where there is no endpoint.
   *
   * @internal
   */
  protected abstract _nameFor(member: string): string;
}
