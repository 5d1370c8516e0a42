import { TerraformStack } from 'cdktf';
import {
  DataLake, DeliveryPipeline, ExperimentTracker, FeatureStore, GovernanceGuardrails, ManagedNetwork, ModelRegistry, MonitoringStack, TrainingPipeline,
  Workspace,
} from '../../src/azure';
import { MlopsIntent } from '../../src/core';

/** The state of the delivery's stack. */
const STATE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/state/blobServices/default/containers/churn';

/** The constructs of a product on Azure, put together as a level 2 blueprint does. */
export function composed(stack: TerraformStack, intent: MlopsIntent): void {
  const data = new DataLake(stack, 'Data', { privateEndpoints: true, ...intent.data });
  const workspace = new Workspace(stack, 'Workspace', { managedNetwork: ManagedNetwork.approvedOutbound(), privateEndpoints: true, ...intent.workspace, data });
  const tracker = new ExperimentTracker(stack, 'Tracking', { ...intent.tracking, workspace });
  if (intent.features !== undefined) new FeatureStore(stack, 'Features', { ...intent.features, data, workspace });
  const registry = new ModelRegistry(stack, 'Registry', { modelName: intent.modelName, ...intent.registry, data, workspace });
  const training = new TrainingPipeline(stack, 'Training', { ...intent.training, image: intent.image, data, workspace, registry, tracking: tracker });
  new MonitoringStack(stack, 'Monitoring', {
    alertEmails: intent.alertEmails,
    ...intent.monitoring,
    // What looks at an endpoint needs one.
    drift: undefined,
    modelQuality: undefined,
    serviceLevel: undefined,
    data,
    workspace,
    training,
    registry,
    image: intent.image,
  });
  new GovernanceGuardrails(stack, 'Governance', { ...intent.governance, data, workspace, registry });
  if (intent.delivery !== undefined) new DeliveryPipeline(stack, 'Delivery', { ...intent.delivery, stateContainerId: STATE, registry });
}
