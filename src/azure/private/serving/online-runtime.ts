import { Construct } from 'constructs';
import { autoscaleProperties } from './autoscale-profile';
import { grantScore } from './caller';
import { HostingPlan, hostingPlan } from './plan';
import { ServingParts, ServingRuntime } from './runtime';
import { records } from '../../../core/private/capture';
import { resolvedLimits } from '../../../core/private/resolve/limits';
import { BAKE_MINUTES } from '../../../core/private/resolve/serving';
import { trafficSteps } from '../../../core/private/resolve/traffic-steps';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { Rollout } from '../../../core/rollout';
import { RealTimeServing } from '../../../core/serving';
import { inform, warn } from '../../../terraform/annotations';
import { claim } from '../../../terraform/claims';
import { fingerprint } from '../../../terraform/fingerprint';
import { mayDestroy } from '../../../terraform/removal';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { armAction, armResource } from '../base/arm';
import { ManagedOnlineDeployment, OnlineEndpointProperties } from '../base/arm-bodies/online-endpoint';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';
import { onlinePlace } from '../rollout/online';
import { OnlinePlace } from '../rollout/online-place';
import { RolloutSettings } from '../rollout/settings';
import { TrafficStep } from '../rollout/watch';
import { newRollout } from '../rollout/workflow';

/** A managed online endpoint, on which versions are deployed. */
export const ONLINE_RUNTIME: ServingRuntime = {
  make(scope, parts) {
    const { who, serving, served, props, runsAs, mayRun } = parts;
    const { workspace, data } = props;
    const group = resourceGroupOf(scope);
    const plan = hostingPlan(who, (serving as RealTimeServing).options, props);
    const limits = resolvedLimits(who, props);
    const { steps, challenger } = stepsOf(who, props);
    const endpointName = props.endpointName ?? azureName(scope, 'onlineEndpoint');
    claim(
      who,
      scope.node.root,
      `${workspace.workspaceId}/onlineEndpoints/${endpointName}`.toLowerCase(),
      who.name,
      `endpointName ${endpointName} is that of another endpoint of the workspace`,
    );
    // Known while synthesizing, also where only Terraform knows the endpoint's name.
    const folder = props.endpointName ?? azureName(scope, 'mlAsset');
    const isPublic = isPublicOf(who, props);
    const records_ = props.capture !== undefined && records(props.capture);
    const mayRecord = records_ ? data.grantWriteCaptured(runsAs, `${folder}/`) : undefined;
    const properties: OnlineEndpointProperties = {
      authMode: 'AADToken',
      description: `Serves ${served.name}`,
      publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled',
    };
    const endpoint = armResource(scope, 'Endpoint', {
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
      name: endpointName,
      parentId: workspace.workspaceId,
      location: workspace.location,
      identity: { userAssigned: [runsAs.identityId] },
      body: { kind: 'Managed', properties },
      exports: ['properties.scoringUri'],
      timeouts: { delete: '2h' },
      // Every write of an endpoint sets the traffic, or takes it away: after its creation the rollout workflow alone
      // writes it.
      lifecycle: {
        ignoreChanges:
          group.armRenderer === 'template'
            ? ['template_content', 'parameters_content', 'tags']
            : ['type', 'body', 'identity', 'tags'],
        preventDestroy: !mayDestroy(scope, who, props.removalPolicy),
      },
      dependsOn: after(workspace.ready, mayRun, mayRecord),
    });
    const autoscaleName = azureName(scope, 'resource', 'live');
    const autoscaleId = `${group.resourceGroupId}/providers/Microsoft.Insights/autoscaleSettings/${autoscaleName}`;
    const { deployment, variables } = deploymentOf(parts, plan, endpointName, isPublic);
    const capture = records_
      ? {
        folderUri: `azureml://datastores/${workspace.capturedDatastore}/paths/${folder}`,
        samplingPercent: props.capture!.samplingPercent ?? 100,
      }
      : undefined;
    const inference = inferenceOf(props);
    const settings = fingerprint([deployment, variables, capture, inference, runsAs.principalId]);
    const place: OnlinePlace = {
      workspaceId: workspace.workspaceId,
      resourceGroupId: group.resourceGroupId,
      endpointId: `${workspace.workspaceId}/onlineEndpoints/${endpointName}`,
      endpointName,
      location: workspace.location,
      endpoint: { kind: 'Managed', identity: { type: 'UserAssigned', userAssignedIdentities: { [runsAs.identityId]: {} } }, properties },
      deployment,
      variables,
      settings,
      minReplicas: plan.scaling.minReplicas,
      maxReplicas: plan.scaling.maxReplicas,
      capture,
      inference,
      autoscaleId,
      autoscale: (id, endpointId, name) => autoscaleProperties(autoscaleName, plan.scaling, { id, name, endpointId }),
    };
    const rollout = newRollout(
      scope,
      who,
      {
        place: onlinePlace(place),
        modelContainerId: served.modelContainerId,
        modelName: served.name,
        declaredVersion: served.version,
        artifact: served.artifact && {
          modelUri: served.artifact.modelUri,
          image: served.artifact.image,
          variables: served.artifact.environment,
        },
        defaultImage: served.defaultImage,
        steps,
        challenger,
        limits,
      },
      {
        inbox: { name: '', ...served.inbox },
        runtime: runsAs,
        needs: [endpoint, mayRun, mayRecord, removeScaling(scope, who, autoscaleId)],
        declares: {
          settings,
          version: served.version ?? '',
          scaling: fingerprint(plan.scaling),
          access: properties.publicNetworkAccess,
        },
      },
    );
    reportQuota(scope, who, plan);
    return {
      endpointId: endpoint.id,
      endpointName,
      scoringUri: endpoint.exported('properties.scoringUri'),
      workflowId: rollout.id,
      workflowName: rollout.name,
      captureFolder: capture === undefined ? undefined : folder,
      hasAccelerator: plan.machine.gpuCount > 0 || plan.machine.vcpus === undefined,
      isPrivate: !isPublic,
    };
  },

  grantInvoke(endpoint, principal) {
    return grantScore(endpoint as unknown as Construct, endpoint.endpointId, principal);
  },
};

