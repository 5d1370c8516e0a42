import { DriftPlan } from './drift-plan';
import { ROLLS_BACK_TO, TORN_DOWN } from '../base/vertex-api';
import { Routine } from '../base/workflow';
import { get, steps, unlessMissing, unlessUnknownAlias } from '../base/workflow-steps';

/**
 * The version that serves, when it was registered, and the folder of its reference; null before the first rollout. On
 * an endpoint of Vertex AI its traffic says which one it is, and during a rollout the mark of what to roll back to: the
 * alias `live` is given afterwards, and may be late. A service is not asked, because it records nothing itself; there
 * the alias says it.
 */
export function findLive(plan: DriftPlan): Routine {
  const { host, modelResourceName, artifactBucket } = plan;
  const real = plan.mode === 'real-time';
  return {
    steps: steps({
      unknown: { assign: [{ found: null }, { name: 'live' }] },
      ...(real
        ? {
          serving: { call: 'find_serving', result: 'name' },
          nothing_serves: { switch: [{ condition: '${name == ""}', return: null }] },
          ask: get({ url: `\${"https://${host}/v1/${modelResourceName}@" + name}`, result: 'found' }),
        }
        : {
          ask: {
            ...get({ url: `https://${host}/v1/${modelResourceName}@live`, result: 'found' }),
            except: unlessUnknownAlias('live', 'found', null),
          },
        }),
      is_there: { switch: [{ condition: '${found == null}', return: null }] },
      folder: { assign: [{ artifacts: '${default(map.get(found.body, "artifactUri"), "")}' }] },
      // The reference lies beside the model: training/<run>/model and training/<run>/evaluation/reference.
      reference: {
        assign: [
          {
            folder_of_run: `\${text.replace_all_regex(text.replace_all(artifacts, "gs://${artifactBucket}/", ""), "/model/?$", "")}`,
          },
        ],
      },
      version: {
        assign: [
          {
            live: {
              version: '${found.body.versionId}',
              since: '${default(map.get(found.body, "versionCreateTime"), "")}',
              reference: '${folder_of_run + "/evaluation/reference"}',
            },
          },
        ],
      },
      answer: { return: '${live}' },
    }),
  };
}

/**
 * The number of the version of the registry's model that is live on the endpoint, by the rules of a rollout; empty
 * where there is none.
 */
export function findServing({ host, parent, endpointId, modelId }: DriftPlan): Routine {
  return {
    steps: steps({
      unknown: { assign: [{ found: null }, { version: '' }, { oldest: 1e12 }, { no_models: [] }, { none: {} }] },
      ask: {
        ...get({ url: `https://${host}/v1/${parent}/endpoints/${endpointId}`, result: 'found' }),
        except: unlessMissing('endpoint', 'found', null),
      },
      is_there: { switch: [{ condition: '${found == null}', return: '' }] },
      traffic: {
        assign: [
          { split: '${default(map.get(found.body, "trafficSplit"), none)}' },
          { held: `\${default(map.get(found.body, ["labels", "${ROLLS_BACK_TO}"]), "")}` },
        ],
      },
      look: {
        for: {
          value: 'each',
          in: '${default(map.get(found.body, "deployedModels"), no_models)}',
          steps: steps({
            // Versions of another model have no reference here.
            is_other: { switch: [{ condition: `\${not(text.match_regex(each.model, "/models/${modelId}(@.*)?$"))}`, next: 'continue' }] },
            made: { assign: [{ made: '${if(each.id == held, -1, time.parse(each.createTime))}' }] },
            serves: {
              switch: [{
                condition: '${made < oldest and (made == -1 or default(map.get(split, each.id), 0) > 0)}',
                steps: steps({ it_does: { assign: [{ oldest: '${made}' }, { version: '${each.modelVersionId}' }] } }),
              }],
            },
          }),
        },
      },
      answer: { return: '${version}' },
    }),
  };
}

/**
 * Ids of the version's deployed models on the endpoint, with commas between; empty when the endpoint serves something
 * else, or nothing.
 */
export function findDeployed({ host, parent, endpointId, modelId }: DriftPlan): Routine {
  return {
    params: ['version'],
    steps: steps({
      unknown: { assign: [{ found: null }, { deployed: '' }, { none: [] }] },
      ask: {
        ...get({ url: `https://${host}/v1/${parent}/endpoints/${endpointId}`, result: 'found' }),
        except: unlessMissing('endpoint', 'found', null),
      },
      is_there: { switch: [{ condition: '${found == null}', return: '${deployed}' }] },
      look: {
        for: {
          value: 'each',
          in: '${default(map.get(found.body, "deployedModels"), none)}',
          steps: steps({
            // The name has the project's number here, so only its end can be compared.
            is_live: {
              switch: [
                {
                  condition: `\${text.match_regex(each.model, "/models/${modelId}(@.*)?$") and default(map.get(each, "modelVersionId"), "") == version}`,
                  steps: steps({
                    keep: { assign: [{ deployed: '${if(deployed == "", each.id, deployed + "," + each.id)}' }] },
                  }),
                },
              ],
            },
          }),
        },
      },
      answer: { return: '${deployed}' },
    }),
  };
}

/**
 * The number of the approved version where it should serve and nothing does: a rollout has failed, or somebody has
 * deleted what served. Empty before the first approval, while a rollout may still bring it, and after a teardown.
 */
export function findUnserved({ endpointId, host, mode, modelResourceName, parent }: DriftPlan): Routine {
  return {
    steps: steps({
      unknown: { assign: [{ approved: null }, { found: null }, { none: {} }] },
      ask: {
        ...get({ url: `https://${host}/v1/${modelResourceName}@approved`, result: 'approved' }),
        except: unlessUnknownAlias('approved', 'approved', null),
      },
      is_approved: { switch: [{ condition: '${approved == null}', return: '' }] },
      // Approval gives the version an alias, which is an update of it.
      since: { assign: [{ since: '${time.parse(default(map.get(approved.body, "versionUpdateTime"), "1970-01-01T00:00:00Z"))}' }] },
      is_on_its_way: { switch: [{ condition: `\${sys.now() - since < ${ROLLOUT_SECONDS}}`, return: '' }] },
      ...(mode === 'real-time'
        ? {
          look: {
            ...get({ url: `https://${host}/v1/${parent}/endpoints/${endpointId}`, result: 'found' }),
            except: unlessMissing('torn_down', 'found', null),
          },
          is_there: {
            switch: [
              {
                condition: '${found != null}',
                steps: steps({
                  torn_down: {
                    assign: [
                      { torn_down: `\${int(default(map.get(found.body, ["labels", "${TORN_DOWN}"]), "0")) / 1000}` },
                    ],
                  },
                  on_purpose: { switch: [{ condition: '${torn_down > since}', return: '' }] },
                }),
              },
            ],
          },
        }
        : {}),
      answer: { return: '${approved.body.versionId}' },
    }),
  };
}

/** The time that the first rollout of a version may take before its absence is a fault: three hours. */
const ROLLOUT_SECONDS = 3 * 3600;
