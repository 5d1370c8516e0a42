import * as fs from 'node:fs';
import * as path from 'node:path';
import { split } from './programs/gcp-floor';
import { TypedBlock, TypedConfiguration } from './programs/gcp-typed-floor';
import { ROOT } from '../projenrc/scripts/examples';

const PROVIDER = '@cdktf/provider-google/lib';
/** Maps whose keys are the user's. */
const MAPS = ['labels', 'default_labels'];

/** What a program has to say that writes the configuration down in the provider's own classes, argument by argument. */
export function typedConfiguration(configFile: string): TypedConfiguration {
  const { '//': _, provider, resource, terraform, ...rest } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
  const others = Object.entries<any>(terraform.required_providers).filter(([name]) => name !== 'google')
    .map(([name, { source, version }]) => ({ name, source, version, attributes: provider[name][0] }));
  const resources = Object.entries<Record<string, any>>(resource)
    .flatMap(([type, ofType]) => Object.entries(ofType).map(([id, given]) => blockOf(type, id, given)));
  return { google: camel(provider.google[0]), others, resources, rest };
}

function blockOf(type: string, id: string, given: Record<string, unknown>): TypedBlock {
  const module = `${PROVIDER}/${type.replace(/^google_/, '').replace(/_/g, '-')}`;
  if (!fs.existsSync(path.join(ROOT, 'node_modules', module))) return { id, type, config: given, overrides: {} };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the class of a type is known when the type is
  const [className] = Object.entries<any>(require(module)).find(([, each]) => each.tfResourceType === type)!;
  const { attributes, overrides } = split(given);
  return { id, type, module, className, config: camel(attributes), overrides };
}

function camel(block: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(block).map(([key, value]) => [
    key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), MAPS.includes(key) && !Array.isArray(value) ? value : inner(value),
  ]));
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return typeof value === 'object' && value !== null ? camel(value as Record<string, unknown>) : value;
}
