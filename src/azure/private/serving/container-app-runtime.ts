import { Construct } from 'constructs';
import { allowCaller, newApp, requireToken } from './container-app';
import { environmentFor } from './container-app-environment';
import { AppPlan, appPlan } from './container-app-plan';
import { ServingParts, ServingRuntime } from './runtime';
import { resolvedLimits } from '../../../core/private/resolve/limits';
import { BAKE_MINUTES } from '../../../core/private/resolve/serving';
import { trafficSteps } from '../../../core/private/resolve/traffic-steps';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../../../core/private/validation';
import { Rollout } from '../../../core/rollout';
import { Serving } from '../../../core/serving';
import { warn } from '../../../terraform/annotations';
import { fingerprint } from '../../../terraform/fingerprint';
import { mayDestroy } from '../../../terraform/removal';
import { ContainerAppServingOptions } from '../../container-app-serving-props';
import { AppContainerBody } from '../base/arm-bodies/container-app';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';
import { appPlace } from '../rollout/app-place';
import { TrafficStep } from '../rollout/watch';
import { newRollout } from '../rollout/workflow';

/** A container app, whose revisions are the versions. */
export const CONTAINER_APP_RUNTIME: ServingRuntime = {
  make(scope, parts) {
    const { who, serving, served, props, runsAs, mayRun, imageServers } = parts;
    const { options } = serving as Serving & { readonly options: ContainerAppServingOptions };
    const { workspace, data } = props;
    const plan = appPlan(who, options);
    const isPublic = isPublicOf(who, parts, options);
    checkSource(who, parts);
    const endpointName = nameOf(scope, who, props.endpointName);
    const environment = environmentFor(scope, who, plan.profile, isPublic, workspace);
    const app = newApp(scope, {
      name: endpointName,
      environmentId: environment.id,
      isDestroyable: mayDestroy(scope, who, props.removalPolicy),
      plan,
      imageServers,
      runsAs,
      mayRun,
    });
    const access = options.entraClientId === undefined ? undefined : requireToken(scope, app, options.entraClientId);
    const container = containerOf(plan);
    const scale = {
      minReplicas: plan.minReplicas,
      maxReplicas: plan.maxReplicas,
      rules: [{ name: 'requests', http: { metadata: { concurrentRequests: `${plan.concurrency}` } } }],
    };
    const variables = {
      MLOPS_MODEL_NAME: served.name,
      MLOPS_ENDPOINT_NAME: endpointName,
      MLOPS_PORT: `${plan.container.port}`,
      AZURE_CLIENT_ID: runsAs.clientId,
      ...props.environment,
    };
    const settings = fingerprint([container, scale, { ...variables, AZURE_CLIENT_ID: runsAs.principalId }]);
    const { steps, challenger } = stepsOf(who, parts);
    const rollout = newRollout(
      scope,
      who,
      {
        place: appPlace({
          endpointId: app.id,
          endpointName,
          environmentId: environment.id,
          workspaceId: workspace.workspaceId,
          container,
          scale,
          variables,
          settings,
          minReplicas: plan.minReplicas,
          maxReplicas: plan.maxReplicas,
          loadMinutes: plan.container.loadMinutes,
          files: { datastore: workspace.artifactDatastore, address: `${data.blobEndpoint}/${data.artifactContainer}/` },
        }),
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
        limits: resolvedLimits(who, props),
      },
      {
        inbox: { name: '', ...served.inbox },
        runtime: runsAs,
        needs: [app, mayRun, access],
        declares: { settings, version: served.version ?? '' },
      },
    );
    warnOfRegion(scope, who, plan);
    return {
      endpointId: app.id,
      endpointName,
      scoringUri: `https://${app.ingress.fqdn}/invocations`,
      workflowId: rollout.id,
      workflowName: rollout.name,
      hasAccelerator: plan.profile.hasGpu,
      isPrivate: !isPublic,
    };
  },

  grantInvoke(endpoint, principal) {
    return (
      allowCaller(endpoint as unknown as Construct, principal) ??
      refuseBecause(
        speakerFor('serving endpoint', endpoint),
        'grantInvoke: a container app has no role for callers: give ContainerAppServing.app({ entraClientId }), or let callers into its network',
      )
    );
  },
};

