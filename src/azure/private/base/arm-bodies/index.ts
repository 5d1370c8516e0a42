import {
  CodeVersionBody,
  ComponentVersionBody,
  ContainerBody,
  DataContainerBody,
  DataVersionBody,
  EnvironmentVersionBody,
  ModelVersionBody,
} from './assets';
import { AutoscaleSettingBody } from './autoscale';
import { BatchDeploymentBody, BatchEndpointBody } from './batch-endpoint';
import { ComputeBody } from './compute';
import { ConnectionBody } from './connection';
import { AuthConfigBody, ContainerAppBody } from './container-app';
import { DatastoreBody } from './datastore';
import { FeatureSetVersionBody, FeatureStoreEntityVersionBody } from './feature-store';
import { JobBody } from './job';
import { KeyBody } from './key';
import { OnlineDeploymentBody, OnlineEndpointBody } from './online-endpoint';
import { RegistryBody } from './registry';
import { ScheduleBody } from './schedule';
import { WorkflowBody } from './workflow';
import { OutboundRuleBody, WorkspaceBody } from './workspace';
import { ArmType } from '../api-versions';

/**
 * What each type takes beside name, location, identity and tags, as the service's own definitions have it. Tests check
 * the bodies against those.
 */
export interface ArmBodies extends Record<ArmType, object> {
  readonly 'Microsoft.App/containerApps': ContainerAppBody;
  readonly 'Microsoft.App/containerApps/authConfigs': AuthConfigBody;
  readonly 'Microsoft.Insights/autoscaleSettings': AutoscaleSettingBody;
  readonly 'Microsoft.KeyVault/vaults/keys': KeyBody;
  readonly 'Microsoft.Logic/workflows': WorkflowBody;
  readonly 'Microsoft.MachineLearningServices/registries': RegistryBody;
  readonly 'Microsoft.MachineLearningServices/registries/components': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/registries/components/versions': ComponentVersionBody;
  readonly 'Microsoft.MachineLearningServices/registries/data': DataContainerBody;
  readonly 'Microsoft.MachineLearningServices/registries/data/versions': DataVersionBody;
  readonly 'Microsoft.MachineLearningServices/registries/environments': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/registries/environments/versions': EnvironmentVersionBody;
  readonly 'Microsoft.MachineLearningServices/registries/models': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/registries/models/versions': ModelVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces': WorkspaceBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/batchEndpoints': BatchEndpointBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments': BatchDeploymentBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/codes': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/codes/versions': CodeVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/components': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/components/versions': ComponentVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/computes': ComputeBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/connections': ConnectionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/data': DataContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/data/versions': DataVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/datastores': DatastoreBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/environments': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/environments/versions': EnvironmentVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/featuresets': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/featuresets/versions': FeatureSetVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions': FeatureStoreEntityVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/jobs': JobBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/models': ContainerBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/models/versions': ModelVersionBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints': OnlineEndpointBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments': OnlineDeploymentBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/outboundRules': OutboundRuleBody;
  readonly 'Microsoft.MachineLearningServices/workspaces/schedules': ScheduleBody;
}
