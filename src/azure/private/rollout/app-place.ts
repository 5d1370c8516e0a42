// Over 300 lines: the operations of one app, whose states they leave to each other.
import { DEPLOYMENT_TAGS, ENDPOINT_TAGS } from './marks';
import { Deployment, Looks, RolloutPlace } from './place';
import { all, objectOf } from './traffic';
import { AppContainerBody, AppScale } from '../base/arm-bodies/container-app';
import { Actions, arm, ARM_AUDIENCE, compose, delay, filter, http, setVariable } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, until, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, Expression, NOW, outputsOf, text, variable } from '../base/workflow-expressions';

const APP = 'Microsoft.App/containerApps' as const;

/** A container app, and what a revision is made of. */
export interface AppPlace {
  /** ARM id of the app. */
  readonly endpointId: string;
  readonly endpointName: string;
  /** ARM id of the environment, which whoever writes an app joins it to. */
  readonly environmentId: string;
  /** ARM id of the workspace, where versions are read and tagged. */
  readonly workspaceId: string;
  /** The container of a revision, without image and variables. */
  readonly container: AppContainerBody;
  readonly scale: AppScale;
  /** Variables of every container. */
  readonly variables: { readonly [name: string]: string };
  /** What follows from these as one word: it stands in the names of revisions. */
  readonly settings: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Minutes in which a revision must have its model loaded. */
  readonly loadMinutes: number;
  /** Name of the datastore of the lake's artifacts, and their address in Blob Storage with a slash at the end. */
  readonly files: { readonly datastore: string; readonly address: string };
}

/**
 * A rollout's operations on a container app. A revision's name says which version it serves, and with which settings;
 * the app's tags say which one is live. One request sets both the weights and the tags. Revisions without requests are
 * deactivated: they cost nothing, and one is activated again when its version comes again with the same settings.
 *
 * Container Apps know no latency of a revision: what is watched is the average of the whole app.
 *
 * @see https://learn.microsoft.com/azure/container-apps/revisions
 * @see https://learn.microsoft.com/rest/api/containerapps/container-apps/update
 */
export function appPlace(app: AppPlace): RolloutPlace {
  const { endpointId, endpointName, settings, minReplicas, maxReplicas } = app;
  const prefix = `${endpointName}--`;
  const revisionOf = (name: Expression) => ex`concat(${prefix}, ${name})`;
  const shareOf = (answer: Expression, name: Expression) => shareIn(answer, revisionOf(name));
  const nameOfItem = ex`replace(item()?['name'], ${prefix}, '')`;
  // Revisions that no rollout made, and those that are not active, are nobody.
  const isThere = ex`and(startsWith(item()?['name'], ${`${prefix}v`}), contains(${nameOfItem}, '-'), equals(coalesce(item()?['properties']?['active'], false), true))`;
  return {
    endpointName,
    settings,
    minReplicas,
    maxReplicas,
    readEndpoint: () => arm.get({ type: APP, id: endpointId }),
    isAtRest,
    isBrought: (answer, { traffic, live, rollout = '', challenger = '', approvedAt }) => {
      const tag = (name: string) => ex`coalesce(${answer}?['tags']?[${name}], '')`;
      return all([
        ex`equals(${stateOf(answer)}, 'Succeeded')`,
        ...traffic.map(([name, percent]) => ex`equals(${shareOf(answer, name)}, ${percent})`),
        ex`equals(${tag(ENDPOINT_TAGS.live)}, ${live})`,
        ex`equals(${tag(ENDPOINT_TAGS.rollout)}, ${rollout})`,
        ex`equals(${tag(ENDPOINT_TAGS.challenger)}, ${challenger})`,
        ...(approvedAt === undefined ? [] : [ex`equals(${tag(DEPLOYMENT_TAGS.approvedAt)}, ${approvedAt})`]),
      ]);
    },
    writeEndpoint: (answer, { traffic, live, rollout = '', challenger = '', approvedAt }) =>
      arm.patch({
        type: APP,
        id: endpointId,
        body: {
          tags: ex`union(coalesce(${answer}?['tags'], json('{}')), ${objectOf([
            [ENDPOINT_TAGS.live, live],
            [ENDPOINT_TAGS.rollout, rollout],
            [ENDPOINT_TAGS.challenger, challenger],
            // A revision that comes again has the facts of its first time.
            ...(approvedAt === undefined ? [] : [[DEPLOYMENT_TAGS.approvedAt, approvedAt] as const]),
          ])})`,
          properties: {
            configuration: {
              ingress: { traffic: traffic.map(([name, weight]) => ({ revisionName: revisionOf(name), weight })) },
            },
          },
        },
      }),
    shareOf,
    isIdle: (answer, name) => ex`equals(${shareOf(answer, name)}, 0)`,
    listDeployments: () => arm.get({ type: APP, id: text`${endpointId}/revisions` }),
    isThere,
    isOwn: isThere,
    nameOfItem,
    factsOfItem: (answer) => ({
      version: ex`substring(${nameOfItem}, 1, sub(lastIndexOf(${nameOfItem}, '-'), 1))`,
      approvedAt: ex`coalesce(${answer}?['tags']?[${DEPLOYMENT_TAGS.approvedAt}], '')`,
      capacity: ex`int(${`${minReplicas}`})`,
    }),
    listedName: revisionOf,
    deploy: (deployment) => deploy(app, deployment, revisionOf(deployment.name)),
    removeDeployment: (name) =>
      arm.post({ type: APP, id: text`${endpointId}/revisions/${revisionOf(name)}`, operation: 'deactivate' }),
    leftover: 'a revision without requests could not be deactivated',
    watch: (candidate) => watch(app, revisionOf(candidate)),
    access: [
      {
        id: 'RolloutRole',
        purpose: 'deploy',
        title: 'Rolls models out to a container app',
        scope: endpointId,
        operations: APP_OPERATIONS,
        description: 'Makes revisions and moves the traffic',
      },
      {
        id: 'EnvironmentRole',
        purpose: 'join',
        title: 'Joins container apps to their environment',
        scope: app.environmentId,
        operations: ['Microsoft.App/managedEnvironments/read', 'Microsoft.App/managedEnvironments/join/action'],
        description: 'Writes the app',
      },
      {
        id: 'VersionRole',
        purpose: 'tag versions',
        title: 'Tags versions of models',
        scope: app.workspaceId,
        operations: VERSION_OPERATIONS,
        description: 'Reads versions, and tags what is live',
      },
    ],
  };
}

