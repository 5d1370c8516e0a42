import { Aws } from 'aws-cdk-lib';
import { scalingPermissions } from './scaling';
import { RolloutSpec } from './spec';
import {
  LIST_MODEL_PACKAGES, passRole, Permission, sageMakerArns, servedVersions, tagging, volumeKeyPermissions,
} from '../base/state-permissions';

/** The models that a rollout makes. */
export function modelArns({ namePrefix }: Pick<RolloutSpec, 'namePrefix'>): string[] {
  return sageMakerArns('model', `${namePrefix}-*`);
}

/** What the role of a rollout may do: the calls of its definition, and what those calls ask for besides. */
export function rolloutPermissions(spec: RolloutSpec): Permission[] {
  const models = modelArns(spec);
  const endpoint = sageMakerArns('endpoint', spec.endpointName);
  const configs = sageMakerArns('endpoint-config', `${spec.namePrefix}-*`);
  const component = spec.inferenceComponent && sageMakerArns('inference-component', spec.inferenceComponent.name);
  const made = 'names end in the version and a digest, created by each rollout';
  const permissions: Permission[] = [
    LIST_MODEL_PACKAGES,
    servedVersions(spec.modelPackageGroup),
    { actions: ['sagemaker:CreateModel', 'sagemaker:DeleteModel'], resources: models, reason: made },
    passRole(spec.executionRoleArn),
  ];
  permissions.push({
    actions: ['sagemaker:DescribeModel'], resources: sageMakerArns('model', '*'), reason: 'the live model may have been made under an earlier name prefix',
  });
  if (component) {
    permissions.push(
      {
        actions: ['sagemaker:DescribeInferenceComponent', 'sagemaker:UpdateInferenceComponent', 'sagemaker:DeleteInferenceComponent'],
        resources: component,
      },
      { actions: ['sagemaker:CreateInferenceComponent'], resources: [...component, ...endpoint] },
    );
  } else {
    permissions.push(
      { actions: ['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'], resources: endpoint },
      { actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'], resources: [...endpoint, ...configs], reason: made },
      { actions: ['sagemaker:CreateEndpointConfig', 'sagemaker:DeleteEndpointConfig'], resources: configs, reason: made },
      {
        actions: ['sagemaker:DescribeEndpointConfig'],
        resources: sageMakerArns('endpoint-config', '*'),
        reason: 'the live config may have been made under an earlier name prefix',
      },
    );
  }
  permissions.push(tagging([...models, ...component ?? [...endpoint, ...configs]]));
  if (spec.volumeKmsKeyArn) permissions.push(...volumeKeyPermissions(spec.volumeKmsKeyArn));
  if (spec.stopAlarmName) {
    permissions.push({
      actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:SetAlarmState'],
      resources: [`arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${spec.stopAlarmName}`],
    });
  }
  permissions.push(...scalingPermissions(spec, component ?? endpoint));
  if (spec.notificationTopicArn) permissions.push({ actions: ['sns:Publish'], resources: [spec.notificationTopicArn] });
  return permissions;
}
