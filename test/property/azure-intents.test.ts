import { AzurermBackend, TerraformStack, Testing } from 'cdktf';
import { proveIntents } from './prove';
import { AzureResourceGroup, Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../src/azure';
import { Cloud } from '../../src/core';
import { expectArmBodies } from '../support/arm-types';
import { SUBSCRIPTION, TENANT } from '../support/azure';

const BLUEPRINTS = [Level0Blueprint, Level1Blueprint, Level2Blueprint];

proveIntents({
  cloud: Cloud.AZURE,
  least: 10,
  cannot: [],
  expectMore: expectArmBodies,
  build: (level, intent) => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    new AzurermBackend(stack, { storageAccountName: 'state', containerName: 'state', key: 'model.tfstate' });
    new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
    new BLUEPRINTS[level](stack, 'Mlops', intent);
    return stack;
  },
});
