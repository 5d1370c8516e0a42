import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../projenrc/scripts/examples';
import { Inventory } from '../../src/testing/inventory';
import { synthesizedTwice, terraformOf } from '../support/examples';
import { earlyStarts, referenceFaults, strangeInterpolations } from '../support/terraform-graph';

describe.each(['gcp-level0', 'gcp-level1', 'gcp-level2', 'gcp-integrations'])('%s', (name) => {
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

  test('gives no permission twice: of two resources that give the same, the one that goes would take it from the other', () => {
    const given = Object.entries(config.resource).filter(([resourceType]) => resourceType.endsWith('_iam_member')).flatMap(([resourceType, ofType]) =>
      Object.values(ofType).map(({ '//': _, 'depends_on': __, ...member }) => `${resourceType} ${JSON.stringify(member)}`));
    expect(given.filter((each, index) => given.indexOf(each) !== index)).toEqual([]);
  });

  test('is short enough to be called an example', () => {
    const lines = fs.readFileSync(path.join(ROOT, 'examples', name, 'main.ts'), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});

describe('the check itself', () => {
  const bucket = (attributes: object) => ({ resource: { google_storage_bucket: { Raw: attributes } } });

  test('sees a reference to nothing', () => {
    expect(referenceFaults(bucket({ name: '${var.project}-raw' }))).toEqual(['google_storage_bucket.Raw refers to var.project, which is not there']);
  });

  test('sees an attribute that the type does not have', () => {
    const config = { resource: { google_storage_bucket: { Raw: {}, Other: { name: '${google_storage_bucket.Raw.colour}' } } } };
    expect(referenceFaults(config)).toEqual(['google_storage_bucket.Other refers to google_storage_bucket.Raw.colour, which the type does not have']);
  });

  test('sees a circle', () => {
    const config = { resource: { google_storage_bucket: { A: { depends_on: ['google_storage_bucket.B'] }, B: { name: '${google_storage_bucket.A.id}' } } } };
    expect(referenceFaults(config)).toEqual(['cycle: google_storage_bucket.A -> google_storage_bucket.B -> google_storage_bucket.A']);
  });

  test('sees what starts before it may', () => {
    const [account, member] = ['${google_service_account.Runner.email}', '${google_service_account.Runner.member}'];
    const config = (needs: string[]) => ({
      resource: {
        google_service_account: { Runner: {} },
        google_project_iam_member: { May: { member } },
        google_storage_bucket: { Between: { depends_on: ['google_project_iam_member.May'] } },
        google_workflows_workflow: { Run: { service_account: account, depends_on: needs } },
      },
    });
    expect(earlyStarts(config([]))).toEqual(['google_workflows_workflow.Run does not wait for google_project_iam_member.May']);
    expect(earlyStarts(config(['google_storage_bucket.Between']))).toEqual([]);
  });

  test('sees an expression of another language that was not escaped', () => {
    expect(strangeInterpolations(bucket({ a: '${sys.get_env("A")}', b: '$${sys.get_env("A")}', c: '%{if}' }))).toEqual(['${sys.get_env("A")}', '%{if}']);
  });
});

test('two folders and two time zones give identical bytes', () => {
  const { here, there } = synthesizedTwice('gcp-level2');
  expect(there).toEqual(here);
}, 120_000);