const APP_OPERATIONS = [
  ...[
    'read',
    'write',
    'revisions/read',
    'revisions/activate/action',
    'revisions/deactivate/action',
    'operationResults/read',
    'operationStatuses/read',
  ].map((each) => `Microsoft.App/containerApps/${each}`),
  'Microsoft.Insights/metrics/read',
];

const VERSION_OPERATIONS = ['read', 'write', 'versions/read', 'versions/write'].map(
  (each) => `Microsoft.MachineLearningServices/workspaces/models/${each}`,
);

function stateOf(answer: Expression): Expression {
  return ex`coalesce(${answer}?['properties']?['provisioningState'], '')`;
}

function isAtRest(answer: Expression): Expression {
  return ex`contains(createArray('Succeeded', 'Failed', 'Canceled'), ${stateOf(answer)})`;
}

/** The share of a revision: the traffic is a list, which no function but XPath looks into. */
function shareIn(answer: Expression, revision: Expression): Expression {
  const traffic = ex`string(coalesce(${answer}?['properties']?['configuration']?['ingress']?['traffic'], json('[]')))`;
  return ex`int(formatNumber(xpath(xml(json(concat('{"answer":{"entry":', ${traffic}, '}}'))), concat('sum(//entry[revisionName="', ${revision}, '"]/weight)')), '0'))`;
}

/** Time in which the service must have taken a revision, besides that in which it loads its model. */
const PROVISION_MINUTES = 30;

/**
 * Makes a revision without requests, or activates the one that was made for the same version and settings, and looks at
 * it until its server runs.
 *
 * The model's folder is an address that the container fetches from: the version says where its files are by the name of
 * a datastore.
 */
