import {
  CloudRunV2Service,
  CloudRunV2ServiceTemplateContainers,
  CloudRunV2ServiceTemplateScaling,
} from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** Name and address of a service, known before it exists. */
export interface ServiceAddress {
  readonly name: string;
  readonly host: string;
  readonly uri: string;
}

/** Parts of a container service. */
export interface ContainerServiceInput {
  readonly address: ServiceAddress;
  readonly description: string;
  readonly encryptionKey: IEncryptionKey;
  /** Mail address of its identity. */
  readonly runsAs: string;
  readonly container: CloudRunV2ServiceTemplateContainers;
  readonly scaling: CloudRunV2ServiceTemplateScaling;
  /** Whether it answers from outside the project's networks too. */
  readonly publicAddress: boolean;
  /** Whether a caller shows an ID token, which Cloud Run checks; otherwise the server itself asks for a secret. */
  readonly checksCallers: boolean;
  /** Longest answer, open connections included. */
  readonly timeoutSeconds: number;
  readonly needs: Parameters<typeof after>;
}

/**
 * The address of a service is made of names that are known beforehand; the other one that Cloud Run gives would be known
 * only afterwards.
 */
export function serviceAddress(scope: Construct): ServiceAddress {
  const project = GoogleProject.of(scope);
  const name = stableName(scope, undefined, { maxLength: 40, separator: '-' });
  const host = `${name}-${project.projectNumber}.${project.region}.run.app`;
  return { name, host, uri: `https://${host}` };
}

/** One container on Cloud Run that keeps nothing itself, with all its traffic in the network of the project. */
export function newContainerService(scope: Construct, id: string, input: ContainerServiceInput): CloudRunV2Service {
  const project = GoogleProject.of(scope);
  const { address, encryptionKey } = input;
  return new CloudRunV2Service(scope, id, {
    name: address.name,
    project: project.projectId,
    location: project.region,
    description: input.description,
    ingress: input.publicAddress ? 'INGRESS_TRAFFIC_ALL' : 'INGRESS_TRAFFIC_INTERNAL_ONLY',
    invokerIamDisabled: !input.checksCallers,
    customAudiences: input.checksCallers ? [address.uri] : undefined,
    // What is worth keeping lies in the database and in the lake.
    deletionProtection: false,
    template: {
      serviceAccount: input.runsAs,
      encryptionKey: encryptionKey.keyId,
      executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
      timeout: `${input.timeoutSeconds}s`,
      scaling: input.scaling,
      vpcAccess: {
        egress: 'ALL_TRAFFIC',
        networkInterfaces: [{ network: project.network.networkId, subnetwork: project.network.subnetworkId }],
      },
      containers: [input.container],
    },
    traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
    dependsOn: after(project._api('run', 'compute'), encryptionKey.grantServiceAgent('run'), ...input.needs),
  });
}

/** Probes of a server over HTTP: four minutes to start, and a new start after a minute and a half of silence. */
export function probes(path: string, port: number) {
  const httpGet = { path, port };
  return {
    startupProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 24 },
    livenessProbe: { httpGet, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 },
  };
}
