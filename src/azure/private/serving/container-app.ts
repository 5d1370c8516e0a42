import { ContainerApp } from '@cdktf/provider-azurerm/lib/container-app';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { AppPlan } from './container-app-plan';
import { acknowledge } from '../../../terraform/acknowledge';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { IPrincipal } from '../../principal';
import { armResource, ArmResource } from '../base/arm';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** What an app is made of. */
export interface AppInput {
  readonly name: string;
  readonly environmentId: string;
  readonly isDestroyable: boolean;
  readonly plan: AppPlan;
  /** Addresses of the registries of the images; some may come later. */
  readonly imageServers: ReadonlySet<string>;
  /** The identity of the containers, which pulls their images too. */
  readonly runsAs: IManagedIdentity;
  readonly mayRun: Grant;
}

/**
 * Answers before the first version is approved: the workload's image does not start without a model, and an app is not
 * made whose container does not start. It listens on the port that it is told.
 *
 * @see https://mcr.microsoft.com/artifact/mar/dotnet/samples
 */
const PLACEHOLDER = 'mcr.microsoft.com/dotnet/samples:aspnetapp';

/** A container app whose revisions the rollout workflow makes. */
export function newApp(
  scope: Construct,
  { name, environmentId, plan, imageServers, isDestroyable, runsAs, mayRun }: AppInput,
): ContainerApp {
  const group = resourceGroupOf(scope);
  const { port } = plan.container;
  const app = new ContainerApp(scope, 'App', {
    name,
    resourceGroupName: group.resourceGroupName,
    containerAppEnvironmentId: environmentId,
    revisionMode: 'Multiple',
    maxInactiveRevisions: 20,
    workloadProfileName: plan.profile.name,
    identity: { type: 'UserAssigned', identityIds: [runsAs.identityId] },
    registry: Lazy.anyValue({ produce: () => [...imageServers].map((server) => ({ server, identity: runsAs.identityId })) }),
    ingress: {
      // Of the environment: an internal one answers in its network alone.
      externalEnabled: true,
      allowInsecureConnections: false,
      targetPort: port,
      transport: 'auto',
      trafficWeight: [{ latestRevision: true, percentage: 100 }],
    },
    template: {
      minReplicas: 0,
      maxReplicas: 1,
      container: [
        {
          name: 'server',
          image: PLACEHOLDER,
          cpu: 0.25,
          memory: '0.5Gi',
          env: [{ name: 'ASPNETCORE_HTTP_PORTS', value: `${port}` }],
        },
      ],
    },
    // The rollout workflow makes the revisions, moves the traffic and tags what is live.
    lifecycle: { ignoreChanges: ['template', 'ingress[0].traffic_weight', 'tags'], preventDestroy: !isDestroyable },
    dependsOn: after(mayRun),
  });
  acknowledge(
    app,
    'MLOPS-REP-01',
    "the placeholder gets no requests once a version is approved; versions run the workload's own image",
  );
  return app;
}

/** Principals that may call an app, in the order in which they were granted. */
const CALLERS = new WeakMap<Construct, { readonly allowed: Set<string>; readonly access: ArmResource }>();

/** Whoever calls shows a token of Microsoft Entra ID. */
export function requireToken(scope: Construct, app: ContainerApp, clientId: string): ArmResource {
  const { tenantId } = resourceGroupOf(scope);
  // Without any principal everybody in the directory would be let in.
  const allowed = new Set<string>([NOBODY]);
  const access = armResource(scope, 'Access', {
    type: 'Microsoft.App/containerApps/authConfigs',
    name: 'current',
    parentId: app.id,
    body: {
      properties: {
        platform: { enabled: true },
        globalValidation: { unauthenticatedClientAction: 'Return401' },
        httpSettings: { requireHttps: true },
        identityProviders: {
          azureActiveDirectory: {
            enabled: true,
            registration: { clientId, openIdIssuer: `https://login.microsoftonline.com/${tenantId}/v2.0` },
            validation: {
              allowedAudiences: [clientId, `api://${clientId}`],
              defaultAuthorizationPolicy: { allowedPrincipals: { identities: Lazy.listValue({ produce: () => [...allowed] }) } },
            },
          },
        },
      },
    },
  });
  CALLERS.set(scope, { allowed, access });
  return access;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Lets a principal call; undefined where the app asks for no token. */
export function allowCaller(scope: Construct, principal: IPrincipal): Grant | undefined {
  const callers = CALLERS.get(scope);
  callers?.allowed.add(principal.objectId);
  return callers && new Grant([callers.access.fqn]);
}
