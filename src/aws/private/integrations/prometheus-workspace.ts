import {
  aws_aps as aps, aws_iam as iam, aws_kms as kms, aws_sns as sns, Lazy, RemovalPolicy, Resource, Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { refuseBecause, speakerFor } from '../../../core/private/validation';
import { toYaml } from '../../../core/private/yaml';
import { IMetricsWorkspace } from '../../connection-props';
import { stableName } from '../base/names';

/** Parts that a workspace stands on. */
export interface PrometheusWorkspaceInput {
  readonly encryptionKey: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
  /** Topic of alerts that no monitoring stack takes. */
  readonly alarmTopic?: sns.ITopic;
}

/**
 * Workspace of Amazon Managed Service for Prometheus, encrypted with the key of the lake; its alert manager notifies the
 * topic of each monitoring stack.
 *
 * Children: `Resource`.
 *
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-config.html
 */
export class PrometheusWorkspace extends Construct implements IMetricsWorkspace {
  public readonly workspaceArn: string;
  /** Address that samples are written to. */
  public readonly remoteWriteUrl: string;

  private readonly alarmTopic?: sns.ITopic;
  private readonly topics = new Map<string, sns.ITopic>();

  public constructor(scope: Construct, { alarmTopic, encryptionKey, removalPolicy }: PrometheusWorkspaceInput) {
    super(scope, 'Workspace');
    this.alarmTopic = alarmTopic;
    if (alarmTopic !== undefined) letAlertsPublish(this, alarmTopic);
    const workspace = new aps.CfnWorkspace(this, 'Resource', {
      alias: stableName(this, undefined, 100),
      kmsKeyArn: encryptionKey.keyArn,
      alertManagerDefinition: Lazy.string({ produce: () => this.alertManager() }),
    });
    workspace.applyRemovalPolicy(removalPolicy);
    this.workspaceArn = workspace.attrArn;
    this.remoteWriteUrl = `${workspace.attrPrometheusEndpoint}api/v1/remote_write`;
  }

  public sendAlerts(model: string, topic: sns.ITopic): void {
    const isElsewhere = Resource.isOwnedResource(topic) && Stack.of(topic) !== Stack.of(this);
    // The stack of the topic waits for this one already, for the address that its job writes to.
    if (isElsewhere && this.alarmTopic !== undefined) return;
    if (isElsewhere) {
      refuseBecause(
        speakerFor('integrations', this.node.scope!.node.scope!),
        `alerts of '${model}' cannot reach '${topic.node.path}', which is in another stack: give alarmTopic`,
      );
    }
    letAlertsPublish(this, topic);
    this.topics.set(model, topic);
  }

  private alertManager(): string | undefined {
    const topics = [...this.topics].map(([model, topic]) => ({ model, topic }));
    const others = this.alarmTopic ?? topics[0]?.topic;
    if (others === undefined) return undefined;
    const { region } = Stack.of(this);
    const receiver = (name: string, topic: sns.ITopic) => ({
      name,
      sns_configs: [{ topic_arn: topic.topicArn, sigv4: { region }, send_resolved: true, subject: SUBJECT, message: MESSAGE }],
    });
    return toYaml({
      alertmanager_config: toYaml({
        route: {
          receiver: 'others',
          group_by: ['alertname', 'ml_model'],
          repeat_interval: '24h',
          routes: topics.map(({ model }) => ({ receiver: model, matchers: [`ml_model="${model}"`] })),
        },
        receivers: [receiver('others', others), ...topics.map(({ model, topic }) => receiver(model, topic))],
      }),
    });
  }
}

/** Lets alerts of the workspaces of this account and region publish to a topic, and use its key, where both are of this app. */
function letAlertsPublish(scope: Construct, topic: sns.ITopic): void {
  topic.addToResourcePolicy(byAlerts(scope, ['sns:GetTopicAttributes', 'sns:Publish'], topic.topicArn));
  topic.masterKey?.addToResourcePolicy(byAlerts(scope, ['kms:Decrypt', 'kms:GenerateDataKey*'], '*'));
}

/** By account and not by workspace: the workspace waits for its key, whose policy this is. */
function byAlerts(scope: Construct, actions: string[], resource: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Alerts',
    principals: [new iam.ServicePrincipal('aps.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}

/** Templates of the alert manager; a subject of Amazon SNS has 100 characters at most. */
const SUBJECT = '{{ .GroupLabels.alertname }} {{ .Status }}';
const MESSAGE = '{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}. {{ .Annotations.description }} {{ end }}';
