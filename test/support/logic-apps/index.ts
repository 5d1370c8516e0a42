/**
 * Logic Apps without Azure: runs and checks the definitions that the constructs synthesize.
 *
 * Where the documentation leaves open what the service does, the stricter way is taken.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language
 */
export type { Definition } from './definition';
export { LogicApps, withFaults } from './host';
export type { Kill, Run } from './host';
export { NoAnswer } from './network';
export type { HttpCall, HttpReply, Respond } from './network';
export { validateDefinition } from './validate';
