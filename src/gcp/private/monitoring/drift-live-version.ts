import { DriftPlan } from './drift-plan';
import { Routine } from '../base/workflow';
import { get, steps, unlessMissing, unlessUnknownAlias } from '../base/workflow-steps';

/** The version with the alias `live`, when it was registered, and the folder of its reference; null before the first rollout. */
export function findLive({ host, modelResourceName, artifactBucket }: DriftPlan): Routine {
  return {
    steps: steps({
      unknown: { assign: [{ found: null }] },
      ask: {
        ...get({ url: `https://${host}/v1/${modelResourceName}@live`, result: 'found' }),
        except: unlessUnknownAlias('live', 'found', null),
      },
      is_there: { switch: [{ condition: '${found == null}', return: null }] },
      folder: { assign: [{ artifacts: '${default(map.get(found.body, "artifactUri"), "")}' }] },
      // The reference lies beside the model: training/<run>/model and training/<run>/evaluation/reference.
      reference: {
        assign: [{
          folder_of_run: `\${text.replace_all_regex(text.replace_all(artifacts, "gs://${artifactBucket}/", ""), "/model/?$", "")}`,
        }],
      },
      version: {
        assign: [{
          live: {
            version: '${found.body.versionId}',
            since: '${default(map.get(found.body, "versionCreateTime"), "")}',
            reference: '${folder_of_run + "/evaluation/reference"}',
          },
        }],
      },
      answer: { return: '${live}' },
    }),
  };
}

/** Ids of the version's deployed models on the endpoint, with commas between; empty when the endpoint serves something else, or nothing. */
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
              switch: [{
                condition: `\${text.match_regex(each.model, "/models/${modelId}(@.*)?$") and default(map.get(each, "modelVersionId"), "") == version}`,
                steps: steps({
                  keep: { assign: [{ deployed: '${if(deployed == "", each.id, deployed + "," + each.id)}' }] },
                }),
              }],
            },
          }),
        },
      },
      answer: { return: '${deployed}' },
    }),
  };
}
