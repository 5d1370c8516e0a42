import { GcsBackend, Testing, TerraformStack } from 'cdktf';
import { proveIntents } from './prove';
import { Cloud } from '../../src/core';
import { GoogleProject, Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../src/gcp';

const BLUEPRINTS = [Level0Blueprint, Level1Blueprint, Level2Blueprint];

proveIntents({
  cloud: Cloud.GCP,
  least: 15,
  cannot: [/europe-west4/],
  build: (level, intent) => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    new GcsBackend(stack, { bucket: 'state', prefix: 'model' });
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
    new BLUEPRINTS[level](stack, 'Mlops', intent);
    return stack;
  },
});
