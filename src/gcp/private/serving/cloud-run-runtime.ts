import { Construct } from 'constructs';
import { newService, serviceOf } from './cloud-run';
import { grantRunInvoke } from './cloud-run-caller';
import { servicePlan } from './cloud-run-plan';
import { ServingRuntime } from './runtime';
import { acknowledgeDeclared, ServedModel } from './source';
import { resolvedLimits } from '../../../core/private/resolve/limits';
import { trafficSteps } from '../../../core/private/resolve/traffic-steps';
import { Serving } from '../../../core/serving';
import { mayDestroy } from '../../../terraform/removal';
import { CloudRunServingOptions } from '../../cloud-run-serving-props';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { connectedVariables } from '../base/connections';
import { imageUri } from '../base/image';
import { after } from '../base/ordering';
import { serviceFilter } from '../rollout/cloud-run';

/** A service of Cloud Run, whose revisions are the versions. */
export const CLOUD_RUN_RUNTIME: ServingRuntime = {
  make(scope, { who, choices, served, props, runsAs, connected, mayUse }) {
    const { data } = props;
    const { options } = choices.serving as Serving & { readonly options: CloudRunServingOptions };
    const plan = servicePlan(who, options, GoogleProject.of(scope).region);
    connectedVariables(who, props.connections, { 'serving.environment': plan.container.environment });
    const { serviceName, rollout } = newService(scope, {
      isDestroyable: mayDestroy(scope, who, props.removalPolicy),
      plan,
      served,
      imageUri: served.artifact?.imageUri ?? imageUri(who, props.image!),
      artifactBucketName: data.artifactBucketName,
      encryptionKey: data.encryptionKey,
      runtime: runsAs,
      connected,
      mayUse,
      mayRead: data.grantRead(runsAs, folderIn(data, served)),
      traffic: trafficSteps(who, choices.rollout, 'Google Cloud'),
      limits: resolvedLimits(who, props),
      challengerPercent: choices.challenger?.percent,
    });
    acknowledgeDeclared(served, rollout);
    return { endpointId: serviceName, workflow: rollout, hasAccelerator: plan.hasGpu };
  },

  grantInvoke(endpoint, principal) {
    const scope = endpoint as unknown as Construct;
    return grantRunInvoke(scope, endpoint.endpointId, principal, 'invoke', after(serviceOf(scope)));
  },

  metricFilter({ endpointId }, metricName) {
    return serviceFilter(endpointId, metricName);
  },
};

/**
 * Where the files of versions are in the lake. What the stack declares may lie elsewhere: in another bucket its owner
 * must let the identity read.
 */
function folderIn(data: IDataLake, { artifact }: ServedModel): string {
  const own = `gs://${data.artifactBucketName}/`;
  const uri = artifact?.artifactUri ?? own;
  return uri === own || !uri.startsWith(own) || uri.startsWith(`${own}training/`)
    ? 'training/'
    : `${uri.slice(own.length)}/`;
}
