// Over 300 lines: the operations of one endpoint, whose states they leave to each other.
import { scaleLive } from './autoscale';
import { DEPLOYMENT_TAGS, ENDPOINT_TAGS } from './marks';
import { OnlinePlace } from './online-place';
import { Deployment, RolloutPlace, Wanted } from './place';
import { all, objectOf } from './traffic';
import {
  Action,
  Actions,
  arm,
  ARM_AUDIENCE,
  compose,
  delay,
  filter,
  http,
  setVariable,
  Text,
} from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, insist, until, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, Expression, NOW, Operand, text, variable } from '../base/workflow-expressions';

const ENDPOINT = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints' as const;
const DEPLOYMENT = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments' as const;

/**
 * A rollout's operations on a managed online endpoint.
 *
 * Failures of the server are answers 5xx, 408 (the container took too long) and 424, with which Azure Machine Learning
 * passes on what a container answered, unless that was the caller's fault.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes
 */
export function onlinePlace(place: OnlinePlace): RolloutPlace {
  const tagOfItem = (name: string) => ex`coalesce(item()?['tags']?[${name}], '')`;
  const share = (kind: string, answer: Expression, name: Expression) =>
    ex`coalesce(${answer}?['properties']?[${kind}]?[${name}], 0)`;
  const state = ex`coalesce(${bodyOf('Watch_deployment')}?['properties']?['provisioningState'], '')`;
  return {
    endpointName: place.endpointName,
    settings: place.settings,
    minReplicas: place.minReplicas,
    maxReplicas: place.maxReplicas,
    readEndpoint: () => readEndpoint(place),
    isBrought: (answer, wanted) => isBrought(place, answer, wanted),
    isAtRest,
    writeEndpoint: (answer, wanted) => writeEndpoint(place, answer, wanted),
    shareOf: (answer, name) => share('traffic', answer, name),
    isIdle: (answer, name) =>
      ex`and(equals(${share('traffic', answer, name)}, 0), equals(${share('mirrorTraffic', answer, name)}, 0))`,
    listDeployments: () => listDeployments(place),
    isOwn: ex`not(empty(${tagOfItem(DEPLOYMENT_TAGS.version)}))`,
    nameOfItem: ex`item()?['name']`,
    factsOfItem: () => ({
      version: tagOfItem(DEPLOYMENT_TAGS.version),
      approvedAt: tagOfItem(DEPLOYMENT_TAGS.approvedAt),
      capacity: ex`coalesce(item()?['sku']?['capacity'], ${place.minReplicas})`,
    }),
    listedName: (name) => name,
    deploy: (deployment) => deploy(place, deployment),
    removeDeployment: (name) => arm.delete({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${name}` }),
    leftover: 'a deployment without requests could not be deleted and is billed',
    scaleLive: (live) => scaleLive(place, live),
    watch: (candidate) => ({
      actions: {
        Watch_deployment: arm.get({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${candidate}` }),
        Answers: readMetric(
          place,
          'RequestsPerMinute',
          'PT1M',
          text`deployment eq '${candidate}' and statusCode eq '*' and modelStatusCode eq '*'`,
        ),
        Latencies: readMetric(place, 'RequestLatency_P99', 'FULL', text`deployment eq '${candidate}'`),
        Failed_series: filter(seriesOf('Answers'), IS_FAILURE),
        Answers_counted: compose(sumOf(seriesOf('Answers'))),
        Answers_failed: compose(sumOf(bodyOf('Failed_series'))),
        Latency: compose(sumOf(seriesOf('Latencies'))),
      },
      isDown: ex`contains(createArray('Failed', 'Canceled'), ${state})`,
      state,
      within: '99 % within',
      latencyIs: '99 % of the answers took up to',
    }),
    access: [
      {
        id: 'RolloutRole',
        purpose: 'deploy',
        title: 'Rolls models out',
        scope: place.workspaceId,
        operations: OPERATIONS,
        description: 'Deploys versions and moves the traffic',
      },
      {
        id: 'ScalingRole',
        purpose: 'scale',
        title: 'Scales models',
        scope: place.resourceGroupId,
        operations: SCALING,
        description: 'Scales the live deployment',
      },
    ],
  };
}

/** Reads the endpoint. */
function readEndpoint({ endpointId }: OnlinePlace): Action {
  return arm.get({ type: ENDPOINT, id: endpointId });
}

