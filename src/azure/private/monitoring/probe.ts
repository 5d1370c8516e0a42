import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { OwnMetrics } from './own-metrics';
import { probeDeployments } from './probe-deployments';
import { probeRequests } from './probe-requests';
import { EndpointSignals } from './signals';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { grantRole } from '../base/grants';
import { newWorkflow, Workflow } from '../base/workflow';
import { WorkflowTrigger } from '../base/workflow-triggers';

/** What the probe looks at. */
export interface ProbeSettings {
  readonly endpointId: string;
  readonly signals: EndpointSignals;
  readonly own: OwnMetrics;
  readonly hasAccelerator: boolean;
  readonly serviceLevel?: ResolvedServiceLevel;
  readonly needs: readonly (ITerraformDependable | Grant | undefined)[];
}

/** Whether something of the endpoint is known to no rule. */
export function needsProbe({ counted, hasDeployments }: EndpointSignals): boolean {
  return hasDeployments || counted !== undefined;
}

/**
 * A workflow that reads metrics of the endpoint every five minutes and writes those that rules can look at. About 2 USD
 * a month, 4 with a service level.
 *
 * Children of `scope`: `Identity`, `Workflow`.
 */
export function newProbe(
  scope: Construct,
  { endpointId, signals, own, hasAccelerator, serviceLevel, needs }: ProbeSettings,
): Workflow {
  const identity = new ManagedIdentity(scope, 'Identity');
  const read = signals.counted === undefined ? endpointId : signals.counted.all.resourceId;
  const may = Grant.all([
    // Deployments lie below their endpoint, and so do their metrics.
    grantRole(scope, identity, 'read metrics', {
      scope: read,
      role: 'monitoringReader',
      description: 'Reads metrics of the endpoint',
    }),
    grantRole(scope, identity, 'write metrics', {
      scope: own.workspaceId,
      role: 'monitoringMetricsPublisher',
      description: 'Writes metrics',
    }),
  ]);
  return newWorkflow(scope, 'Workflow', {
    description: 'Reads the machines and requests of the endpoint, and writes the metrics that alerts look at',
    errorCode: 'ProbeFailed',
    runsAs: identity,
    needs: [may, ...needs],
    trigger: EVERY_FIVE_MINUTES,
    actions: {
      ...(signals.hasDeployments ? probeDeployments(endpointId, own, hasAccelerator) : {}),
      ...(signals.counted === undefined ? {} : probeRequests(signals.counted, own, serviceLevel)),
    },
  });
}

const EVERY_FIVE_MINUTES: WorkflowTrigger = {
  name: 'Time',
  definition: { type: 'Recurrence', recurrence: { frequency: 'Minute', interval: 5 } },
  variables: {},
  begin: {},
  end: {},
};
