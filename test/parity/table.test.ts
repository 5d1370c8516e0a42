import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { Cloud, Parity, Support } from '../../src/core/parity';
import { vocabulary } from '../support/vocabulary';

const words = vocabulary();

test('the vocabulary is found', () => {
  expect(words.length).toBeGreaterThan(50);
  expect(words).toContainEqual({ intent: 'TrainingSpec', prop: 'capacity', isOptional: true });
});

describe.each(Object.values(Cloud))('%s', (cloud) => {
  const rows = Parity.ROWS.filter((row) => row.cloud === cloud);
  const key = ({ intent, prop }: { intent: string; prop: string }) => `${intent}.${prop}`;

  test('answers every word of the vocabulary, once', () => {
    expect(rows.map(key).sort()).toEqual(words.map(key).sort());
  });

  test('says how, or what to do instead', () => {
    expect(rows.filter((row) => row.how.length < 10)).toEqual([]);
  });
});

test('what AWS honours natively names a resource type and property that CloudFormation has', () => {
  const spec = loadAwsServiceSpecSync();
  const unknown = Parity.ROWS.filter((row) => row.cloud === Cloud.AWS && row.support !== Support.REFUSED).flatMap((row) =>
    [...row.how.matchAll(/(AWS::\w+::\w+)(?:\.(\w+))?/g)]
      .filter(([, resourceType, property]) => {
        const [definition] = spec.lookup('resource', 'cloudFormationType', 'equals', resourceType);
        return definition === undefined || (property !== undefined && definition.properties[property] === undefined);
      })
      .map(([name]) => `${row.intent}.${row.prop}: ${name}`));
  expect(unknown).toEqual([]);
});
