import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { declareOpenModels, openModelsBelow, openModelsOf } from '../../../../src/aws/private/base/open-models';

test('models below a scope are those that something in it has declared, in the order of the tree', () => {
  const app = new App();
  const [one, other] = [new Stack(app, 'One'), new Stack(app, 'Other')];
  const [first, second] = [new Construct(one, 'First'), new Construct(one, 'Second')];
  expect(openModelsBelow(app)).toEqual([]);
  declareOpenModels(second, ['second']);
  declareOpenModels(first, ['first', 'another']);
  expect(openModelsBelow(app)).toEqual(['first', 'another', 'second']);
  expect(openModelsBelow(one)).toEqual(['first', 'another', 'second']);
  expect(openModelsBelow(other)).toEqual([]);
  expect(openModelsOf(new Construct(second, 'Inner'))).toEqual(['second']);
});

test('an app in which nothing has declared any is not searched, whatever another app has', () => {
  const [app, other] = [new App(), new App()];
  declareOpenModels(new Construct(new Stack(other, 'Stack'), 'Workflow'), ['model']);
  const searched = jest.spyOn(app.node, 'findAll');
  expect(openModelsBelow(app)).toEqual([]);
  expect(searched).not.toHaveBeenCalled();
});
