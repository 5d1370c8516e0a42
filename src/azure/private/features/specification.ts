import { createHash } from 'crypto';
import { existsSync, readFileSync } from 'fs';
import { basename } from 'path';
import { FeatureType } from '../../../core/feature-store';
import { ResolvedFeatureGroup } from '../../../core/private/resolve/features';
import { refuse, Speaker } from '../../../core/private/validation';
import { toYaml, Yaml } from '../../../core/private/yaml';
import { FeatureGroupOptions, FeatureTransformation } from '../../feature-store-props';

/** What is uploaded of a feature set, and the version that it has thereby: a version cannot change. */
export interface Specification {
  readonly version: string;
  /** Files of the folder, by their path in it. */
  readonly files: { readonly [path: string]: string };
}

/**
 * The specification of a group: where its rows are, what its columns are, and the code that makes features of them.
 *
 * The place of the rows, which may be known at deployment alone, is not part of the version: it goes with the feature
 * store.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-featureset-spec
 */
export function specification(
  who: Speaker,
  group: ResolvedFeatureGroup,
  options: FeatureGroupOptions,
  folder: string,
): Specification {
  const { transformation } = options;
  const code = transformation && codeOf(who, group.name, transformation);
  const written = (path: string) => toYaml(content(group, options, path));
  const version = createHash('sha256')
    .update(`${written('')}\n${code?.text ?? ''}`)
    .digest('hex')
    .slice(0, 12);
  return {
    version,
    files: {
      'FeatureSetSpec.yaml': written(folder),
      ...(code === undefined ? {} : { [`${CODE}/${code.name}`]: code.text }),
    },
  };
}

const CODE = 'transformation_code';

function content(
  group: ResolvedFeatureGroup,
  { transformation, sourceDelayMinutes = 0 }: FeatureGroupOptions,
  folder: string,
): Yaml {
  const { entityKey, eventTime, features, onlineTtlDays } = group;
  return {
    $schema: 'http://azureml/sdk-2-0/FeatureSetSpec.json',
    source: {
      type: 'parquet',
      path: folder,
      // Text is read as ISO 8601, a number as seconds since 1970: what Spark does without a format.
      timestamp_column: { name: eventTime },
      source_delay:
        sourceDelayMinutes === 0
          ? undefined
          : {
            days: Math.floor(sourceDelayMinutes / 1440),
            hours: Math.floor(sourceDelayMinutes / 60) % 24,
            minutes: sourceDelayMinutes % 60,
          },
    },
    feature_transformation_code: transformation && {
      path: `./${CODE}`,
      transformer_class: `${basename(transformation.file, '.py')}.${transformation.className}`,
    },
    features: features
      .filter(({ name }) => name !== entityKey && name !== eventTime)
      .map(({ name, valueType }) => ({ name, type: COLUMN_TYPES[valueType] })),
    index_columns: [{ name: entityKey, type: COLUMN_TYPES[keyType(group)] }],
    source_lookback: transformation?.lookbackDays
      ? { days: transformation.lookbackDays, hours: 0, minutes: 0 }
      : undefined,
    // How far a join looks back, and after which time Redis forgets a row.
    temporal_join_lookback: onlineTtlDays === undefined ? undefined : { days: onlineTtlDays, hours: 0, minutes: 0 },
  };
}

/** What a group is about. */
export interface Entity {
  readonly name: string;
  readonly version: string;
  readonly dataType: 'String' | 'Long';
}

/** Name and version of the entity that a group is about: groups with the same key share one. */
export function entityOf(group: ResolvedFeatureGroup): Entity {
  const dataType = keyType(group) === FeatureType.INTEGER ? 'Long' : 'String';
  return { name: group.entityKey, version: dataType.toLowerCase(), dataType };
}

function keyType({ features, entityKey }: ResolvedFeatureGroup): FeatureType {
  return features.find(({ name }) => name === entityKey)!.valueType;
}

function codeOf(
  who: Speaker,
  group: string,
  { file }: FeatureTransformation,
): { readonly name: string; readonly text: string } {
  if (!existsSync(file)) refuse(who, `groupOptions.${group}.transformation.file`, file, 'a file that exists');
  return { name: basename(file), text: readFileSync(file, 'utf8') };
}

/** As feature sets spell types. */
const COLUMN_TYPES: { readonly [valueType in FeatureType]: string } = {
  [FeatureType.STRING]: 'string',
  [FeatureType.INTEGER]: 'long',
  [FeatureType.FLOAT]: 'double',
};
