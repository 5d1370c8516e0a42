import { DataLake, ModelRegistry } from '../../src/gcp';
import { googleStack, resourceAt, synthesized } from '../support/terraform';

test('has a repository of images, one of templates and a topic of approvals, encrypted with the key of the lake', () => {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn', data });
  const config = synthesized(stack);
  const key = '${google_kms_crypto_key.Data_Key_142F87A5.id}';
  expect(resourceAt(config, 'google_artifact_registry_repository', 'Registry_Images')).toMatchObject({ format: 'DOCKER', kms_key_name: key });
  expect(resourceAt(config, 'google_artifact_registry_repository', 'Registry_Templates')).toMatchObject({ format: 'KFP', kms_key_name: key });
  expect(resourceAt(config, 'google_pubsub_topic', 'Registry_Approvals')).toMatchObject({ kms_key_name: key });
  expect(registry.modelResourceName).toBe('projects/my-project/locations/europe-west4/models/churn');
});