/** Whether an answer of the endpoint says what is wanted, and nothing is being changed. */
function isBrought({ endpoint }: OnlinePlace, answer: Expression, wanted: Wanted): Expression {
  const share = (kind: string, name: Expression) => ex`coalesce(${answer}?['properties']?[${kind}]?[${name}], 0)`;
  const tag = (name: string) => ex`coalesce(${answer}?['tags']?[${name}], '')`;
  const { traffic, mirror, live, rollout = '', challenger = '' } = wanted;
  return all([
    ex`equals(${answer}?['properties']?['provisioningState'], 'Succeeded')`,
    ex`equals(${answer}?['properties']?['publicNetworkAccess'], ${endpoint.properties.publicNetworkAccess ?? 'Enabled'})`,
    ...traffic.map(([name, percent]) => ex`equals(${share('traffic', name)}, ${percent})`),
    mirror === undefined
      ? ex`equals(length(replace(replace(string(coalesce(${answer}?['properties']?['mirrorTraffic'], json('{}'))), '{', ''), '}', '')), 0)`
      : ex`equals(${share('mirrorTraffic', mirror[0])}, ${mirror[1]})`,
    ex`equals(${tag(ENDPOINT_TAGS.live)}, ${live})`,
    ex`equals(${tag(ENDPOINT_TAGS.rollout)}, ${rollout})`,
    ex`equals(${tag(ENDPOINT_TAGS.challenger)}, ${challenger})`,
  ]);
}

/** Whether an answer of the endpoint says that it can be changed. */
function isAtRest(answer: Expression): Expression {
  return ex`contains(createArray('Succeeded', 'Failed', 'Canceled'), coalesce(${answer}?['properties']?['provisioningState'], ''))`;
}

/**
 * Writes the endpoint with other shares: ARM has no request for the traffic alone. What others have tagged it with
 * stays.
 */
function writeEndpoint({ endpointId, location, endpoint }: OnlinePlace, answer: Expression, wanted: Wanted): Action {
  const { traffic, mirror, live, rollout = '', challenger = '' } = wanted;
  return arm.put({
    type: ENDPOINT,
    id: endpointId,
    body: {
      location,
      kind: endpoint.kind,
      identity: endpoint.identity,
      tags: ex`union(coalesce(${answer}?['tags'], json('{}')), ${objectOf([
        [ENDPOINT_TAGS.live, live], [ENDPOINT_TAGS.rollout, rollout], [ENDPOINT_TAGS.challenger, challenger],
      ])})`,
      properties: { ...endpoint.properties, traffic: objectOf(traffic), mirrorTraffic: objectOf(mirror === undefined ? [] : [mirror]) },
    },
  });
}

/** Lists what is deployed; an endpoint has twenty at most, which are one page. */
function listDeployments({ endpointId }: OnlinePlace): Action {
  return arm.get({ type: DEPLOYMENT, id: text`${endpointId}/deployments` });
}

/** Time in which a deployment must be there. */
const DEPLOY_LIMITS = { count: 480, timeout: 'PT4H' };

/**
 * Deploys a version without traffic: its image as an environment, folders for what is recorded, the deployment. It is
 * looked at until it is there; what is missing is asked for, so that a request whose answer was lost is followed by a
 * look.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/online-deployments/create-or-update
 */