function deploy(app: AppPlace, { name, image, variables }: Deployment, revision: Expression): Actions {
  const { endpointId, files } = app;
  const modelUri = ex`string(coalesce(${bodyOf('Registered')}?['properties']?['modelUri'], ''))`;
  const looked = bodyOf('Deploy_look');
  const property = (member: string) => ex`coalesce(${looked}?['properties']?[${member}], '')`;
  const isActive = ex`equals(coalesce(${looked}?['properties']?['active'], false), true)`;
  const runs = ex`and(equals(${property('provisioningState')}, 'Provisioned'), contains(createArray('Running', 'RunningAtMaxScale', 'ScaledToZero', 'Stopped'), ${property('runningState')}))`;
  const env = Object.entries({ ...app.variables, ...variables }).map(([each, value]) => ({ name: each, value }));
  const minutes = PROVISION_MINUTES + app.loadMinutes;
  return {
    Files: compose(
      ex`if(startsWith(${modelUri}, 'azureml://'), last(split(${modelUri}, ${`/datastores/${files.datastore}/paths/`})), '')`,
    ),
    Has_files: when(
      ex`or(empty(outputs('Files')), startsWith(outputs('Files'), 'azureml:'))`,
      fail('No_files', text`it could not be deployed: its files are not in the lake's artifacts, but ${modelUri}`),
    ),
    Deploy_begins: setVariable('state', ''),
    Deploy_unknown: setVariable('why', 'it was still being made'),
    Deploy: until(
      ex`contains(createArray('Succeeded', 'Refused'), ${variable('state')})`,
      { count: minutes * 2, timeout: `PT${minutes}M` },
      {
        Deploy_look: arm.get({ type: APP, id: text`${endpointId}/revisions/${revision}` }),
        Deploy_seen: when(
          isActive,
          {
            Deploy_runs: when(
              runs,
              { Deployed: setVariable('state', 'Succeeded') },
              {
                Deploy_state: setVariable(
                  'why',
                  text`it is ${property('provisioningState')}, ${property('runningState')}: ${property('provisioningError')}`,
                ),
                Deploy_failed: when(ex`equals(${property('provisioningState')}, 'Failed')`, {
                  Deploy_over: setVariable('state', 'Refused'),
                }),
              },
            ),
          },
          {
            Deploy_again: arm.post({ type: APP, id: text`${endpointId}/revisions/${revision}`, operation: 'activate' }),
          },
        ),
        Deploy_missing: after(
          { Deploy_look: FAILED },
          when(
            ex`equals(coalesce(${codeOf('Deploy_look')}, 0), 404)`,
            {
              Deploy_app: arm.get({ type: APP, id: endpointId }),
              Deploy_rest: when(isAtRest(bodyOf('Deploy_app')), {
                Deploy_write: arm.patch({
                  type: APP,
                  id: endpointId,
                  body: {
                    properties: {
                      template: {
                        revisionSuffix: name,
                        containers: [
                          {
                            ...app.container,
                            name: 'server',
                            image,
                            env: [
                              ...env,
                              { name: 'MLOPS_MODEL_DIR', value: text`${files.address}${outputsOf('Files')}` },
                            ],
                          },
                        ],
                        scale: app.scale,
                      },
                    },
                  },
                }),
                Deploy_refused: after({ Deploy_write: FAILED }, setVariable('why', errorOf('Deploy_write'))),
                // A body that the service does not take is no better next time.
                Deploy_refusal: after(
                  { Deploy_refused: ['Succeeded', 'Skipped'], Deploy_write: ENDED },
                  when(ex`contains(createArray(400, 402, 413, 422), coalesce(${codeOf('Deploy_write')}, 0))`, {
                    Deploy_ends: setVariable('state', 'Refused'),
                  }),
                ),
              }),
            },
            { Deploy_unseen: setVariable('why', errorOf('Deploy_look')) },
          ),
        ),
        Deploy_waits: after({ Deploy_seen: [...ENDED, 'Skipped'], Deploy_missing: [...ENDED, 'Skipped'] }, delay(30)),
      },
    ),
    Deploy_ended: after(
      { Deploy: ENDED },
      when(
        ex`not(equals(${variable('state')}, 'Succeeded'))`,
        fail('Not_deployed', text`it could not be deployed: ${variable('why')}`),
      ),
    ),
  };
}

/** Numbers of a revision since the traffic was moved. @see https://learn.microsoft.com/azure/container-apps/metrics */
function watch({ endpointId }: AppPlace, revision: Expression): Looks {
  const series = (answer: string) =>
    ex`coalesce(first(coalesce(${bodyOf(answer)}?['value'], json('[]')))?['timeseries'], json('[]'))`;
  const sum = (list: Expression, member: string) =>
    ex`xpath(xml(json(concat('{"answer":{"series":', string(${list}), '}}'))), ${`sum(//${member})`})`;
  const metric = (name: string, aggregation: string, interval: string, of?: ReturnType<typeof text>) => http({
    method: 'GET',
    uri: text`https://management.azure.com${endpointId}/providers/Microsoft.Insights/metrics`,
    query: {
      'api-version': '2023-10-01',
      'metricnames': name,
      aggregation,
      interval,
      'timespan': text`${ex`formatDateTime(${variable('movedAt')}, 'yyyy-MM-ddTHH:mm:ssZ')`}/${ex`formatDateTime(${NOW}, 'yyyy-MM-ddTHH:mm:ssZ')`}`,
      ...(of === undefined ? {} : { top: '200', $filter: of }),
    },
    audience: ARM_AUDIENCE,
  });
  return {
    actions: {
      Watch_deployment: arm.get({ type: APP, id: text`${endpointId}/revisions/${revision}` }),
      Answers: metric('Requests', 'Total', 'PT1M', text`revisionName eq '${revision}' and statusCodeCategory eq '*'`),
      Latencies: metric('ResponseTime', 'Average', 'FULL'),
      Failed_series: filter(
        series('Answers'),
        ex`contains(toLower(string(item()?['metadatavalues'])), '"value":"5xx"')`,
      ),
      Answers_counted: compose(sum(series('Answers'), 'total')),
      Answers_failed: compose(sum(bodyOf('Failed_series'), 'total')),
      Latency: compose(sum(series('Latencies'), 'average')),
    },
    within: 'on average within',
    latencyIs: 'the answers of the app took on average',
    isDown: ex`equals(coalesce(${bodyOf('Watch_deployment')}?['properties']?['provisioningState'], ''), 'Failed')`,
    state: ex`coalesce(${bodyOf('Watch_deployment')}?['properties']?['provisioningState'], '')`,
  };
}
