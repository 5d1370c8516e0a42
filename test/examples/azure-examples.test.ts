import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../projenrc/scripts/examples';
import { Inventory } from '../../src/testing/inventory';
import { expectArmBodies } from '../support/arm-types';
import { synthesizedTwice, terraformOf } from '../support/examples';
import { earlyStarts, referenceFaults, strangeInterpolations } from '../support/terraform-graph';

describe.each(['azure-level0', 'azure-level1', 'azure-level2', 'azure-integrations'])('%s', (name) => {
  const config = terraformOf(name);

  test('has this inventory', () => {
    expect(Inventory.ofTerraform(config)).toMatchSnapshot();
  });

  test('refers only to what is there, and not in circles', () => {
    expect(referenceFaults(config)).toEqual([]);
  });

  test('starts nothing before its identity has its permissions', () => {
    expect(earlyStarts(config)).toEqual([]);
  });

  test('has no text that Terraform would read as a template by mistake', () => {
    expect(strangeInterpolations(config)).toEqual([]);
  });

  test('gives no role twice: of two resources that give the same, the one that goes would take it from the other', () => {
    const given = Object.values(config.resource.azurerm_role_assignment).map(({ '//': _, 'depends_on': __, description, ...role }) => JSON.stringify(role));
    expect(given.filter((each, index) => given.indexOf(each) !== index)).toEqual([]);
  });

  test('has bodies that the types of Azure\'s resource manager have', () => {
    expectArmBodies(config);
  });

  test('is short enough to be called an example', () => {
    const lines = fs.readFileSync(path.join(ROOT, 'examples', name, 'main.ts'), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});

describe('the check itself', () => {
  test('sees a workflow that starts before it may', () => {
    const [identity_ids, principal_id] = [['${azurerm_user_assigned_identity.Runner.id}'], '${azurerm_user_assigned_identity.Runner.principal_id}'];
    const config = (needs: string[]) => ({
      resource: {
        azurerm_user_assigned_identity: { Runner: {} },
        azurerm_role_assignment: { May: { principal_id } },
        azapi_resource: { Run: { type: 'Microsoft.Logic/workflows@2019-05-01', identity: [{ type: 'UserAssigned', identity_ids }], depends_on: needs } },
      },
    });
    expect(earlyStarts(config([]))).toEqual(['azapi_resource.Run does not wait for azurerm_role_assignment.May']);
    expect(earlyStarts(config(['azurerm_role_assignment.May']))).toEqual([]);
  });

  test('sees an attribute that the type does not have', () => {
    const config = { resource: { azurerm_storage_account: { Raw: {}, Other: { name: '${azurerm_storage_account.Raw.colour}' } } } };
    expect(referenceFaults(config)).toEqual(['azurerm_storage_account.Other refers to azurerm_storage_account.Raw.colour, which the type does not have']);
  });
});

test('two folders and two time zones give identical bytes', () => {
  const { here, there } = synthesizedTwice('azure-level2');
  expect(there).toEqual(here);
}, 120_000);
