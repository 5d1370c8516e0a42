import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { Construct } from 'constructs';
import { grantPredict } from './caller';
import { newCapture } from './capture';
import { HostingPlan, hostingPlan } from './plan';
import { ServingRuntime } from './runtime';
import { acknowledgeDeclared } from './source';
import { resolvedLimits } from '../../../core/private/resolve/limits';
import { trafficSteps } from '../../../core/private/resolve/traffic-steps';
import { Speaker } from '../../../core/private/validation';
import { RealTimeServing } from '../../../core/serving';
import { acknowledge } from '../../../terraform/acknowledge';
import { inform, warn } from '../../../terraform/annotations';
import { fingerprint } from '../../../terraform/fingerprint';
import { stableDigits } from '../../../terraform/names';
import { mayDestroy } from '../../../terraform/removal';
import { GoogleProject } from '../../google-project';
import { noteDedicatedAddress } from '../base/dedicated-addresses';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';
import { vertexHost, vertexParent } from '../base/vertex-api';
import { endpointFilter, endpointMetrics } from '../rollout/watch';
import { newRollout } from '../rollout/workflow';

/** An endpoint of Vertex AI, on which versions are deployed. */
export const VERTEX_RUNTIME: ServingRuntime = {
  make(scope, { who, choices, served, props, runsAs, mayUse }) {
    const project = GoogleProject.of(scope);
    const { data } = props;
    if ((props.access?.kind ?? 'dedicated') === 'dedicated') noteDedicatedAddress(who, scope);
    const plan = hostingPlan(who, (choices.serving as RealTimeServing).options, props, project.region);
    const traffic = trafficSteps(who, choices.rollout, 'Google Cloud');
    const limits = resolvedLimits(who, props);
    const number = stableDigits(scope, undefined, 10);
    const isPrivate = props.access?.kind === 'private-service-connect';
    const capture =
      choices.capture && newCapture(scope, choices.capture, data, mayDestroy(scope, who, props.removalPolicy));
    // What the containers print is written by their own identity.
    const mayRun = [data.grantRead(runsAs, 'training/'), grantInProject(scope, runsAs, 'logging.logWriter'), ...mayUse];
    const endpoint = new VertexAiEndpoint(scope, 'Endpoint', {
      name: number,
      displayName: scope.node.path.slice(-128),
      description: `Serves ${served.name}`,
      project: project.projectId,
      location: project.region,
      region: project.region,
      encryptionSpec: { kmsKeyName: data.encryptionKey.keyId },
      dedicatedEndpointEnabled: (props.access?.kind ?? 'dedicated') === 'dedicated' ? true : undefined,
      privateServiceConnectConfig: props.access?.projectIds && {
        enablePrivateServiceConnect: true,
        projectAllowlist: props.access.projectIds,
      },
      predictRequestResponseLoggingConfig: capture?.config,
      // The rollout workflow moves the traffic.
      lifecycle: { ignoreChanges: ['traffic_split'] },
      dependsOn: after(
        project._api('aiplatform'),
        data.encryptionKey.grantServiceAgent('aiplatform'),
        ...mayRun,
        ...(capture?.needs ?? []),
      ),
    });
    acknowledge(
      endpoint,
      'CKV2_GCP_33',
      isPrivate
        ? 'it is reached through private service connect alone, which the check does not know'
        : 'every call needs a permission; an endpoint in a peered network holds one model, so that each rollout would be an outage',
    );
    const chosen = { dedicatedResources: plan.dedicatedResources, enableAccessLogging: props.accessLogging ?? false };
    const settings = fingerprint([chosen, runsAs.principalId]);
    const { rollout, teardown } = newRollout(scope, {
      read: served.read,
      register: served.register,
      traffic,
      challengerPercent: choices.challenger?.percent,
      limits,
      metrics: endpointMetrics(project.projectId, number, isPrivate),
    }, {
      host: vertexHost(scope),
      endpoint: `${vertexParent(scope)}/endpoints/${number}`,
      model: served.model,
      modelId: served.modelId,
      settings,
      deployedModel: { ...chosen, serviceAccount: runsAs.email },
    }, { endpoint, runtime: runsAs, encryptionKey: data.encryptionKey });
    acknowledgeDeclared(served, rollout);
    // Of a champion and its challenger only a person can say which shall have other machines.
    served.start(rollout, choices.challenger === undefined ? settings : undefined);
    reportQuota(scope, who, plan);
    return {
      endpointId: number,
      workflow: rollout,
      teardown,
      captureTable: capture?.table,
      replicaVcpus: plan.machine.vcpus,
      // A type that is newer than the table may have one; without it there is nothing to watch, and no harm.
      hasAccelerator: plan.machine.quota !== 'cpus',
      isPrivate,
    };
  },

  grantInvoke(endpoint, principal) {
    return grantPredict(endpoint as unknown as Construct, principal);
  },

  metricFilter({ endpointId }, metricName) {
    return endpointFilter(endpointId, metricName);
  },
};

/**
 * Vertex AI charges the quota for as many replicas as there may be, and refuses a deployment that it does not suffice
 * for.
 */
function reportQuota(scope: Construct, who: Speaker, { machine, maxReplicas }: HostingPlan): void {
  const say = (text: string) => `${who.what} '${who.name}': ${text}`;
  if (machine.doubt !== undefined) warn(scope, say(machine.doubt));
  if (machine.quota === undefined || machine.quota === 'cpus') return;
  const needed = maxReplicas * machine.quotaCount;
  inform(
    scope,
    say(
      `${maxReplicas} replicas of ${machine.machineType} take ${needed} of the quota custom_model_serving_${machine.quota} in ${GoogleProject.of(scope).region}, and twice as much during a rollout`,
    ),
  );
}
