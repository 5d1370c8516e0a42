/**
 * Google Cloud Workflows without Google Cloud: runs and checks the definitions that the constructs synthesize.
 * @see https://cloud.google.com/workflows/docs/reference/syntax
 */
export { definitionOf, parseSource } from './definition';
export { connectionFailed, timedOut } from './network';
export type { HttpCall, HttpReply, Respond } from './network';
export { runWorkflow } from './run';
export type { WorkflowOptions, WorkflowRun } from './run';
export { stub } from './stub';
export type { Route } from './stub';
export { validateWorkflow } from './validate';
