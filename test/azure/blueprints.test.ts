import { Level1Blueprint, DataLake, Workspace } from '../../src/azure';
import { BASE } from '../parity/samples';
import { azureStack } from '../support/azure';

describe('a platform', () => {
  test('has the lake that its workspace was made for, or is refused: jobs would read another one', () => {
    const stack = azureStack();
    const lake = new DataLake(stack, 'Lake');
    const workspace = new Workspace(stack, 'Workspace', { data: lake });
    expect(() => new Level1Blueprint(stack, 'Mlops', { ...BASE, platform: { workspace } })).toThrow(
      "training pipeline 'Stack/Mlops/Training': workspace has the datastores of the lake 'Stack/Lake', and data is 'Stack/Mlops/Data': give the lake that the workspace was made for as data");
    expect(() => new Level1Blueprint(stack, 'Other', { ...BASE, platform: { data: lake, workspace } })).not.toThrow();
  });

  test('has no parts of other names', () => {
    const platform = { tracker: undefined } as object;
    expect(() => new Level1Blueprint(azureStack(), 'Mlops', { ...BASE, platform })).toThrow(
      "level 1 blueprint 'Stack/Mlops': platform has no part tracker: data, workspace, tracking, features, registry are");
  });
});

test('a level names what commands need', () => {
  const stack = azureStack();
  new Level1Blueprint(stack, 'Mlops', BASE);
  const outputs = stack.node.findAll().filter(({ constructor }) => constructor.name === 'TerraformOutput').map(({ node }) => node.id);
  expect(outputs).toEqual(expect.arrayContaining(['ResourceGroup', 'StoreAccount', 'MlWorkspace', 'TrainingQueue', 'ApprovalQueue', 'DriftQueue', 'Endpoint', 'ScoringUri']));
});
