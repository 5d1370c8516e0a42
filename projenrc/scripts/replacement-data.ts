import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { ROOT } from './examples';
import google from '../../test/support/google-provider/immutable.json';
import { immutableOf, SCHEMA_TYPES } from '../../test/support/provider-schema';

/**
 * Writes `data/replacement.json`, which the testing kit reads: for each type of resource what cannot be changed in
 * place. CloudFormation's are those of its own specification; Terraform's come from the schemas of the providers (see
 * the READMEs of `test/support/google-provider` and `test/support/azure-provider`), for the types that the constructs
 * make.
 */
export function replacementData(): string {
  const resources = [...loadAwsServiceSpecSync().all('resource')];
  const cloudFormation = resources.map(({ cloudFormationType, properties }) => [
    cloudFormationType,
    Object.keys(properties).filter((name) => (properties[name].causesReplacement ?? 'no') !== 'no'),
  ] as const);
  const stateful = resources.filter(({ isStateful }) => isStateful).map(({ cloudFormationType }) => cloudFormationType);
  const azure = SCHEMA_TYPES.filter((name) => /^(azurerm|azapi)_/.test(name))
    .map((name) => [name, immutableOf(name) ?? []] as const);
  return [
    '{',
    `"stateful": ${JSON.stringify(stateful.sort())},`,
    `"cloudFormation": ${table(cloudFormation)},`,
    `"terraform": ${table([...Object.entries(google), ...azure])}`,
    '}',
    '',
  ].join('\n');
}

export const REPLACEMENT_DATA = path.join(ROOT, 'data', 'replacement.json');

/** A line for each type; the names of its arguments are one text, which takes a third of the room of a list. */
function table(rows: readonly (readonly [name: string, members: readonly string[]])[]): string {
  const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => `${JSON.stringify(name)}: ${JSON.stringify([...members].sort().join(' '))}`);
  return `{\n${lines.join(',\n')}\n}`;
}

if (require.main === module) fs.writeFileSync(REPLACEMENT_DATA, replacementData());
