import { StorageBlob } from '@cdktf/provider-azurerm/lib/storage-blob';
import { Construct } from 'constructs';
import { materialization } from './materialization';
import { rowsIn } from './rows';
import { entityOf, specification } from './specification';
import { Store } from './store-workspace';
import { ResolvedFeatureGroup } from '../../../core/private/resolve/features';
import { Speaker } from '../../../core/private/validation';
import { literal } from '../../../terraform/text';
import { FeatureStoreProps } from '../../feature-store-props';
import { armResource, ArmResource } from '../base/arm';
import { after } from '../base/ordering';

const WORKSPACE = 'Microsoft.MachineLearningServices/workspaces';

/** A feature set that is registered. */
export interface FeatureSet {
  readonly name: string;
  readonly version: string;
  /** Folder of its rows in the lake's container of features. */
  readonly sourcePath: string;
}

/** Entities by name and version, `customer_id:string`. */
export interface Entities {
  readonly [nameAndVersion: string]: ArmResource;
}

/** The entities that groups are about; groups with the same key share one. */
export function newEntities(scope: Construct, store: Store, specs: readonly ResolvedFeatureGroup[]): Entities {
  const wanted = new Map(specs.map((spec) => [nameOfEntity(spec), entityOf(spec)]));
  const names = [...new Set([...wanted.values()].map(({ name }) => name))];
  const containers = new Map(names.map((name) => [name, armResource(scope, `Entity-${name}`, {
    type: `${WORKSPACE}/featurestoreEntities`, name, parentId: store.id, body: { properties: {} },
  })]));
  return Object.fromEntries(
    [...wanted].map(([key, { name, version, dataType }]) => [
      key,
      armResource(scope, `Entity-${name}-${version}`, {
        type: `${WORKSPACE}/featurestoreEntities/versions`,
        name: version,
        parentId: containers.get(name)!.id,
        body: { properties: { stage: STAGE, indexColumns: [{ columnName: name, dataType }] } },
      }),
    ]),
  );
}

/** Specification and feature set of a group. A version cannot change, so that another content is another version. */
export function newFeatureSet(
  scope: Construct,
  who: Speaker,
  store: Store,
  entities: Entities,
  spec: ResolvedFeatureGroup,
  props: FeatureStoreProps,
): FeatureSet {
  const { name } = spec;
  const options = props.groupOptions?.[name] ?? {};
  const { featuresContainer, featuresAccountName } = props.data;
  const sourcePath = `${name}/rows`;
  const { version, files } = specification(
    who,
    spec,
    options,
    rowsIn(featuresContainer, featuresAccountName, sourcePath),
  );
  const folder = `featuresets/${name}/${version}`;
  const uploaded = Object.entries(files).map(
    ([path, content]) =>
      new StorageBlob(scope, `Specification-${name}-${path.replace(/\W+/g, '-')}`, {
        name: `${folder}/${path}`,
        storageAccountName: store.account.name,
        storageContainerName: store.container,
        type: 'Block',
        contentType: path.endsWith('.py') ? 'text/x-python' : 'application/yaml',
        sourceContent: literal(content),
        // A version that is there is read until its feature set is gone.
        lifecycle: { createBeforeDestroy: true },
        dependsOn: after(store.mayUpload),
      }),
  );
  const featureSet = armResource(scope, `FeatureSet-${name}`, {
    type: `${WORKSPACE}/featuresets`,
    name,
    parentId: store.id,
    body: { properties: {} },
  });
  armResource(scope, `Version-${name}`, {
    type: `${WORKSPACE}/featuresets/versions`,
    name: version,
    parentId: featureSet.id,
    body: {
      properties: {
        description: `${name} of ${scope.node.path}`.slice(0, 256),
        stage: STAGE,
        entities: [`azureml:${nameOfEntity(spec)}`],
        specification: { path: `azureml://datastores/workspaceblobstore/paths/${folder}` },
        materializationSettings: materialization(who, spec, options, props),
      },
    },
    lifecycle: { createBeforeDestroy: true },
    dependsOn: after(...uploaded, entities[nameOfEntity(spec)], store.ready),
  });
  return { name, version, sourcePath };
}

const STAGE = 'Production';

function nameOfEntity(spec: ResolvedFeatureGroup): string {
  const { name, version } = entityOf(spec);
  return `${name}:${version}`;
}
