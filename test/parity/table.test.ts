import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { SYSTEMS } from '../../src/core/integrations/systems';
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
  const unknown = answersOf(Cloud.AWS).flatMap((row) =>
    [...row.how.matchAll(/(AWS::\w+::\w+)(?:\.(\w+))?/g)]
      .filter(([, resourceType, property]) => {
        const [definition] = spec.lookup('resource', 'cloudFormationType', 'equals', resourceType);
        return definition === undefined || (property !== undefined && definition.properties[property] === undefined);
      })
      .map(([name]) => `${row.intent}.${row.prop}: ${name}`));
  expect(unknown).toEqual([]);
});

test.each([[Cloud.GCP, 'google'], [Cloud.AZURE, 'azurerm']])('what %s honours natively names a resource type and attribute that %s has', (cloud, provider) => {
  const unknown = answersOf(cloud).flatMap((row) =>
    [...row.how.matchAll(new RegExp(`\\b${provider}_([a-z0-9_]+)(?:\\.(\\w+))?`, 'g'))]
      .filter(([, resourceType, attribute]) => !hasAttribute(provider, resourceType, attribute))
      .map(([name]) => `${row.intent}.${row.prop}: ${name}`));
  expect(unknown).toEqual([]);
});

/** Answers to words and systems. */
function answersOf(cloud: Cloud): { readonly intent: string; readonly prop: string; readonly how: string }[] {
  const systems = Object.entries(SYSTEMS).map(([prop, { clouds }]) => ({ intent: 'Integration', prop, ...clouds[cloud] }));
  return [
    ...Parity.ROWS.filter((row) => row.cloud === cloud && row.support !== Support.REFUSED),
    ...systems.filter((system) => system.as !== 'refused'),
  ];
}

/** From the typings: loading the classes would cost half a second each. */
function hasAttribute(provider: string, resourceType: string, attribute: string | undefined): boolean {
  const typings = path.join('node_modules', '@cdktf', `provider-${provider}`, 'lib', resourceType.replace(/_/g, '-'), 'index.d.ts');
  if (!fs.existsSync(typings)) return false;
  const name = attribute?.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return name === undefined || new RegExp(`readonly ${name}\\??:`).test(fs.readFileSync(typings, 'utf8'));
}
