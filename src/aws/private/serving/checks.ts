import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Feature, HostingPlan, STARTUP_PROPS } from './plan';
import { checkSource } from './source';
import { requireKnown } from '../../../core/private/known-values';
import { refuse, refuseBecause, requireMatch, requireRange, Speaker } from '../../../core/private/validation';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { LONGEST_VALUE, requireEnvironment } from '../base/fields';
import { imagePlace, isImageOfAws } from '../base/image';
import { arnPlace, requireOwnRegion, requireOwnRole } from '../base/places';

/** What holds in every mode. */
export function checkChoices(who: Speaker, choices: ServingEndpointProps): void {
  const { endpointName, model, image } = choices;
  if (endpointName !== undefined && Token.isUnresolved(endpointName)) {
    refuseBecause(who, 'endpointName must be known at synthesis: alarms and permissions are made from it');
  }
  requireMatch(
    who,
    'endpointName',
    endpointName,
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    'letters, digits and inner hyphens, at most 63',
  );
  requireEnvironment(who, 'environment', choices.environment, LONGEST_VALUE.model);
  requireKnown(who, { maxErrorPercent: choices.maxErrorPercent, maxLatencyP99Ms: choices.maxLatencyP99Ms });
  requireRange(who, 'maxErrorPercent', choices.maxErrorPercent, 0, 100);
  requireRange(who, 'maxLatencyP99Ms', choices.maxLatencyP99Ms, 1, Number.MAX_SAFE_INTEGER);
  if (image !== undefined && model._artifact !== undefined) {
    refuseBecause(who, 'image: an artifact names its own image: leave image out');
  }
}

/** What an endpoint can have in the mode of the plan, said before anything is made. */
export function checkEndpoint(scope: IConstruct, who: Speaker, plan: HostingPlan, choices: ServingEndpointProps): void {
  const { model, challenger, challengerModel } = choices;
  const wanted: [Feature, boolean, string][] = [
    ['latestApproved', model.kind === 'latest-approved', 'ModelSource.latestApproved'],
    ['package', model.kind === 'package', 'ModelSource.package'],
    ['capture', choices.capture !== undefined, 'capture'],
    ['vpc', choices.vpc !== undefined, 'vpc'],
    ['networkIsolation', choices.networkIsolation === true, 'networkIsolation'],
    ['challenger', challenger !== undefined, 'challenger'],
  ];
  for (const [feature, isWanted, prop] of wanted) {
    const reason = plan.cannot[feature];
    if (isWanted && reason !== undefined) {
      refuseBecause(who, `${prop} is not possible with ${plan.mode} serving: ${reason}`);
    }
  }
  const more = choices.rollbackAlarms?.length ?? 0;
  if (more > 8) refuse(who, 'rollbackAlarms', more, "at most 8: SageMaker watches ten, and two are the endpoint's own");
  checkPlaces(scope, who, choices, plan);
  checkSource(who, 'model', model, plan);
  if (challengerModel !== undefined) checkSource(who, 'challengerModel', challengerModel, plan);
  checkChallenger(who, choices);
}

/**
 * Where models and their images are.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
 */
function checkPlaces(scope: IConstruct, who: Speaker, choices: ServingEndpointProps, plan?: HostingPlan): void {
  const { image, model, challengerModel } = choices;
  requireOwnRole(scope, who, 'role', choices.role);
  const sources = [['model', model], ['challengerModel', challengerModel]] as const;
  for (const [prop, source] of sources) {
    if (source?._version === undefined) continue;
    requireOwnRegion(
      scope,
      who,
      prop,
      arnPlace(source._version),
      'SageMaker makes models of versions of its own region',
    );
  }
  const images = [
    ['image', image],
    ...sources.map(([prop, source]) => [`${prop}.image`, source?._artifact?.image] as const),
  ] as const;
  for (const [prop, each] of images) {
    const place = each && imagePlace(each);
    if (place === undefined) continue;
    requireOwnRegion(scope, who, prop, place, 'SageMaker serves images of its own region');
    const { account } = Stack.of(scope);
    const isForeign =
      place.account !== undefined &&
      !Token.isUnresolved(account) &&
      place.account !== account &&
      !isImageOfAws(place.repository);
    if (isForeign && plan?.cannot.foreignImage !== undefined) {
      refuseBecause(
        who,
        `${prop} ${place.text} is not possible with ${plan.mode} serving: ${plan.cannot.foreignImage}`,
      );
    }
  }
}

function checkChallenger(who: Speaker, { model, challenger, challengerModel }: ServingEndpointProps): void {
  if (challenger === undefined) {
    if (challengerModel !== undefined) {
      refuseBecause(who, 'challengerModel has no part in the traffic: set challenger as well');
    }
    return;
  }
  if (model.kind === 'latest-approved') {
    if (challengerModel === undefined) return;
    refuseBecause(
      who,
      'challengerModel: with ModelSource.latestApproved the version approved last is the challenger: leave challengerModel out',
    );
  }
  if (challengerModel === undefined || challengerModel.kind === 'latest-approved') {
    refuse(
      who,
      'challengerModel',
      challengerModel?.kind,
      'ModelSource.artifact or ModelSource.package where the template makes the endpoint and has a challenger',
    );
  }
}

/** What a batch run can have. */
export function checkBatch(scope: IConstruct, who: Speaker, choices: ServingEndpointProps): void {
  if (choices.model.kind === 'artifact') {
    refuseBecause(
      who,
      'ModelSource.artifact is not possible with batch serving: runs predict with registered versions, ' +
        'register the archive and use ModelSource.package or ModelSource.latestApproved',
    );
  }
  checkPlaces(scope, who, choices);
  checkSource(who, 'model', choices.model, {});
  const instead = 'run a second ServingEndpoint with another version';
  const refused: [keyof ServingEndpointProps, string][] = [
    ['capture', 'inputs and answers of a run are in the data lake already'],
    ['challenger', instead],
    ['challengerModel', instead],
    ['rollout', 'each run takes the version that is approved then'],
    ['endpointName', 'there is no endpoint'],
    ['rollbackAlarms', 'there is no rollout to turn back'],
    ['maxErrorPercent', 'there is no rollout to turn back'],
    ['maxLatencyP99Ms', 'there is no rollout to turn back'],
    ...STARTUP_PROPS.map((prop): [keyof ServingEndpointProps, string] => [
      prop,
      'SageMaker decides how the machines of transform jobs start',
    ]),
  ];
  const found = refused.find(([prop]) => choices[prop] !== undefined);
  if (found !== undefined) refuseBecause(who, `${found[0]} is not possible with batch serving: ${found[1]}`);
}
