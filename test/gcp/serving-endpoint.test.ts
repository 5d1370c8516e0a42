import { ServingWorld } from '../support/google-serving';
import { onlyResource } from '../support/terraform';
import { validateWorkflow } from '../support/workflows';

test('x', () => {
  const world = new ServingWorld();
  expect(onlyResource(world.config, 'google_vertex_ai_endpoint').name).toMatch(/^[1-9]\d{9}$/);
  expect(validateWorkflow(world.definition())).toEqual([]);
  expect(validateWorkflow(world.definition('Serving_Teardown'))).toEqual([]);
});
