import { Integration } from '../../src/core';
import { Level1Blueprint } from '../../src/gcp';
import { BASE } from '../parity/samples';
import { googleStack, synthesized } from '../support/terraform';

test('a training is followed by each orchestrator, by a file in the lake that an output names', () => {
  const stack = googleStack();
  new Level1Blueprint(stack, 'Mlops', { ...BASE, features: undefined, delivery: undefined, integrations: { use: [Integration.airflow(), Integration.dvc()] } });
  const { output, resource } = synthesized(stack);
  const [file] = Object.values<{ name: string; content: string }>(resource.google_storage_bucket_object).filter(({ name }) => name.endsWith('/flows/churn_training.py'));
  expect(file.content).toMatch(/WORKFLOW = "\$\{google_workflows_workflow\.Mlops_Training_Workflow_\w+\.id\}"/);
  expect(output.MlopsAirflowFlow.value).toMatch(/^gs:\/\/\$\{google_storage_bucket_object/);
});