/** From the internet with a token alone. */
function isPublicOf(who: Speaker, { props }: ServingParts, { entraClientId }: ContainerAppServingOptions): boolean {
  const isPublic = props.publicNetworkAccess ?? false;
  if (isPublic && entraClientId === undefined) {
    refuseBecause(
      who,
      'publicNetworkAccess of a serverless endpoint needs ContainerAppServing.app({ entraClientId }), or everybody could call it',
    );
  }
  return isPublic;
}

/** The container fetches files of the lake with its identity, and a revision is named after its version. */
function checkSource(who: Speaker, { served, props }: ServingParts): void {
  const datastore = `azureml://datastores/${props.workspace.artifactDatastore}/paths/`;
  if (served.artifact !== undefined && !served.artifact.modelUri.startsWith(datastore)) {
    refuse(
      who,
      'model.modelUri',
      served.artifact.modelUri,
      `a folder of the lake's container of artifacts, ${datastore}…, from which a container app fetches its model`,
    );
  }
  requireMatch(
    who,
    'model.version',
    served.version,
    /^[a-z0-9]{1,22}$/,
    'at most 22 lower-case letters and digits, because revisions of a container app are named after it',
  );
}

function nameOf(scope: Construct, who: Speaker, given: string | undefined): string {
  requireMatch(
    who,
    'endpointName',
    given,
    /^[a-z](?!.*--)[a-z0-9-]{0,30}[a-z0-9]$/,
    '2 to 32 lower-case letters, digits and single hyphens for a container app, starting with a letter',
  );
  return given ?? azureName(scope, 'containerApp');
}

/** At most ten failures are counted, so that the time between two looks follows from the time that there is. */
function containerOf({
  cpu,
  memoryGiB,
  container: { command, args, port, healthRoute, startupTimeoutSeconds },
}: AppPlan): AppContainerBody {
  return {
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    resources: { cpu, memory: `${memoryGiB}Gi` },
    probes: [
      {
        type: 'Startup',
        tcpSocket: { port },
        initialDelaySeconds: 3,
        periodSeconds: Math.ceil(startupTimeoutSeconds / 10),
        timeoutSeconds: 5,
        failureThreshold: 10,
      },
      {
        type: 'Readiness',
        httpGet: { path: healthRoute, port },
        periodSeconds: 5,
        timeoutSeconds: 5,
        failureThreshold: 10,
      },
      { type: 'Liveness', tcpSocket: { port }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 10 },
    ],
  };
}

/**
 * The steps of a version that takes over, and the one of a version that stands beside the live one; no step copies
 * requests.
 */
function stepsOf(
  who: Speaker, { props: { rollout, challenger } }: ServingParts,
): { readonly steps: readonly TrafficStep[]; readonly challenger?: TrafficStep } {
  const { shares, minutes } = trafficSteps(who, rollout ?? Rollout.allAtOnce(), 'Azure');
  const steps = shares.map((share) => ({ share, mirror: 0, minutes }));
  if (challenger === undefined) {
    return { steps };
  }
  return { steps, challenger: { share: challenger.percent, mirror: 0, minutes: Math.max(minutes, BAKE_MINUTES) } };
}

/** @see https://learn.microsoft.com/azure/container-apps/gpu-serverless-overview#supported-regions */
const GPU_REGIONS = ['australiaeast', 'swedencentral', 'westus3'];

function warnOfRegion(scope: Construct, who: Speaker, { profile }: AppPlan): void {
  const { location } = resourceGroupOf(scope);
  if (!profile.hasGpu || GPU_REGIONS.includes(location)) return;
  warn(
    scope,
    `${who.what} '${who.name}': Container Apps are not known to have ${profile.profileType} in ${location}: ${GPU_REGIONS.join(', ')} have`,
  );
}
