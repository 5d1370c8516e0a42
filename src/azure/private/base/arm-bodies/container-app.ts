/**
 * What a rollout writes of an app: its other members are Terraform's.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.app/2025-01-01/containerapps
 */
export interface ContainerAppBody {
  readonly properties: {
    readonly configuration?: {
      readonly ingress?: { readonly traffic?: readonly { readonly revisionName: string; readonly weight: number }[] };
    };
    readonly template?: {
      readonly revisionSuffix?: string;
      readonly containers?: readonly (AppContainerBody & {
        readonly name: string;
        readonly image: string;
        readonly env?: readonly { readonly name: string; readonly value: string }[];
      })[];
      readonly scale?: AppScale;
    };
  };
}

/** @see https://learn.microsoft.com/azure/templates/microsoft.app/2025-01-01/containerapps/authconfigs */
export interface AuthConfigBody {
  readonly properties: {
    readonly platform: { readonly enabled: boolean };
    readonly globalValidation: { readonly unauthenticatedClientAction: 'Return401' | 'Return403' };
    readonly httpSettings?: { readonly requireHttps?: boolean };
    readonly identityProviders: {
      readonly azureActiveDirectory: {
        readonly enabled: boolean;
        readonly registration: { readonly clientId: string; readonly openIdIssuer: string };
        readonly validation: {
          readonly allowedAudiences: readonly string[];
          readonly defaultAuthorizationPolicy: {
            readonly allowedPrincipals: { readonly identities: readonly string[] };
          };
        };
      };
    };
  };
}

/**
 * A container of a revision, without image and variables.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.app/2025-01-01/containerapps
 */
export interface AppContainerBody {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly resources: { readonly cpu: number; readonly memory: string };
  readonly probes?: readonly AppProbe[];
}

/** At most ten failures, at most 240 seconds apart. */
export interface AppProbe {
  readonly type: 'Startup' | 'Readiness' | 'Liveness';
  readonly httpGet?: { readonly path: string; readonly port: number };
  readonly tcpSocket?: { readonly port: number };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface AppScale {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly rules: readonly {
    readonly name: string;
    readonly http: { readonly metadata: { readonly concurrentRequests: string } };
  }[];
}
