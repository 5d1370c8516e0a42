import { DEPLOYMENT_TAGS, ENDPOINT_TAGS } from './marks';
import { OnlinePlace } from './online-place';
import { objectOf, readEndpoint } from './traffic';
import { Action, Actions, append, arm, compose, delay, filter, setVariable, Text } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, forEach, insist, until, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, Expression, Operand, text, variable } from '../base/workflow-expressions';

const DEPLOYMENT = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments' as const;

/** Lists what is deployed; an endpoint has twenty at most, which are one page. */
export function listDeployments({ endpointId }: OnlinePlace): Action {
  return arm.get({ type: DEPLOYMENT, id: text`${endpointId}/deployments` });
}

/** A version, and what it gets. */
export interface Deployment {
  readonly name: Expression;
  /** ARM id of the version of the model. */
  readonly versionId: Text;
  readonly image: Expression;
  /** Variables of the version's own. */
  readonly variables: { readonly [name: string]: string };
  readonly capacity: Expression;
  readonly tags: readonly (readonly [string, Operand])[];
  readonly environmentVersion: Expression;
  /** The endpoint as it was found: a deployment has its tags, by which costs are told apart. */
  readonly endpoint: Expression;
}

/** Time in which a deployment must be there. */
const DEPLOY_LIMITS = { count: 480, timeout: 'PT4H' };

/**
 * Deploys a version without traffic: its image as an environment, folders for what is recorded, the deployment. It is looked at until it is there; what is
 * missing is asked for, so that a request whose answer was lost is followed by a look.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/online-deployments/create-or-update
 */
export function deploy(place: OnlinePlace, { name, versionId, image, variables, capacity, tags, environmentVersion, endpoint }: Deployment): Actions {
  const environmentId = text`${place.workspaceId}/environments/${place.endpointName}/versions/${environmentVersion}`;
  const collections = place.capture === undefined ? [] : ['request', 'response'];
  const dataName = (collection: string) => text`${place.endpointName}-${name}-${collection}`;
  const dataId = (collection: string) => text`${place.workspaceId}/data/${dataName(collection)}/versions/1`;
  const ownTags = Object.values(ENDPOINT_TAGS).reduce((left, tag) => ex`removeProperty(${left}, ${tag})`, ex`coalesce(${endpoint}?['tags'], json('{}'))`);
  const collectorTags = collections.flatMap((each): (readonly [string, Operand])[] => [
    [`data_collector.collections.${each}.enabled`, 'true'],
    [`data_collector.collections.${each}.data.name`, ex`concat(${`${place.endpointName}-`}, ${name}, ${`-${each}`})`],
    [`data_collector.collections.${each}.data.version`, '1'],
  ]);
  const state = ex`coalesce(${bodyOf('Deploy_look')}?['properties']?['provisioningState'], '')`;
  const refused = ex`contains(createArray(400, 402, 413, 422), coalesce(${codeOf('Deploy_write')}, 0))`;
  const body = {
    location: place.location,
    kind: 'Managed',
    sku: { name: 'Default', tier: 'Standard', capacity },
    tags: ex`union(${ownTags}, ${objectOf([...tags, ...collectorTags])})`,
    properties: {
      ...place.deployment,
      model: versionId,
      environmentId,
      environmentVariables: { ...place.variables, ...variables },
      ...(place.capture === undefined ? {} : {
        dataCollector: {
          rollingRate: 'Hour',
          collections: Object.fromEntries(collections.map((each) => [each, {
            dataCollectionMode: 'Enabled', samplingRate: place.capture!.samplingPercent / 100, dataId: dataId(each),
          }])),
        },
      }),
    },
  };
  return {
    ...insist('Environment', arm.put({
      type: 'Microsoft.MachineLearningServices/workspaces/environments/versions',
      id: environmentId,
      body: { properties: { image, osType: 'Linux', inferenceConfig: place.inference } },
    })),
    ...Object.assign({}, ...collections.map((each) => insist(`Records_${each}`, arm.put({
      type: 'Microsoft.MachineLearningServices/workspaces/data/versions',
      id: dataId(each),
      body: { properties: { dataType: 'uri_folder', dataUri: text`${place.capture!.folderUri}/${name}/${each}`, description: text`What ${name} was asked and answered` } },
    })))),
    Deploy_begins: setVariable('state', ''),
    Deploy_unknown: setVariable('why', 'it was still being made'),
    Deploy: until(ex`contains(createArray('Succeeded', 'Refused'), ${variable('state')})`, DEPLOY_LIMITS, {
      Deploy_look: arm.get({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${name}` }),
      Deploy_seen: when(ex`contains(createArray('Succeeded', 'Failed', 'Canceled'), ${state})`, {
        Deploy_done: when(ex`equals(${state}, 'Succeeded')`, { Deployed: setVariable('state', 'Succeeded') }, {
          Deploy_failed: setVariable('why', text`it ended as ${state}: see the logs of deployment ${name}`),
          Deploy_over: setVariable('state', 'Refused'),
        }),
      }),
      Deploy_missing: after({ Deploy_look: FAILED }, when(ex`equals(coalesce(${codeOf('Deploy_look')}, 0), 404)`, {
        Deploy_write: arm.put({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${name}`, body }),
        // Quota and a body that the service does not take are no better next time.
        Deploy_why: after({ Deploy_write: FAILED }, setVariable('why', errorOf('Deploy_write'))),
        Deploy_refused: setVariable('state', ex`if(${refused}, 'Refused', '')`),
        Deploy_asked: after({ Deploy_write: ENDED, Deploy_why: ['Succeeded', 'Skipped'], Deploy_refused: ['Succeeded', 'Skipped'] }, compose('it was asked for')),
      }, { Deploy_unseen: setVariable('why', errorOf('Deploy_look')) })),
      Deploy_waits: after({ Deploy_seen: [...ENDED, 'Skipped'], Deploy_missing: [...ENDED, 'Skipped'] }, delay(30)),
    }),
    Deploy_ended: after({ Deploy: ENDED }, when(ex`not(equals(${variable('state')}, 'Succeeded'))`, fail('Not_deployed', text`it could not be deployed: ${variable('why')}`))),
  };
}

