import * as fs from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Rendered } from './changed';
import { proveWords } from './prove';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { Cloud, MlopsIntent } from '../../src/core';

/** Synthesizes one intent as a level 2 blueprint. */
function render(intent: MlopsIntent): Rendered {
  const app = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
  new Level2Blueprint(new Stack(app, 'Stack'), 'Mlops', intent);
  const { directory } = app.synth();
  const template = JSON.parse(fs.readFileSync(`${directory}/Stack.template.json`, 'utf8'));
  const resources = new Map<string, string>();
  for (const resource of Object.values<{ Type: string }>(template.Resources)) {
    resources.set(resource.Type, `${resources.get(resource.Type) ?? ''}\n${JSON.stringify(resource)}`);
  }
  const names = fs.readdirSync(directory).filter((name) => /\.(assets\.json|ya?ml)$|^compliance/.test(name));
  const files = new Map(names.map((name) => [name, fs.readFileSync(`${directory}/${name}`, 'utf8')]));
  fs.rmSync(directory, { recursive: true });
  return { resources, files };
}

proveWords(Cloud.AWS, render);
