import { aws_sqs as sqs, Duration, Stack, StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  DataLake,
  ExperimentTracker,
  MlopsPolicies,
  ModelRegistry,
  ModelSource,
  MonitoringStack,
  ServingEndpoint,
  TrainingPipeline,
  Workspace,
} from 'mlops-constructs/aws';
import { ContainerImage, QualityGate, Schedule, Serving, Trigger } from 'mlops-constructs/core';

export interface ChurnStackProps extends StackProps {
  readonly image: ContainerImage;
  /** Time that the CRM has for a batch of predictions. */
  readonly crmTimeoutMinutes?: number;
}

/** A stack of one's own: constructs where they help, resources of the CDK beside them, and no blueprint. */
export class ChurnStack extends Stack {
  readonly data: DataLake;

  constructor(scope: Construct, id: string, props: ChurnStackProps) {
    super(scope, id, { tags: { team: 'ml', product: 'churn' }, ...props });
    this.data = new DataLake(this, 'Data');
    const tracking = new ExperimentTracker(this, 'Tracking', { data: this.data });
    const workspace = new Workspace(this, 'Workspace', { data: this.data, tracking });
    const registry = new ModelRegistry(this, 'Registry', { data: this.data, modelName: 'churn' });
    const training = new TrainingPipeline(this, 'Training', {
      data: this.data,
      registry,
      tracking,
      vpc: workspace.vpc,
      image: props.image,
      qualityGates: [QualityGate.atLeast('auc', 0.9)],
      triggers: [Trigger.schedule(Schedule.weekly())],
    });
    const endpoint = new ServingEndpoint(this, 'Serving', {
      data: this.data,
      vpc: workspace.vpc,
      model: ModelSource.latestApproved(registry),
      serving: Serving.realTime(),
      capture: {},
    });
    new MonitoringStack(this, 'Monitoring', {
      data: this.data,
      registry,
      training,
      endpoint,
      vpc: workspace.vpc,
      image: props.image,
      drift: {},
      alertEmails: ['ml-team@example.com'],
    });

    // What the library has no word for is the CDK's own.
    new sqs.Queue(this, 'CrmBatches', {
      encryptionMasterKey: this.data.encryptionKey,
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(props.crmTimeoutMinutes ?? 5),
    });

    // The policies look at every resource of the stack, the queue among them.
    MlopsPolicies.applyTo(this);
  }
}
