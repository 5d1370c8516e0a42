import * as fs from 'node:fs';
import * as path from 'node:path';
import { split } from './programs/terraform-floor';
import { TypedBlock, TypedConfiguration } from './programs/terraform-typed-floor';
import { ROOT } from '../projenrc/scripts/examples';

/** The packages with classes, by the provider's name, and its arguments that they do not have. */
const PACKAGES: {
  readonly [provider: string]: {
    readonly folder: string;
    readonly className: string;
    readonly lacks: readonly string[];
  };
} = {
  azurerm: {
    folder: '@cdktf/provider-azurerm/lib',
    className: 'AzurermProvider',
    lacks: ['resource_provider_registrations', 'resource_providers_to_register', 'storage_account_access_type'],
  },
  google: { folder: '@cdktf/provider-google/lib', className: 'GoogleProvider', lacks: [] },
};
/** Maps whose keys are the user's. */
const MAPS = ['labels', 'default_labels', 'tags'];

/** What a program has to say that writes the configuration down in the provider's own classes, argument by argument. */
export function typedConfiguration(configFile: string): TypedConfiguration {
  const { '//': _, provider, resource, terraform, ...rest } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
  const name = Object.keys(PACKAGES).find((each) => each in terraform.required_providers)!;
  const others = Object.entries<any>(terraform.required_providers).filter(([each]) => each !== name)
    .map(([each, { source, version }]) => ({ name: each, source, version, attributes: provider[each][0] }));
  const resources = Object.entries<Record<string, any>>(resource)
    .flatMap(([type, ofType]) => Object.entries(ofType).map(([id, given]) => blockOf(name, type, id, given)));
  const { folder, className, lacks } = PACKAGES[name];
  const [config, overrides] = [false, true].map((isLacking) =>
    Object.fromEntries(
      Object.entries(provider[name][0]).filter(([argument]) => lacks.includes(argument) === isLacking),
    ),
  );
  return {
    provider: { name, module: `${folder}/provider`, className, config: camel(config), overrides },
    others,
    resources,
    rest,
  };
}

function blockOf(provider: string, type: string, id: string, given: Record<string, unknown>): TypedBlock {
  const module = `${PACKAGES[provider].folder}/${type.replace(new RegExp(`^${provider}_`), '').replace(/_/g, '-')}`;
  const isTyped = type.startsWith(`${provider}_`) && fs.existsSync(path.join(ROOT, 'node_modules', module));
  if (!isTyped) return { id, type, config: given, overrides: {} };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the class of a type is known when the type is
  const [className] = Object.entries<any>(require(module)).find(([, each]) => each.tfResourceType === type)!;
  const { attributes, overrides } = split(given);
  const { lacks } = PACKAGES[provider];
  const newer = Object.fromEntries(Object.entries(attributes).filter(([argument]) => lacks.includes(argument)));
  const known = Object.fromEntries(Object.entries(attributes).filter(([argument]) => !lacks.includes(argument)));
  return { id, type, module, className, config: camel(known), overrides: { ...newer, ...overrides } };
}

function camel(block: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(block).map(([key, value]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      MAPS.includes(key) && !Array.isArray(value) ? value : inner(value),
    ]),
  );
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return typeof value === 'object' && value !== null ? camel(value as Record<string, unknown>) : value;
}
