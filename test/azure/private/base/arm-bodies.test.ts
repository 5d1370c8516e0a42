import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ArmRenderer } from '../../../../src/azure/azure-resource-group-props';
import { ArmType, apiVersionOf, armTypeFacts, ARM_TYPES } from '../../../../src/azure/private/base/api-versions';
import { armResource } from '../../../../src/azure/private/base/arm';
import { ARM_SAMPLES } from '../../../support/arm-samples';
import { ARM_DEFINITIONS, armProblems, bodyProblems, expectArmBodies } from '../../../support/arm-types';
import { azureStack, onlyResource, SUBSCRIPTION, synthesized } from '../../../support/azure';

const TYPES = Object.keys(ARM_TYPES) as ArmType[];

/** Types that act as nobody. */
const WITHOUT_IDENTITY: readonly ArmType[] = ['Microsoft.AlertsManagement/smartDetectorAlertRules', 'Microsoft.Insights/actionGroups', 'Microsoft.Insights/autoscaleSettings'];

/** A sample below a parent of its kind, as an identity that the stack makes. */
function rendered(type: ArmType, armRenderer: ArmRenderer): ReturnType<typeof synthesized> {
  const stack = azureStack({ resourceGroupName: 'ml', armRenderer });
  const { isTracked } = armTypeFacts(type);
  const identity = new UserAssignedIdentity(stack, 'Identity', { name: 'i', location: 'westeurope', resourceGroupName: 'ml' });
  const [namespace, ...kinds] = type.split('/');
  const parents = kinds.slice(0, -1).map((kind, place) => `/${kind}/churn${place}`).join('');
  armResource(stack, 'Resource', {
    type,
    name: 'fraud',
    parentId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml${parents === '' ? '' : `/providers/${namespace}${parents}`}`,
    body: ARM_SAMPLES[type],
    ...(isTracked ? { location: 'westeurope', tags: { team: 'fraud' } } : {}),
    ...(isTracked && !WITHOUT_IDENTITY.includes(type) ? { identity: { userAssigned: [identity.id] } } : {}),
  });
  return synthesized(stack);
}

describe.each(TYPES)('%s', (type) => {
  test('has a definition of its version', () => {
    expect(ARM_DEFINITIONS).toContain(`${type}@${apiVersionOf(type)}`);
  });

  test('is what its definition allows, and the same body by both renderers', () => {
    const [azapi, template] = [rendered(type, ArmRenderer.AZAPI), rendered(type, ArmRenderer.TEMPLATE)];
    expectArmBodies(azapi);
    expectArmBodies(template);
    expect(JSON.parse(JSON.stringify(onlyResource(azapi, 'azapi_resource').body).replace(/\$\$\{/g, '${'))).toEqual(ARM_SAMPLES[type]);
    const content = onlyResource(template, 'azurerm_resource_group_template_deployment').template_content;
    const [resource] = JSON.parse(content.replace(/\$\$\{/g, '${').replace(/"\[\[/g, '"[')).resources;
    expect(resource).toEqual({
      type,
      apiVersion: apiVersionOf(type),
      name: [...type.split('/').slice(2).map((_, place) => `churn${place}`), 'fraud'].join('/'),
      ...ARM_SAMPLES[type],
      ...(armTypeFacts(type).isTracked ? {
        location: 'westeurope',
        ...(WITHOUT_IDENTITY.includes(type) ? {} : { identity: { type: 'UserAssigned', userAssignedIdentities: '[parameters(\'userAssignedIdentities\')]' } }),
        tags: { team: 'fraud' },
      } : {}),
    });
  });
});

describe('a definition refuses', () => {
  const ENDPOINT = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-06-01';
  const DEPLOYMENT = `${ENDPOINT.replace('@', '/deployments@')}`;
  const JOB = 'Microsoft.MachineLearningServices/workspaces/jobs@2025-06-01';
  const endpoint = { location: 'westeurope', properties: { authMode: 'Key' } };

  test.each<[string, string, object, string[]]>([
    ['a type that is not there', 'Microsoft.A/b@1', {}, ['Microsoft.A/b@1 has no definition']],
    ['a member that is not there', ENDPOINT, { ...endpoint, colour: 'red', properties: { authMode: 'Key', trafic: {} } }, ['colour is unknown', 'properties.trafic is unknown']],
    ['what is missing', ENDPOINT, { properties: {} }, ['location is missing', 'properties.authMode is missing']],
    ['what the service alone writes', ENDPOINT, { ...endpoint, properties: { authMode: 'Key', scoringUri: 'x' } }, ['properties.scoringUri is read-only']],
    ['a text that no enumeration has', ENDPOINT, { ...endpoint, properties: { authMode: 'Keys' } }, ['properties.authMode must be one of AMLToken, Key, AADToken, got "Keys"']],
    ['other kinds', ENDPOINT, { location: 1, tags: [], properties: 'x' }, ['tags must be an object, got []', 'location must be text, got 1', 'properties must be an object, got "x"']],
    ['a value of a map of another kind', ENDPOINT, { ...endpoint, properties: { authMode: 'Key', traffic: { blue: '90' } } }, ['properties.traffic.blue must be a number, got "90"']],
    ['a name of another shape', ENDPOINT, { ...endpoint, name: 'a b' }, ['name must match ^[a-zA-Z0-9][a-zA-Z0-9\\-_]{0,254}$, got \'a b\'']],
    ['no discriminator', DEPLOYMENT, { location: 'a', properties: {} }, ['properties.endpointComputeType must be one of Kubernetes, Managed, got undefined']],
    ['a member of another kind of object', DEPLOYMENT, { location: 'a', properties: { endpointComputeType: 'Managed', containerResourceRequirements: {} } },
      ['properties.containerResourceRequirements is unknown']],
    ['no boolean and no list', DEPLOYMENT, {
      location: 'a', properties: { endpointComputeType: 'Managed', appInsightsEnabled: 'yes', dataCollector: { collections: {}, requestLogging: { captureHeaders: 'x' } } },
    }, ['properties.appInsightsEnabled must be true or false, got "yes"', 'properties.dataCollector.requestLogging.captureHeaders must be a list, got "x"']],
    ['an empty text', JOB, { properties: { jobType: 'Command', command: '', environmentId: 'e' } }, ['properties.command must have at least 1 characters, got \'\'']],
  ])('%s', (_, type, body, problems) => {
    expect(bodyProblems(type, body).sort()).toEqual([...problems].sort());
  });

  test('nothing that only the deployment knows, and nothing that a part of a body leaves out', () => {
    expect(bodyProblems(ENDPOINT, { ...endpoint, properties: { authMode: '${a}' } }, { isLate: (text) => text === '${a}' })).toEqual([]);
    expect(bodyProblems(ENDPOINT, { properties: { description: 'a' } }, { isPartial: true })).toEqual([]);
  });
});

test('a configuration is checked in what creates, changes and calls, and a template in its parameters and names', () => {
  const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
  const bad = { type: `${type}@2025-06-01`, name: 'fraud', body: { properties: { authMode: 'Key', a: '$${b}' } } };
  const resources = [{ type, apiVersion: '2025-06-01', name: 'fraud', location: '[parameters(\'location\')]', properties: { authMode: 'Key' } }];
  expect(armProblems({
    resource: {
      azapi_resource: { A: { ...bad, location: '${b}', identity: [{ type: 'SystemAssigned, UserAssigned', identity_ids: ['${i}'] }] } },
      azapi_update_resource: { B: bad },
      azapi_resource_action: { C: { ...bad, method: 'PUT' }, D: { ...bad, action: 'start' } },
      azurerm_resource_group_template_deployment: {
        E: {
          template_content: JSON.stringify({ parameters: { unused: { type: 'string' } }, resources }),
          parameters_content: '{"a $${x}":{"value":${jsonencode("${join("}", ["$${", "\\""])}")}}}',
        },
      },
    },
  })).toEqual([
    'azapi_resource.A: properties.a is unknown',
    'azapi_update_resource.B: properties.a is unknown',
    'azapi_resource_action.C: location is missing',
    'azapi_resource_action.C: properties.a is unknown',
    'azurerm_resource_group_template_deployment.E: parameter unused is not used',
    'azurerm_resource_group_template_deployment.E: parameter location is not declared',
    'azurerm_resource_group_template_deployment.E: parameter unused has no value',
    'azurerm_resource_group_template_deployment.E: value of a parameter a ${x} that is not declared',
    `azurerm_resource_group_template_deployment.E: name 'fraud' has not one part for each part of ${type}`,
  ]);
});
