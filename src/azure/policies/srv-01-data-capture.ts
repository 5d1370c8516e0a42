import { Part } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless, Verdict } from '../../terraform/policy/rule';
import { definitionOf, deploymentsOf, isExpression, WORKFLOW } from '../private/policy/workflow-calls';

const DEPLOYMENT_TYPE = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments';

/** A deployment of an online endpoint collects requests and answers. */
export const dataCapture: Rule = {
  policy: 'MLOPS-SRV-01',
  types: [DEPLOYMENT_TYPE, WORKFLOW],
  fix: 'set capture on the endpoint',
  check(resource) {
    if (resource.type === DEPLOYMENT_TYPE) return ofDeployments([resource.attributes.properties ?? {}]);
    const definition = definitionOf(resource);
    return definition === undefined
      ? undecided('the definition is not known at synthesis')
      : ofDeployments(deploymentsOf(definition));
  },
};

function ofDeployments(deployments: readonly Part[]): Verdict {
  if (deployments.length === 0) return NOT_APPLICABLE;
  const faults = deployments.map(({ dataCollector }) => faultOf(dataCollector));
  if (faults.includes('unknown')) return undecided('what the deployment collects is put together in the cloud');
  return unless([...new Set(faults.filter((each) => each !== undefined))]);
}

function faultOf(collector: Part | string | undefined): string | undefined {
  if (isExpression(collector)) return 'unknown';
  const collections = Object.values<Part>((collector as Part | undefined)?.collections ?? {});
  if (collections.length === 0) return 'dataCollector is missing';
  if (!collections.some(({ dataCollectionMode }) => dataCollectionMode === 'Enabled')) {
    return 'dataCollector collects nothing: no collection is Enabled';
  }
  return collections.every(({ samplingRate }) => samplingRate !== undefined && Number(samplingRate) === 0)
    ? 'dataCollector.collections: samplingRate is 0'
    : undefined;
}