/** The steps of a version that takes over, and the one of a version that stands beside the live one. */
function stepsOf(
  who: Speaker,
  { rollout, mirrorPercent, challenger }: ServingEndpointProps,
): Pick<RolloutSettings, 'steps' | 'challenger'> {
  const { shares, minutes } = trafficSteps(who, rollout ?? Rollout.allAtOnce(), 'Azure');
  const copies: readonly TrafficStep[] =
    mirrorPercent === undefined ? [] : [{ share: 0, mirror: mirrorPercent, minutes }];
  const steps = [...copies, ...shares.map((share) => ({ share, mirror: 0, minutes }))];
  if (challenger === undefined) return { steps };
  const isShadow = challenger.kind === 'shadow';
  const [share, mirror] = isShadow ? [0, challenger.percent] : [challenger.percent, 0];
  return { steps, challenger: { share, mirror, minutes: Math.max(minutes, BAKE_MINUTES) } };
}

/** The endpoint is reached as its workspace is; each other combination would be refused, or have no way in. */
function isPublicOf(who: Speaker, { publicNetworkAccess, workspace }: ServingEndpointProps): boolean {
  const { isPrivate } = workspace;
  if (publicNetworkAccess === true && isPrivate) {
    refuseBecause(
      who,
      'publicNetworkAccess is not possible in a workspace with private endpoints alone: leave it out, or give the workspace a public address',
    );
  }
  if (publicNetworkAccess === false && !isPrivate) {
    refuseBecause(
      who,
      'publicNetworkAccess: false needs a workspace with private endpoints, which are the way in then: set privateEndpoints of the workspace',
    );
  }
  return publicNetworkAccess ?? !isPrivate;
}

/** What a deployment gets beside its version. */
function deploymentOf(
  { props, served }: ServingParts,
  { machine }: HostingPlan,
  endpointName: string,
  isPublic: boolean,
) {
  const {
    requestTimeoutSeconds = 5,
    maxConcurrentRequestsPerInstance = 4,
    startupMinutes = 20,
    environment = {},
    workspace,
  } = props;
  const probe = { period: 'PT10S', timeout: 'PT5S', successThreshold: 1 };
  const deployment: ManagedOnlineDeployment = {
    endpointComputeType: 'Managed',
    instanceType: machine.vmSize,
    scaleSettings: { scaleType: 'Default' },
    requestSettings: { requestTimeout: `PT${requestTimeoutSeconds}S`, maxConcurrentRequestsPerInstance },
    livenessProbe: { ...probe, initialDelay: 'PT30S', failureThreshold: 30 },
    readinessProbe: { ...probe, initialDelay: 'PT10S', failureThreshold: startupMinutes * 6 },
    // In a managed network the workspace's rules say where deployments connect to.
    ...(workspace.hasManagedNetwork || isPublic ? {} : { egressPublicNetworkAccess: 'Disabled' as const }),
  };
  const variables = {
    MLOPS_VERB: 'serve',
    MLOPS_MODEL_NAME: served.name,
    MLOPS_ENDPOINT_NAME: endpointName,
    MLOPS_PORT: `${props.container?.port ?? 8080}`,
    ...environment,
  };
  return { deployment, variables };
}

function inferenceOf({ container }: ServingEndpointProps) {
  const port = container?.port ?? 8080;
  return {
    livenessRoute: { path: container?.livenessRoute ?? '/health/live', port },
    readinessRoute: { path: container?.readinessRoute ?? '/health/ready', port },
    scoringRoute: { path: container?.scoringRoute ?? '/score', port },
  };
}

/**
 * The rollout writes the autoscale setting, so that Terraform deletes it by its name: a resource group that holds
 * something is not deleted.
 */
function removeScaling(scope: Construct, who: Speaker, autoscaleId: string) {
  if (resourceGroupOf(scope).armRenderer === 'template') {
    inform(
      scope,
      `${who.what} '${who.name}': a template cannot delete what a rollout made: before terraform destroy, delete its autoscale setting by az monitor autoscale delete`,
    );
    return undefined;
  }
  return armAction(scope, 'ScalingRemoval', {
    type: 'Microsoft.Insights/autoscaleSettings',
    resourceId: autoscaleId,
    method: 'DELETE',
    when: 'destroy',
    ignoreNotFound: true,
  }).resource;
}

/** Azure Machine Learning keeps a fifth more for its own updates. */
const RESERVED = 1.2;

/** The quota is asked for when a deployment is made, and refused then. */
function reportQuota(scope: Construct, who: Speaker, { machine, scaling }: HostingPlan): void {
  const say = (text: string) => `${who.what} '${who.name}': ${text}`;
  if (machine.doubt !== undefined) warn(scope, say(machine.doubt));
  if (machine.quota === undefined || machine.vcpus === undefined) return;
  const needed = Math.ceil(scaling.maxReplicas * RESERVED) * machine.vcpus;
  inform(
    scope,
    say(
      `${scaling.maxReplicas} replicas of ${machine.vmSize} take ${needed} vCPUs of the quota ${machine.quota} in ${resourceGroupOf(scope).location}, and twice as much during a rollout`,
    ),
  );
}
