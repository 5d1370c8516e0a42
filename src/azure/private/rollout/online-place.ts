import { ManagedOnlineDeployment, OnlineEndpointProperties } from '../base/arm-bodies/online-endpoint';
import { Text } from '../base/workflow-actions';

/** An online endpoint, and what a version gets there. */
export interface OnlinePlace {
  /** ARM id of the workspace. */
  readonly workspaceId: string;
  /** ARM id of the resource group, where the autoscale setting is. */
  readonly resourceGroupId: string;
  /** ARM id of the endpoint. */
  readonly endpointId: string;
  readonly endpointName: string;
  readonly location: string;
  /**
   * The endpoint as it is written with every change of the traffic: `kind`, `identity` and `properties` without the
   * traffic.
   */
  readonly endpoint: {
    readonly kind: string;
    readonly identity: object;
    readonly properties: OnlineEndpointProperties;
  };
  /** `properties` of a deployment, without what a version adds. */
  readonly deployment: ManagedOnlineDeployment;
  /** Variables of every container. */
  readonly variables: { readonly [name: string]: string };
  /**
   * What follows from `deployment`, `variables`, `capture` and `minReplicas` as one word: it stands in the names of
   * deployments.
   */
  readonly settings: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /**
   * `azureml://datastores/<name>/paths/<folder>` that requests and answers are recorded in; undefined where they are
   * not.
   */
  readonly capture?: { readonly folderUri: string; readonly samplingPercent: number };
  /** `inferenceConfig` of the environment that an image becomes: port and routes. */
  readonly inference: object;
  /** ARM id of the autoscale setting of the live deployment. */
  readonly autoscaleId: string;
  /** Its `properties` for a deployment, by id and name. */
  readonly autoscale: (deploymentId: Text, endpointId: string, name: Text) => object;
}