function deploy(
  place: OnlinePlace,
  { name, versionId, image, variables, capacity, tags, environmentVersion, endpoint }: Deployment,
): Actions {
  const environmentId = text`${place.workspaceId}/environments/${place.endpointName}/versions/${environmentVersion}`;
  const collections = place.capture === undefined ? [] : ['request', 'response'];
  const dataName = (collection: string) => text`${place.endpointName}-${name}-${collection}`;
  const dataId = (collection: string) => text`${place.workspaceId}/data/${dataName(collection)}/versions/1`;
  const ownTags = Object.values(ENDPOINT_TAGS).reduce(
    (left, tag) => ex`removeProperty(${left}, ${tag})`,
    ex`coalesce(${endpoint}?['tags'], json('{}'))`,
  );
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
      ...(place.capture === undefined
        ? {}
        : {
          dataCollector: {
            rollingRate: 'Hour',
            collections: Object.fromEntries(
              collections.map((each) => [
                each,
                {
                  dataCollectionMode: 'Enabled',
                  samplingRate: place.capture!.samplingPercent / 100,
                  dataId: dataId(each),
                },
              ]),
            ),
          },
        }),
    },
  };
  return {
    ...insist(
      'Environment',
      arm.put({
        type: 'Microsoft.MachineLearningServices/workspaces/environments/versions',
        id: environmentId,
        body: { properties: { image, osType: 'Linux', inferenceConfig: place.inference } },
      }),
    ),
    ...Object.assign(
      {},
      ...collections.map((each) =>
        insist(
          `Records_${each}`,
          arm.put({
            type: 'Microsoft.MachineLearningServices/workspaces/data/versions',
            id: dataId(each),
            body: {
              properties: {
                dataType: 'uri_folder',
                dataUri: text`${place.capture!.folderUri}/${name}/${each}`,
                description: text`What ${name} was asked and answered`,
              },
            },
          }),
        ),
      ),
    ),
    Deploy_begins: setVariable('state', ''),
    Deploy_unknown: setVariable('why', 'it was still being made'),
    Deploy: until(ex`contains(createArray('Succeeded', 'Refused'), ${variable('state')})`, DEPLOY_LIMITS, {
      Deploy_look: arm.get({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${name}` }),
      Deploy_seen: when(ex`contains(createArray('Succeeded', 'Failed', 'Canceled'), ${state})`, {
        Deploy_done: when(
          ex`equals(${state}, 'Succeeded')`,
          { Deployed: setVariable('state', 'Succeeded') },
          {
            Deploy_failed: setVariable('why', text`it ended as ${state}: see the logs of deployment ${name}`),
            Deploy_over: setVariable('state', 'Refused'),
          },
        ),
      }),
      Deploy_missing: after(
        { Deploy_look: FAILED },
        when(
          ex`equals(coalesce(${codeOf('Deploy_look')}, 0), 404)`,
          {
            Deploy_write: arm.put({ type: DEPLOYMENT, id: text`${place.endpointId}/deployments/${name}`, body }),
            // Quota and a body that the service does not take are no better next time.
            Deploy_why: after({ Deploy_write: FAILED }, setVariable('why', errorOf('Deploy_write'))),
            Deploy_refused: setVariable('state', ex`if(${refused}, 'Refused', '')`),
            Deploy_asked: after(
              { Deploy_write: ENDED, Deploy_why: ['Succeeded', 'Skipped'], Deploy_refused: ['Succeeded', 'Skipped'] },
              compose('it was asked for'),
            ),
          },
          { Deploy_unseen: setVariable('why', errorOf('Deploy_look')) },
        ),
      ),
      Deploy_waits: after({ Deploy_seen: [...ENDED, 'Skipped'], Deploy_missing: [...ENDED, 'Skipped'] }, delay(30)),
    }),
    Deploy_ended: after(
      { Deploy: ENDED },
      when(
        ex`not(equals(${variable('state')}, 'Succeeded'))`,
        fail('Not_deployed', text`it could not be deployed: ${variable('why')}`),
      ),
    ),
  };
}

/**
 * Whether a series of answers, told apart by status codes, is of failures of the server. The name of a deployment
 * starts with a letter, so that each value which starts with a digit is a code.
 */
const IS_FAILURE = (() => {
  const codes = ex`toLower(string(item()?['metadatavalues']))`;
  const has = (beginning: string) => ex`contains(${codes}, ${`"value":"${beginning}`})`;
  const isPassedOn = ex`and(${has('424"')}, equals(length(split(${codes}, '"value":"4')), 2))`;
  return ex`or(${has('5')}, ${has('408"')}, ${isPassedOn})`;
})();

function seriesOf(answer: string): Expression {
  return ex`coalesce(first(coalesce(${bodyOf(answer)}?['value'], json('[]')))?['timeseries'], json('[]'))`;
}

/** The sum of all values of some series: the one sum that Logic Apps has is that of XPath. */
function sumOf(series: Expression): Expression {
  return ex`xpath(xml(json(concat('{"answer":{"series":', string(${series}), '}}'))), 'sum(//average)')`;
}

/**
 * A metric of the endpoint since the traffic was moved.
 *
 * @see https://learn.microsoft.com/rest/api/monitor/metrics/list
 */
function readMetric({ endpointId }: OnlinePlace, name: string, interval: string, of: Text): Action {
  return http({
    method: 'GET',
    uri: text`https://management.azure.com${endpointId}/providers/Microsoft.Insights/metrics`,
    query: {
      'api-version': '2023-10-01',
      'metricnames': name,
      'aggregation': 'Average',
      interval,
      'timespan': text`${ex`formatDateTime(${variable('movedAt')}, 'yyyy-MM-ddTHH:mm:ssZ')`}/${ex`formatDateTime(${NOW}, 'yyyy-MM-ddTHH:mm:ssZ')`}`,
      // Ten series without.
      'top': '200',
      '$filter': of,
    },
    audience: ARM_AUDIENCE,
  });
}

const ML = 'Microsoft.MachineLearningServices/workspaces';

/**
 * What a rollout asks for, each by its own name.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/ai-machine-learning
 */
const OPERATIONS = [
  `${ML}/read`,
  `${ML}/onlineEndpoints/read`,
  `${ML}/onlineEndpoints/write`,
  `${ML}/onlineEndpoints/deployments/read`,
  `${ML}/onlineEndpoints/deployments/write`,
  `${ML}/onlineEndpoints/deployments/delete`,
  `${ML}/models/read`,
  `${ML}/models/write`,
  `${ML}/models/versions/read`,
  `${ML}/models/versions/write`,
  `${ML}/environments/read`,
  `${ML}/environments/write`,
  `${ML}/environments/versions/read`,
  `${ML}/environments/versions/write`,
  `${ML}/data/read`,
  `${ML}/data/write`,
  `${ML}/data/versions/read`,
  `${ML}/data/versions/write`,
  `${ML}/datastores/read`,
  'Microsoft.Insights/metrics/read',
];

const SCALING = ['read', 'write', 'delete'].map((each) => `Microsoft.Insights/autoscaleSettings/${each}`);
