import { DriftPlan } from './drift-plan';
import { nothingMeasured } from './drift-publish';
import { Actions, arm, compose, filter, select } from '../base/workflow-actions';
import { attempt, fail, insist, reasonOf, when } from '../base/workflow-control';
import { bodyOf, codeOf, ex, Expression, text } from '../base/workflow-expressions';
import { store } from '../base/workflow-storage';
import { VERSION_TAGS } from '../registry/version-tags';
import { DEPLOYMENT_TAGS, ENDPOINT_TAGS } from '../rollout/marks';

/** The version that serves, after `findLive`. */
export const LIVE = {
  version: ex`outputs('Live')?['version']`,
  /** Names of its deployments, with commas between. */
  deployments: ex`outputs('Live')?['deployments']`,
  /** Folder of its drift reference in the container of artifacts. */
  reference: ex`outputs('Live')?['reference']`,
} as const;

/**
 * Finds the version that serves and its reference, or leaves where nothing serves yet. The endpoint's own tags say
 * which deployment is live, also while a rollout gives another one its first share; where a person has moved the
 * traffic, whoever has most of it is live.
 */
export function findLive(plan: DriftPlan): Actions {
  const { endpointId, modelContainerId } = plan;
  const endpoint = bodyOf('Look_endpoint');
  const tag = (name: string) => ex`coalesce(${endpoint}?['tags']?[${name}], '')`;
  const share = (name: Expression) => ex`coalesce(${endpoint}?['properties']?['traffic']?[${name}], 0)`;
  const live = tag(ENDPOINT_TAGS.live);
  const isListed = ex`contains(body('Names'), ${live})`;
  const most = ex`coalesce(last(sort(body('Shares'), 'share'))?['name'], '')`;
  const version = ex`coalesce(first(body('Live_deployment'))?['tags']?[${DEPLOYMENT_TAGS.version}], '')`;
  return {
    ...attempt(
      'Find',
      insist(
        'Look_endpoint',
        arm.get({ type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints', id: endpointId }),
      ),
      {
        No_endpoint: when(
          ex`equals(coalesce(${codeOf('Look_endpoint')}, 0), 404)`,
          nothingServes(plan, 'Endpoint_missing'),
          fail('Endpoint_unseen', text`${reasonOf('Find')}`),
        ),
      },
    ),
    ...insist(
      'Look_deployments',
      arm.get({
        type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
        id: `${endpointId}/deployments`,
      }),
    ),
    Listed: select(ex`coalesce(${bodyOf('Look_deployments')}?['value'], json('[]'))`, {
      name: ex`item()?['name']`,
      tags: ex`coalesce(item()?['tags'], json('{}'))`,
    }),
    Names: select(ex`body('Listed')`, ex`item()?['name']`),
    Serving_ones: filter(ex`body('Listed')`, ex`greater(${share(ex`item()?['name']`)}, 0)`),
    Shares: select(ex`body('Serving_ones')`, { name: ex`item()?['name']`, share: share(ex`item()?['name']`) }),
    Live_name: compose(
      ex`if(and(${isListed}, or(not(empty(${tag(ENDPOINT_TAGS.rollout)})), greater(${share(live)}, 0))), ${live}, ${most})`,
    ),
    Nothing_serves: when(ex`empty(outputs('Live_name'))`, nothingServes(plan, 'Traffic_missing')),
    Live_deployment: filter(ex`body('Listed')`, ex`equals(item()?['name'], outputs('Live_name'))`),
    Has_version: when(
      ex`empty(${version})`,
      fail(
        'No_version',
        text`deployment ${ex`outputs('Live_name')`} does not say which version it serves: it has no tag ${DEPLOYMENT_TAGS.version}`,
      ),
    ),
    // An update of the stack gives the same version a deployment of another name.
    Same_version: filter(ex`body('Listed')`, ex`equals(item()?['tags']?[${DEPLOYMENT_TAGS.version}], ${version})`),
    Same_names: select(ex`body('Same_version')`, ex`item()?['name']`),
    ...insist(
      'Look_version',
      arm.get({
        type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
        id: text`${modelContainerId}/versions/${version}`,
      }),
    ),
    Folder: compose(ex`coalesce(${bodyOf('Look_version')}?['properties']?['tags']?[${VERSION_TAGS.folder}], '')`),
    Has_folder: when(
      ex`empty(outputs('Folder'))`,
      fail(
        'No_folder',
        text`version ${version} does not say where its drift reference is: it has no tag ${VERSION_TAGS.folder}`,
      ),
    ),
    Live: compose({
      version,
      deployments: ex`join(body('Same_names'), ',')`,
      reference: text`${ex`outputs('Folder')`}/evaluation/reference`,
    }),
    ...attempt(
      'Find_reference',
      insist(
        'Look_reference',
        store.read({
          endpoint: plan.blobEndpoint,
          container: plan.artifactContainer,
          name: text`${LIVE.reference}/schema.json`,
        }),
      ),
      {
        No_reference: when(
          ex`equals(coalesce(${codeOf('Look_reference')}, 0), 404)`,
          fail(
            'Reference_missing',
            text`version ${LIVE.version} has no drift reference at ${plan.artifactContainer}/${LIVE.reference}: its evaluate verb must write one`,
          ),
          fail('Reference_unseen', text`${reasonOf('Find_reference')}`),
        ),
      },
    ),
  };
}

/**
 * Before the first approval nothing can serve, and while its rollout may still bring a version: the run ends well.
 * Afterwards a rollout has failed, or somebody has deleted what served, and the run fails, so that people hear of it.
 */
function nothingServes(plan: DriftPlan, name: string): Actions {
  const look = `${name}_versions`;
  const overdue = `${name}_overdue`;
  return {
    ...insist(
      look,
      arm.get({
        type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
        id: `${plan.modelContainerId}/versions`,
        query: { tags: `${VERSION_TAGS.approval}=approved` },
      }),
    ),
    // Approval writes a tag of the version, which is a change of it.
    [overdue]: filter(
      ex`coalesce(${bodyOf(look)}?['value'], json('[]'))`,
      ex`and(equals(item()?['properties']?['tags']?[${VERSION_TAGS.approval}], 'approved'), less(coalesce(item()?['systemData']?['lastModifiedAt'], ''), addHours(utcNow(), -${ROLLOUT_HOURS})))`,
    ),
    [`${name}_is_overdue`]: when(
      ex`greater(length(body(${overdue})), 0)`,
      fail(
        `${name}_failure`,
        text`nothing serves although version ${ex`first(body(${overdue}))?['name']`} is approved: look at its rollout, and start it again by hand`,
      ),
      nothingMeasured(plan, name, 'nothing serves'),
    ),
  };
}

/** The hours that the first rollout of a version may take before its absence is a fault. */
const ROLLOUT_HOURS = 3;
