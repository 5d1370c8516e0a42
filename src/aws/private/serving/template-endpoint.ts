import {
  aws_applicationautoscaling as appscaling, aws_cloudwatch as cloudwatch, aws_sagemaker as sagemaker, Fn, Stack,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { componentDeploymentConfig, deploymentConfig } from './deployment-policy';
import { challengerReplicas } from './plan';
import { ScaledNames, ScalingPlan } from './scaling-plan';
import { acknowledgeEmptyEndpoint, acknowledgeOpenModel, acknowledgeUpdateAtOnce, EndpointSettings } from './settings';
import { CHALLENGER_VARIANT, LIVE_VARIANT, SHADOW_VARIANT } from './variants';
import { acknowledge, skipInCheckov } from '../base/acknowledge';
import { afterPolicies } from '../base/ordering';

/** The models of an endpoint that the template makes. */
export interface TemplateModels {
  /** The container that answers; undefined where the rollout workflow makes the component. */
  readonly champion?: sagemaker.CfnModel.ContainerDefinitionProperty;
  readonly challenger?: sagemaker.CfnModel.ContainerDefinitionProperty;
}

/**
 * Model, endpoint config and endpoint as resources of the template.
 *
 * A model and a config can only be replaced, so CloudFormation names them. The endpoint has a name of its own: nothing
 * but a new name replaces it, and its alarms, which must exist before it, are found by that name.
 *
 * @param release waits, when the stack goes, until the endpoint has left its network
 */
export function templateEndpoint(
  scope: Construct,
  settings: EndpointSettings,
  models: TemplateModels,
  release?: IConstruct,
): sagemaker.CfnEndpoint {
  const { plan, executionRole, rollout, alarmNames, componentName } = settings;
  const isComponent = plan.component !== undefined;
  const champion = models.champion && model(scope, 'Model', settings, models.champion);
  const challenger = models.challenger && model(scope, 'ChallengerModel', settings, models.challenger);

  const config = new sagemaker.CfnEndpointConfig(scope, 'Config', {
    ...variants(settings, isComponent ? undefined : champion, challenger),
    asyncInferenceConfig: settings.asynchronous,
    dataCaptureConfig: settings.capture,
    kmsKeyId: settings.volumeKey?.keyArn,
    executionRoleArn: isComponent ? executionRole.roleArn : undefined,
    enableNetworkIsolation: isComponent ? settings.networkIsolation : undefined,
    vpcConfig: isComponent ? settings.vpcConfig : undefined,
  });
  if (isComponent) afterPolicies(config, executionRole);
  if (settings.volumeKey === undefined) {
    acknowledge(config, {
      id: 'NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured',
      reason:
        plan.instanceType === undefined
          ? 'a serverless endpoint has no volume, and SageMaker refuses a key for it'
          : `the disks of ${plan.instanceType} are encrypted by their hardware, and SageMaker refuses a key for them`,
    });
  }

  const changes = plan.scaling !== undefined || challenger !== undefined;
  const endpoint = new sagemaker.CfnEndpoint(scope, 'Resource', {
    endpointName: settings.endpointName,
    endpointConfigName: config.attrEndpointConfigName,
    // An update that changes which variants there are must do without: it moves traffic only between variants of the
    // same names.
    deploymentConfig:
      isComponent || settings.challenger?.kind === 'ab-test' ? undefined : deploymentConfig(rollout, alarmNames, plan),
    // Without it every deployment would undo what scaling has done.
    retainAllVariantProperties: changes && !isComponent ? true : undefined,
    excludeRetainedVariantProperties:
      changes && !isComponent
        ? [
          { variantPropertyType: 'DataCaptureConfig' },
          ...(plan.scaling ? [] : [{ variantPropertyType: 'DesiredInstanceCount' }]),
          ...(challenger ? [{ variantPropertyType: 'DesiredWeight' }] : []),
        ]
        : undefined,
  });
  afterPolicies(endpoint, executionRole);
  if (isComponent) acknowledgeEmptyEndpoint(endpoint);
  else if (settings.challenger?.kind === 'ab-test') acknowledgeUpdateAtOnce(endpoint);
  if (release !== undefined) endpoint.node.addDependency(release);

  if (plan.component === undefined || champion === undefined) {
    // A shadow gets copies of what the champion gets, and SageMaker keeps it as large as the champion began.
    if (plan.scaling !== undefined && !isComponent) {
      const names = { endpointName: settings.endpointName, variantName: LIVE_VARIANT };
      scale(scope, plan.scaling, names, `endpoint/${endpoint.attrEndpointName}/variant/${LIVE_VARIANT}`);
    }
    return endpoint;
  }

  const component = new sagemaker.CfnInferenceComponent(scope, 'Component', {
    // Like the endpoint's: its alarms must exist before it, and are found by its name.
    inferenceComponentName: componentName,
    endpointName: endpoint.attrEndpointName,
    variantName: LIVE_VARIANT,
    specification: { ...plan.component.specification, modelName: champion.attrModelName },
    // With scaling the count is read at creation only: it would otherwise be undone by every deployment that changes
    // anything.
    runtimeConfig: { copyCount: plan.component.copyCount },
    deploymentConfig: componentDeploymentConfig(rollout, alarmNames, plan),
  });
  if (plan.scaling !== undefined) {
    // The name out of the ARN, so that scaling waits for the component.
    const made = Fn.select(1, Fn.split('inference-component/', component.attrInferenceComponentArn));
    scale(
      scope,
      plan.scaling,
      { endpointName: settings.endpointName, variantName: LIVE_VARIANT, componentName: made },
      `inference-component/${made}`,
    );
  }
  return endpoint;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-model.html */
function model(
  scope: Construct,
  id: string,
  settings: Pick<EndpointSettings, 'executionRole' | 'environment' | 'networkIsolation' | 'vpcConfig' | 'plan'>,
  container: sagemaker.CfnModel.ContainerDefinitionProperty,
): sagemaker.CfnModel {
  const { executionRole, environment, networkIsolation, vpcConfig, plan } = settings;
  const cfnModel = new sagemaker.CfnModel(scope, id, {
    executionRoleArn: executionRole.roleArn,
    primaryContainer: {
      ...container,
      environment,
      mode: plan.multiModel === undefined ? undefined : 'MultiModel',
      multiModelConfig:
        plan.multiModel === undefined
          ? undefined
          : { modelCacheSetting: plan.multiModel.cache ? 'Enabled' : 'Disabled' },
    },
    enableNetworkIsolation: networkIsolation,
    vpcConfig,
  });
  if (!networkIsolation) {
    const why =
      plan.cannot.networkIsolation === undefined
        ? 'networkIsolation was switched off'
        : 'serverless endpoints cannot isolate their containers';
    skipInCheckov(cfnModel, why, 'CKV_AWS_370');
  }
  // Creating a model reads the image and the archive with this role: its policy must be there first.
  afterPolicies(cfnModel, executionRole);
  acknowledgeOpenModel(cfnModel, plan);
  return cfnModel;
}

function variants(
  settings: EndpointSettings,
  champion: sagemaker.CfnModel | undefined,
  challenger: sagemaker.CfnModel | undefined,
) {
  const { plan, challenger: spec } = settings;
  const { variant } = plan;
  const live = { ...variant, variantName: LIVE_VARIANT, modelName: champion?.attrModelName };
  if (challenger === undefined || spec === undefined) return { productionVariants: [live] };
  const modelName = challenger.attrModelName;
  if (spec.kind === 'shadow') {
    return {
      productionVariants: [{ ...live, initialVariantWeight: 1 }],
      shadowProductionVariants: [
        { ...variant, variantName: SHADOW_VARIANT, modelName, initialVariantWeight: spec.percent / 100 },
      ],
    };
  }
  return {
    productionVariants: [
      { ...live, initialVariantWeight: (100 - spec.percent) / 100 },
      {
        ...variant,
        variantName: CHALLENGER_VARIANT,
        modelName,
        initialInstanceCount: challengerReplicas(spec.percent, plan) ?? variant.initialInstanceCount,
        initialVariantWeight: spec.percent / 100,
      },
    ],
  };
}

function scale(scope: Construct, plan: ScalingPlan, names: ScaledNames, resourceId: string): void {
  const target = new appscaling.CfnScalableTarget(scope, 'ScalableTarget', {
    serviceNamespace: 'sagemaker',
    resourceId,
    scalableDimension: plan.dimension,
    minCapacity: plan.minCapacity,
    maxCapacity: plan.maxCapacity,
    roleArn: scalingRoleArn(scope),
  });
  for (const policy of plan.policies(names)) {
    const cfnPolicy = new appscaling.CfnScalingPolicy(scope, policy.name, {
      policyName: policy.name,
      policyType: policy.steps === undefined ? 'TargetTrackingScaling' : 'StepScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: policy.targetTracking,
      stepScalingPolicyConfiguration: policy.steps,
    });
    if (policy.alarm !== undefined) {
      new cloudwatch.CfnAlarm(scope, `${policy.name}Alarm`, { ...policy.alarm, alarmActions: [cfnPolicy.ref] });
    }
  }
}

/**
 * The role that Application Auto Scaling makes for itself; without it the CDK would make one that the service never
 * uses.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
 */
function scalingRoleArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com',
    resourceName: 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
  });
}