/** Deployments that a person would have to delete otherwise; each is billed as long as it is there. */
const REMOVE_LIMITS = { count: 120, timeout: 'PT2H' };

/**
 * Deletes what rollouts have deployed and what has neither requests nor copies of them, but for some. What cannot be deleted is noted: it is billed. What
 * people have deployed themselves stays.
 */
export function removeIdle(name: string, place: OnlinePlace, kept: readonly Expression[]): Actions {
  const [look, list, idle] = [`${name}_look`, `${name}_list`, `${name}_idle`];
  const share = (kind: string) => ex`coalesce(${bodyOf(look)}?['properties']?[${kind}]?[item()?['name']], 0)`;
  const isKept = kept.map((each) => ex`not(equals(item()?['name'], ${each}))`.code).join(', ');
  const own = ex`not(empty(coalesce(item()?['tags']?[${DEPLOYMENT_TAGS.version}], '')))`;
  return {
    [`${name}_begins`]: setVariable('state', ''),
    [`${name}_unknown`]: setVariable('why', 'it is still there'),
    [name]: until(ex`equals(${variable('state')}, 'clear')`, REMOVE_LIMITS, {
      [look]: readEndpoint(place),
      [list]: listDeployments(place),
      [idle]: filter(ex`coalesce(${bodyOf(list)}?['value'], json('[]'))`, new Expression(`and(${own.code}, ${isKept}, equals(${share('traffic').code}, 0), equals(${share('mirrorTraffic').code}, 0))`)),
      [`${name}_is_clear`]: when(ex`empty(body(${idle}))`, { [`${name}_clear`]: setVariable('state', 'clear') }, {
        [`${name}_each`]: forEach(ex`body(${idle})`, {
          [`${name}_delete`]: arm.delete({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${ex`item()?['name']`}` }),
          [`${name}_kept`]: after({ [`${name}_delete`]: FAILED }, setVariable('why', errorOf(`${name}_delete`))),
          [`${name}_deleted`]: after({ [`${name}_delete`]: ENDED, [`${name}_kept`]: ['Succeeded', 'Skipped'] }, compose('it was asked for')),
        }),
        [`${name}_pause`]: delay(30),
      }),
      [`${name}_vain`]: after({ [`${name}_is_clear`]: ['Failed', 'TimedOut', 'Skipped'] }, setVariable('why', text`${errorOf(look)}; ${errorOf(list)}`)),
      [`${name}_waits`]: after({ [`${name}_vain`]: ['Succeeded'] }, delay(30)),
      [`${name}_turn`]: after({ [`${name}_is_clear`]: [...ENDED, 'Skipped'], [`${name}_waits`]: [...ENDED, 'Skipped'] }, compose('the turn is over')),
    }),
    [`${name}_ended`]: after({ [name]: ENDED }, when(ex`not(equals(${variable('state')}, 'clear'))`, {
      [`${name}_noted`]: append('notes', text`a deployment without requests could not be deleted and is billed, which is tried again within a day: ${variable('why')}`),
    })),
  };
}
