import { Level1Blueprint } from '../../src/azure';
import { Integration } from '../../src/core';
import { BASE } from '../parity/samples';
import { azureStack, synthesized } from '../support/azure';

test('a training is followed by each orchestrator, by a file that an output holds', () => {
  const stack = azureStack();
  new Level1Blueprint(stack, 'Mlops', { ...BASE, features: undefined, delivery: undefined, integrations: { use: [Integration.airflow(), Integration.dvc()] } });
  const { output } = synthesized(stack);
  expect(output.MlopsAirflowFlow.value).toMatch(/WORKFLOW = "\$\{azapi_resource\.Mlops_Training_Workflow_\w+\.id\}"/);
  expect(output.MlopsAirflowFlow.value).toMatch(/QUEUE = "https:\/\//);
});
