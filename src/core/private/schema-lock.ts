import { existsSync, readFileSync, writeFileSync } from 'fs';
import { Construct } from 'constructs';
import { storesOf } from './resolve/features';
import { requireText } from './texts';
import { refuseBecause, Speaker } from './validation';
import { FeatureGroupSpec } from '../feature-store';

/** The context flag under which the file is written instead of only read. */
export const UPDATE_SCHEMA_LOCK = 'mlops:updateSchemaLock';

/** What a cloud can do to groups that exist. */
export interface Evolution {
  /** Whether a group can get an online or an offline store that it was made without. */
  readonly storesCanBeAdded: boolean;
  /** How many features one deployment can add to a group. */
  readonly mostAdditions: number;
}

/**
 * Compares the groups with the schema that was written down, refuses every change that would lose history, and keeps
 * the file current.
 *
 * Nothing but the two schemas decides: no cloud is asked, so the answer is the same on every machine.
 */
export function enforceSchemaLock(
  scope: Construct,
  who: Speaker,
  file: string,
  groups: readonly FeatureGroupSpec[],
  evolution: Evolution,
): void {
  requireText(who, 'schemaLock', file);
  const now = schemaOf(groups);
  const before = existsSync(file) ? read(who, file) : undefined;
  const losses = before === undefined ? [] : lossesBetween(before, now, evolution);
  if (losses.length > 0) {
    refuseBecause(
      who,
      `schemaLock '${file}' forbids to lose history: ${losses.join('; ')} (to give it up on purpose, remove it from the file)`,
    );
  }
  const text = textOf(now);
  if (before !== undefined && text === textOf(before)) return;
  const update = scope.node.tryGetContext(UPDATE_SCHEMA_LOCK);
  if (update === true || update === 'true') return writeFileSync(file, text);
  const news =
    before === undefined ? 'there is no such file' : `it does not know ${additionsBetween(before, now).join(', ')}`;
  refuseBecause(
    who,
    `schemaLock '${file}' is behind: ${news}; synthesize once with the context flag '${UPDATE_SCHEMA_LOCK}' and commit the file`,
  );
}

/** A schema as it is written down; everything in it would be lost or wrong if it changed. */
interface Schema {
  readonly [group: string]: GroupSchema;
}

interface GroupSchema {
  readonly entityKey: string;
  readonly eventTime: string;
  readonly online: boolean;
  readonly offline: boolean;
  readonly features: { readonly [name: string]: string };
}

function schemaOf(groups: readonly FeatureGroupSpec[]): Schema {
  return sorted(groups.map((group) => [group.name, {
    entityKey: group.entityKey,
    eventTime: group.eventTime,
    ...storesOf(group),
    features: sorted(group.features.map((feature) => [feature.name, feature.valueType as string])),
  }]));
}

function lossesBetween(before: Schema, now: Schema, evolution: Evolution): string[] {
  return Object.entries(before).flatMap(([name, was]) =>
    own(now, name) === undefined ? [`group '${name}' is gone`] : groupLosses(name, was, now[name], evolution));
}

function groupLosses(name: string, was: GroupSchema, is: GroupSchema, evolution: Evolution): string[] {
  const changed = (['entityKey', 'eventTime'] as const).filter((key) => was[key] !== is[key])
    .map((key) => `${key} of group '${name}' changed from '${was[key]}' to '${is[key]}'`);
  const stores = (['online', 'offline'] as const)
    .filter((key) => was[key] !== is[key] && (was[key] || !evolution.storesCanBeAdded))
    .map((key) => `${key} of group '${name}' changed from ${was[key]} to ${is[key]}`);
  const features = Object.entries(was.features)
    .filter(([feature, type]) => own(is.features, feature) !== type)
    .map(([feature, valueType]) =>
      own(is.features, feature) === undefined
        ? `feature '${name}.${feature}' is gone`
        : `feature '${name}.${feature}' changed from ${valueType} to ${is.features[feature]}`,
    );
  const added = Object.keys(is.features).filter((feature) => own(was.features, feature) === undefined).length;
  const tooMany =
    added > evolution.mostAdditions
      ? [`group '${name}' gets ${added} features at once, at most ${evolution.mostAdditions} can be added`]
      : [];
  return [...changed, ...stores, ...features, ...tooMany];
}

function additionsBetween(before: Schema, now: Schema): string[] {
  return Object.entries(now).flatMap(([name, is]) => {
    const was = own(before, name);
    if (was === undefined) return [`group '${name}'`];
    const stores = (['online', 'offline'] as const)
      .filter((key) => was[key] !== is[key])
      .map((key) => `the ${key} store of group '${name}'`);
    const features = Object.keys(is.features).filter((feature) => own(was.features, feature) === undefined)
      .map((feature) => `feature '${name}.${feature}'`);
    return [...stores, ...features];
  });
}

function read(who: Speaker, file: string): Schema {
  const schema = parse(readFileSync(file, 'utf8'));
  return schema ?? refuseBecause(who, `schemaLock '${file}' is not a schema lock: restore it from version control`);
}

function parse(text: string): Schema | undefined {
  try {
    const value = JSON.parse(text);
    const groups: any[] = Object.values(value);
    return groups.every((group) => typeof group.entityKey === 'string' && typeof group.features === 'object')
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function textOf(schema: Schema): string {
  const groups = Object.entries(schema).map(([name, group]): [string, GroupSchema] => [name, {
    entityKey: group.entityKey,
    eventTime: group.eventTime,
    online: group.online,
    offline: group.offline,
    features: sorted(Object.entries(group.features)),
  }]);
  return `${JSON.stringify(sorted(groups), undefined, 2)}\n`;
}

/** A feature may be called `constructor`. */
function own<T>(record: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(record, name) ? record[name] : undefined;
}

function sorted<T>(entries: [string, T][]): { [name: string]: T } {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
